/** `filter` with sound: WAV files and raw samples. The truth comes from SciPy (wav-fixtures.py). */

import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import wavefile from 'wavefile'
import { sampleFormats } from '../src/sound/formats.ts'
import { readWav, wavBytes } from '../src/sound/wav.ts'
import fixtures from './fixtures/wav.json' with { type: 'json' }
import { type World, world } from './helpers/world.ts'

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64')

function worldWith({ sound, kernel }: { readonly sound: string; readonly kernel: string }): World {
  const w = world()
  w.put('in.wav', bytesOf(sound))
  w.put('k.wav', bytesOf(kernel))
  return w
}

/** The largest difference of two lists of channels. */
const farthest = (actual: readonly Float32Array[], expected: readonly number[][]): number =>
  Math.max(
    ...expected.flatMap((channel, c) =>
      channel.map((value, n) => Math.abs(value - actual[c]![n]!)),
    ),
  )

const soundArgs = ['filter', 'in.wav', '-k', 'k.wav', '-o', 'out.wav']

describe('WAV files give what SciPy gives', () => {
  test.each(fixtures.cases)('$kind: $inputs channels, kernel of $kernels', async (fixture) => {
    const w = worldWith(fixture)
    const { code, stderr } = await w.run(soundArgs)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { channels, format, rate } = readWav(w.bytes('out.wav'), 'out.wav')
    expect(rate).toBe(8000)
    expect(format.wav).toBe({ f4: '32f', f8: '64' }[fixture.kind] ?? fixture.kind)
    expect(channels.map(({ length }) => length)).toEqual(fixture.result.map(() => 48))
    // Half a step of the format, and float32.
    const step = format.isInteger ? 2 ** (1 - Number(format.wav)) : 0
    expect(farthest(channels, fixture.result)).toBeLessThan(step / 2 + 1e-6)
  })
})

/** A WAV file of floats, with these samples in each channel. */
const floats = (...channels: readonly number[][]): Uint8Array =>
  wavBytes({
    rate: 8000,
    format: sampleFormats.find(({ wav }) => wav === '32f')!,
    channels: channels.map((channel) => Float32Array.from(channel)),
  }).bytes

describe('WAV files', () => {
  test.each(['0.5', 'k.csv'])('kernel %s', async (kernel) => {
    const w = world()
    w.put('in.wav', floats([0.5, 0.25], [1, 0]))
    w.put('k.csv', Buffer.from('1,0,2\n'))
    const { code } = await w.run(['filter', 'in.wav', '-k', kernel, '-o', 'out.wav'])
    expect(code).toBe(0)
    const { channels } = readWav(w.bytes('out.wav'), '')
    expect(channels.map((channel) => [...channel])).toEqual(
      kernel === '0.5'
        ? [
            [0.25, 0.125],
            [0.5, 0],
          ]
        : [
            [0.5, 0.25, 1, 0.5],
            [1, 0, 2, 0],
          ],
    )
  })

  test('says how many samples did not fit, and clips them', async () => {
    const w = world()
    const file = new wavefile.WaveFile()
    file.fromScratch(1, 8000, '16', [100, 20_000, -20_000])
    w.put('in.wav', file.toBuffer())
    const { code, stderr } = await w.run(['filter', 'in.wav', '-k', '2', '-o', 'out.wav'])
    expect(code).toBe(0)
    expect(stderr).toContain('2 samples did not fit into s16le')
    const { channels } = readWav(w.bytes('out.wav'), '')
    expect([...channels[0]!].map((value) => value * 32768)).toEqual([200, 32767, -32768])
  })

  test('JSON', async () => {
    const w = worldWith(fixtures.cases[0]!)
    const { stdout } = await w.run([...soundArgs, '--json'])
    expect(JSON.parse(`${stdout}`)).toMatchObject({
      ...{ verb: 'filter', input: 'in.wav', output: 'out.wav', format: 'u8', rate: 8000 },
      ...{ channels: 2, samples: 48, clipped: 0, taps: 9 },
    })
  })

  const adpcm = new wavefile.WaveFile()
  adpcm.fromScratch(1, 8000, '16', new Array(600).fill(100))
  adpcm.toIMAADPCM()
  const other = new wavefile.WaveFile()
  other.fromScratch(1, 44_100, '16', [1, 2, 3])
  const three = floats([1], [2], [3])
  test.each([
    ['ADPCM', 3, 'samples of IMA ADPCM', { 'in.wav': adpcm.toBuffer() }, []],
    ['text', 3, 'no WAV file that can be read', { 'in.wav': Buffer.from('not a sound') }, []],
    ['half a file', 3, 'in.wav', { 'in.wav': floats([1, 2, 3]).subarray(0, 20) }, []],
    ['another rate', 2, '44100 samples per second', { 'k.wav': other.toBuffer() }, []],
    ['channels that do not fit', 2, 'has 3 channels, but the sound has 2', { 'k.wav': three }, []],
    ['--mode same', 2, 'mode full', {}, ['--mode', 'same']],
    ['--stride 2', 2, '--stride has no meaning for sound', {}, ['--stride', '2']],
    ['--picture-limit', 2, '--picture-limit has no', {}, ['--picture-limit', '1M']],
    ['--boundary', 2, 'must be zero', {}, ['--boundary', 'edge']],
    ['--channels sum', 2, 'are not added', {}, ['--channels', 'sum']],
    ['another output', 2, 'End its name with .wav', {}, ['-o', 'out.png']],
  ])('%s is rejected with the reason', async (_, exitCode, part, files, args) => {
    const w = worldWith(fixtures.cases[0]!)
    for (const [name, bytes] of Object.entries(files)) w.put(name, Buffer.from(bytes))
    const given = args[0] === '-o' ? soundArgs.slice(0, -2) : soundArgs
    const { code, stderr } = await w.run([...given, ...args])
    expect(stderr).toContain(part)
    expect(code).toBe(exitCode)
  })
})

describe('raw samples', () => {
  const values = [0, 0.5, -0.5, 0.25, -1, 0.125]
  test.each(sampleFormats)('$raw: as they came in', async (format) => {
    const w = world()
    const bytes = new Uint8Array(values.length * format.bytes)
    const view = new DataView(bytes.buffer)
    const scale = format.isInteger ? 2 ** (8 * format.bytes - 1) : 1
    values.forEach((value, n) => {
      format.write(view, n * format.bytes, value * scale)
    })
    w.put('in.raw', bytes)
    const raw = ['--raw', `${format.raw}:2`]
    const { code, stdout } = await w.run(['filter', 'in.raw', ...raw, '-k', '1', '-o', '-'])
    expect(code).toBe(0)
    expect(Buffer.from(stdout as never)).toEqual(Buffer.from(bytes))
  })

  test.each([
    ['mp3', "--raw is 'mp3'"],
    ['s16le:0', 's16le:2:48000'],
    ['s16le:2:48000:1', 's16le:2:48000'],
  ])('--raw %s is rejected', async (raw, part) => {
    const w = world()
    w.put('in.raw', new Uint8Array(8))
    const { code, stderr } = await w.run(['filter', 'in.raw', '--raw', raw, '-k', '1', '-o', '-'])
    expect(stderr).toContain(part)
    expect(code).toBe(2)
  })

  test('bytes that end within a sample, and a file as output, are rejected', async () => {
    const w = world()
    w.put('in.raw', new Uint8Array(7))
    const raw = ['filter', 'in.raw', '--raw', 's16le:2', '-k', '1', '-o']
    const cut = await w.run([...raw, '-'])
    expect([cut.code, cut.stderr]).toEqual([3, expect.stringContaining('ends within a sample')])
    const file = await w.run([...raw, 'out.raw'])
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('go to stdout')])
  })
})

test('a pipe of 320 MB: memory stays bounded', async () => {
  const repository = fileURLToPath(new URL('../../..', import.meta.url))
  const start = join(repository, 'packages/cli/src/main.ts')
  const args = ['filter', '-', '--raw', 'f32le:2:48000', '-k', '0.5 0.25', '-o', '-']
  const node = ['--conditions=@stridefold/source', '--import', 'tsx', start, ...args]
  const child = spawn(process.execPath, node, {
    cwd: repository,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const total = 320 * 2 ** 20
  const chunk = Buffer.alloc(2 ** 20)
  let [sent, received, peak] = [0, 0, 0]
  const feed = (): void => {
    while (sent < total) {
      sent += chunk.length
      if (!child.stdin.write(chunk)) return void child.stdin.once('drain', feed)
    }
    child.stdin.end()
  }
  feed()
  for await (const part of child.stdout) {
    received += (part as Buffer).length
    if (received % (8 * 2 ** 20) < 65536) {
      const resident = execFileSync('ps', ['-o', 'rss=', '-p', `${child.pid}`], {
        encoding: 'utf8',
      })
      peak = Math.max(peak, Number(resident) / 1024)
    }
  }
  expect(received).toBe(total + 8)
  expect(peak).toBeGreaterThan(20)
  // Node itself, and what it frees late. It has been 190 MB on a busy machine.
  expect(peak).toBeLessThan(300)
}, 120_000)
