/**
 * The verb `filter`, from arguments to files. The reference results are those of SciPy
 * (fixtures/filter.py), and images written by hand.
 */

import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { correlate, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { readImage } from '../src/images/read.ts'
import { type NpyArray, readNpy, writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

interface Entry {
  readonly name: string
  readonly shape: readonly [number, number, number]
  readonly samples: readonly number[]
  readonly top: 255 | 65535
  readonly kernel: string
  readonly args: readonly string[]
  readonly answerShape: readonly number[]
  readonly answer: readonly number[]
}

const entries: readonly Entry[] = JSON.parse(
  readFileSync(new URL('fixtures/filter.json', import.meta.url), 'utf8'),
)

const imageOf = ({ shape: [height, width, channels], samples, top }: Entry): Buffer =>
  png({ width, height, bits: top === 255 ? 8 : 16, type: channels === 1 ? 0 : 2, samples })

/** Allowed error of float32: some roundings per product, relative to the largest sum. */
function bound({ kernel, top }: Entry, channels: number): number {
  const weights = kernel.split(/[ ;]+/).map(Number)
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0) * channels
  return (weights.length * channels + 1) * 2 ** -23 * top * total
}

function expectNear(actual: ArrayLike<number>, answer: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(answer.length)
  const worst = answer.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(actual[i]! - value)),
    0,
  )
  expect(worst).toBeLessThanOrEqual(tolerance)
}

/** Without the line about the shape of a kernel whose weights are on the command line. */
const withoutKernel = (stderr: string): string => stderr.replace(/^The kernel is [\d×]+\.\n/, '')

describe('the same numbers as SciPy', () => {
  test.each(entries)('$name, into .npy', async (entry) => {
    const w = world()
    w.put('in.png', imageOf(entry))
    const { code, stdout, stderr } = await w.run([
      'filter',
      'in.png',
      '-k',
      entry.kernel,
      '-o',
      'out.npy',
      ...entry.args,
    ])
    expect({ code, stderr: withoutKernel(stderr) }).toEqual({ code: 0, stderr: '' })
    expect(stdout.length).toBe(0)
    const { data, shape } = readNpy(w.bytes('out.npy'), 'out.npy')
    expect(shape).toEqual(entry.answerShape)
    expect(data).toBeInstanceOf(Float32Array)
    expectNear(data, entry.answer, bound(entry, entry.shape[2]))
  })

  test.each(entries)('$name, into a image, rounded and clipped', async (entry) => {
    const w = world()
    w.put('in.png', imageOf(entry))
    const { code, stderr } = await w.run([
      'filter',
      'in.png',
      '-k',
      entry.kernel,
      '-o',
      'out.png',
      ...entry.args,
    ])
    expect(code).toBe(0)
    const { image } = await readImage(w.bytes('out.png'), 'out.png')
    const sampleValues = entry.answer.map((value) => Math.min(Math.max(value, 0), entry.top))
    // Half a sample value of rounding, plus the error of float32, which may decide the direction.
    expectNear(image.samples, sampleValues, 0.5 + bound(entry, entry.shape[2]))
    const clipped = entry.answer.filter((value) => value < -0.5 || value > entry.top + 0.5).length
    expect(withoutKernel(stderr)).toMatch(
      clipped === 0
        ? /^No sample was clipped/
        : new RegExp(`^${clipped} of ${entry.answer.length} samples`),
    )
  })
})

describe('an array in, an array out', () => {
  const shape = [4, 5, 3]
  const values = noise(60, 1000).map((value) => value / 8 - 30)
  const identity = ['-k', '0 0 0; 0 1 0; 0 0 0']
  const runFilter = async (bytes: Uint8Array, ...args: string[]): Promise<NpyArray> => {
    const w = world()
    w.put('in.npy', bytes)
    const { code, stderr } = await w.run(['filter', 'in.npy', '-o', 'out.npy', ...args])
    expect({ code, stderr: withoutKernel(stderr) }).toEqual({ code: 0, stderr: '' })
    return readNpy(w.bytes('out.npy'), 'out.npy')
  }

  test.each([
    ['float32', Float32Array.from(values), Float32Array],
    ['float64', Float64Array.from(values, (value) => value / 3), Float64Array],
    ['int32', Int32Array.from(values, (value) => value * 1e6), Float64Array],
    ['int16', Int16Array.from(values), Float32Array],
    ['int8', Int8Array.from(values), Float32Array],
    ['uint8', Uint8Array.from(values, Math.abs), Float32Array],
    ['uint16', Uint16Array.from(values, Math.abs), Float32Array],
  ])('%s comes through an identity exactly', async (_, data, Result) => {
    const { data: actual, shape: foundShape } = await runFilter(writeNpy(data, shape), ...identity)
    expect(foundShape).toEqual(shape)
    expect(actual).toBeInstanceOf(Result)
    expect([...actual]).toEqual([...data])
  })

  test('sums and weights stay float64 for a float64 array', async () => {
    const { data } = await runFilter(
      writeNpy(Float64Array.of(1, 1 + 2 ** -40, 3), [3]),
      '-k',
      '0.1 0.2 0.3',
      '--boundary',
      'zero',
    )
    expect([...data]).toEqual([
      0.2 * 1 + 0.3 * (1 + 2 ** -40),
      0.1 * 1 + 0.2 * (1 + 2 ** -40) + 0.3 * 3,
      0.1 * (1 + 2 ** -40) + 0.2 * 3,
    ])
  })

  test(
    'the last of three axes holds channels if there are at most four, unless it is said ' +
      'otherwise',
    async () => {
      const volume = writeNpy(
        Float32Array.from({ length: 24 }, (_, i) => i),
        [2, 4, 3],
      )
      const w = world()
      const zero = ['--boundary', 'zero']
      w.put('k.json', '[[[1, 1, 1]]]')
      w.put('in.npy', volume)
      expect((await w.run(['filter', 'in.npy', '-k', 'k.json', '-o', 'each.npy'])).code).toBe(0)
      expect([...readNpy(w.bytes('each.npy'), '').data].slice(0, 3)).toEqual([0, 1, 2])
      expect(
        (
          await w.run([
            'filter',
            'in.npy',
            '-k',
            'k.json',
            '-o',
            'out.npy',
            '--channel-axis',
            'none',
            ...zero,
          ])
        ).code,
      ).toBe(0)
      expect([...readNpy(w.bytes('out.npy'), '').data].slice(0, 3)).toEqual([1, 3, 3])
      // The channels are along axis 0 here: rows of 4 × 3.
      expect(
        (
          await w.run([
            ...['filter', 'in.npy', '-k', '1 1 1', '-o', 'rows.npy', '--channel-axis', '0'],
            ...zero,
          ])
        ).code,
      ).toBe(0)
      expect([...readNpy(w.bytes('rows.npy'), '').data].slice(0, 3)).toEqual([1, 3, 3])
    },
  )

  test('the sum over channels along the first axis', async () => {
    const { data, shape: actual } = await runFilter(
      writeNpy(Float32Array.of(1, 2, 3, 10, 20, 30), [2, 1, 3]),
      ...['-k', '1 0 2', '--channels', 'sum', '--channel-axis', '0', '--boundary', 'zero'],
    )
    expect(actual).toEqual([1, 3])
    expect([...data]).toEqual([44, 77, 22])
  })

  test('the sum over channels with a large kernel', async () => {
    const w = world()
    w.put('k.npy', writeNpy(new Float32Array(400 * 400).fill(1), [400, 400]))
    w.put('in.npy', writeNpy(new Float32Array(400 * 400 * 3).fill(1), [400, 400, 3]))
    const { code, stderr } = await w.run([
      'filter',
      'in.npy',
      '-k',
      'k.npy',
      '-o',
      'out.npy',
      '--channels',
      'sum',
      '--mode',
      'valid',
    ])
    expect({ code, stderr: withoutKernel(stderr) }).toEqual({ code: 0, stderr: '' })
    expect(readNpy(w.bytes('out.npy'), '')).toMatchObject({
      shape: [1, 1],
      data: Float32Array.of(480_000),
    })
  })

  test('bytes after the array are ignored, with a note', async () => {
    const w = world()
    const array = writeNpy(Float32Array.of(1, 2), [2])
    w.put('in.npy', Buffer.concat([array, array]))
    const { stderr } = await w.run(['filter', 'in.npy', '-k', '2', '-o', 'out.npy'])
    expect(stderr).toBe('in.npy: 136 bytes after the array are ignored.\n')
    expect([...readNpy(w.bytes('out.npy'), '').data]).toEqual([2, 4])
  })

  test.each([
    ['same', 'reflect'],
    ['same-lower', 'reflect'],
    ['full', 'zero'],
    ['same,full', ['reflect', 'zero']],
    ['full,same-lower', ['zero', 'reflect']],
  ] as const)('--mode %s: outside lies %j', async (modes, boundary) => {
    const array = ndarray(Float64Array.from(values), [12, 5])
    const kernel = ndarray(
      Float64Array.from({ length: 12 }, (_, i) => i % 5),
      [4, 3],
    )
    const w = world()
    w.put('in.npy', writeNpy(Float64Array.from(values), [12, 5]))
    w.put('k.npy', writeNpy(kernel.data, [4, 3]))
    const { stdout } = await w.run([
      ...['filter', 'in.npy', '-k', 'k.npy', '-o', 'out.npy', '--mode', modes, '--json'],
    ])
    const list = modes.split(',') as ('same' | 'full')[]
    const mode = list.length === 1 ? list[0]! : list
    const { data, shape: found } = readNpy(w.bytes('out.npy'), '')
    const expected = correlate(array, kernel, { mode, boundary })
    expect(found).toEqual(expected.shape)
    expect([...data]).toEqual([...expected.data])
    expect(JSON.parse(stdout.toString())).toMatchObject({ mode, boundary })
  })

  test('a volume is mirrored too', async () => {
    const volume = Float64Array.from(values)
    const kernel = new Float64Array(27).fill(1)
    const w = world()
    w.put('in.npy', writeNpy(volume, [3, 4, 5]))
    w.put('k.npy', writeNpy(kernel, [3, 3, 3]))
    expect((await w.run(['filter', 'in.npy', '-k', 'k.npy', '-o', 'out.npy'])).code).toBe(0)
    const expected = correlate(ndarray(volume, [3, 4, 5]), ndarray(kernel, [3, 3, 3]), {
      boundary: 'reflect',
    })
    expect([...readNpy(w.bytes('out.npy'), '').data]).toEqual([...expected.data])
  })

  test('column-major arrays are read correctly', async () => {
    const bytes = Buffer.from(writeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]))
    bytes.write('True, ', bytes.indexOf('False, '), 'latin1')
    const { data } = await runFilter(bytes, '-k', '1')
    expect([...data]).toEqual([1, 3, 5, 2, 4, 6])
  })
})

describe('alpha', () => {
  const [width, height] = [6, 4]
  const samples = noise(width * height * 4, 255)
  const bytes = png({ width, height, bits: 8, type: 6, samples })
  const alphaOf = (row: number, column: number): number =>
    samples[
      (Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)) *
        4 +
        3
    ]!

  const alphas = async (...args: string[]): Promise<{ rows: number[][]; colours: number[] }> => {
    const w = world()
    w.put('in.png', bytes)
    const { code, stderr } = await w.run(['filter', 'in.png', '-o', 'out.npy', ...args])
    expect({ code, stderr: withoutKernel(stderr) }).toEqual({ code: 0, stderr: '' })
    const { data, shape } = readNpy(w.bytes('out.npy'), '')
    const [rows, columns, channels] = shape as readonly [number, number, number]
    const at = (row: number, column: number): number =>
      data[(row * columns + column) * channels + channels - 1]!
    return {
      rows: Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => at(row, column)),
      ),
      colours: [...data].filter((_, i) => i % channels !== channels - 1),
    }
  }
  const expectedOf = (rows: readonly number[], columns: readonly number[]) =>
    rows.map((row) => columns.map((column) => alphaOf(row, column)))
  const to = (n: number, first = 0, step = 1) =>
    Array.from({ length: n }, (_, i) => first + i * step)

  test.each([
    ['same', ['-k', 'sobel-x'], to(4), to(6)],
    ['valid crops it', ['-k', 'sobel-x', '--mode', 'valid'], to(2, 1), to(4, 1)],
    ['full goes on at the edge', ['-k', 'sobel-x', '--mode', 'full'], to(6, -1), to(8, -1)],
    ['stride', ['-k', 'sobel-x', '--stride', '2,3'], to(2, 0, 2), to(2, 0, 3)],
    [
      'valid, stride and dilation',
      ['-k', '1 1; 1 1', '--mode', 'valid', '--stride', '2', '--dilation', '3'],
      to(1, 1),
      to(2, 1, 2),
    ],
    ['an even kernel', ['-k', '1 1; 1 1'], to(4), to(6)],
    ['an even kernel, same-lower', ['-k', '1 1; 1 1', '--mode', 'same-lower'], to(4), to(6)],
    ['the sum over channels', ['-k', 'sobel-x', '--channels', 'sum'], to(4), to(6)],
    ['a flipped kernel', ['-k', '0 0 1', '--flip'], to(4), to(6)],
  ])('is kept: %s', async (_, args, rows, columns) => {
    expect((await alphas(...args)).rows).toEqual(expectedOf(rows, columns))
  })

  test('is filtered with --alpha filter, like a colour', async () => {
    const { rows } = await alphas('-k', '0 0 2', '--alpha', 'filter', '--boundary', 'zero')
    expect(rows).toEqual(
      to(4).map((row) => to(6).map((column) => (column === 5 ? 0 : 2 * alphaOf(row, column + 1)))),
    )
  })

  test('a zero-sum kernel does not make an image transparent', async () => {
    const w = world()
    w.put('in.png', bytes)
    await w.run(['filter', 'in.png', '-k', 'sobel-x', '-o', 'out.png'])
    const { image } = await readImage(w.bytes('out.png'), '')
    expect([...image.samples].filter((_, i) => i % 4 === 3)).toEqual(
      samples.filter((_, i) => i % 4 === 3),
    )
  })

  test('an array of four channels needs --alpha', async () => {
    const w = world()
    w.put('in.npy', writeNpy(Uint8Array.from(samples), [height, width, 4]))
    const result = await w.run(['filter', 'in.npy', '-k', '1', '-o', 'out.png'])
    expect(result.code).toBe(2)
    expect(result.stderr).toContain(
      'in.npy has 4 channels, and the last one may be alpha or a colour',
    )
    expect(
      (await w.run(['filter', 'in.npy', '-k', '1', '-o', 'out.png', '--alpha', 'keep'])).code,
    ).toBe(0)
    expect([...(await readImage(w.bytes('out.png'), '')).image.samples]).toEqual(samples)
  })
})

describe('sample values of an image file', () => {
  // One row, black to white, between zeros. The results of [-1 0 1] are computed by hand.
  const row = png({ width: 4, height: 1, bits: 8, type: 0, samples: [0, 255, 10, 20] })
  const result = [255, 10, -235, -10]
  const sampleValues = async (...args: string[]) => {
    const w = world()
    w.put('in.png', row)
    const { code, stderr } = await w.run([
      'filter',
      'in.png',
      '-k',
      '-1 0 1',
      '-o',
      'out.png',
      '--boundary',
      'zero',
      ...args,
    ])
    expect(code).toBe(0)
    return {
      samples: [...(await readImage(w.bytes('out.png'), '')).image.samples],
      stderr: withoutKernel(stderr),
    }
  }

  test('clip is the default, and counts', async () => {
    expect(await sampleValues()).toEqual({
      samples: [255, 10, 0, 0],
      stderr:
        '2 of 4 samples (50.0 %) were clipped: 2 below 0. --output abs, offset or minmax ' +
        'shows them in an image, .npy keeps them.\n',
    })
  })

  test.each([
    ['abs', [255, 10, 235, 10], 'No sample was clipped.'],
    ['offset', [255, 138, 0, 118], '2 of 4 samples (50.0 %) were clipped: 1 below 0, 1 above 255.'],
    ['minmax', [255, 128, 0, 117], 'No sample was clipped.'],
  ])('%s', async (policy, samples, note) => {
    expect(result.map((v) => Math.round(((v + 235) * 255) / 490))).toEqual([255, 128, 0, 117])
    expect(await sampleValues('--output', policy)).toEqual({ samples, stderr: `${note}\n` })
  })

  test('a bias shifts sample values, and halves are rounded to even', async () => {
    expect((await sampleValues('--bias', '0.5')).samples).toEqual([255, 10, 0, 0])
    expect((await sampleValues('--bias', '1.5')).samples).toEqual([255, 12, 0, 0])
  })

  test('16 bits become 8 with a note if the format has only 8', async () => {
    const w = world()
    w.put('in.png', png({ width: 3, height: 1, bits: 16, type: 0, samples: [0, 32896, 65535] }))
    const { stderr } = await w.run(['filter', 'in.png', '-k', '1', '-o', 'out.webp'])
    expect(stderr).toBe(
      'out.webp: WebP stores 8 bits per sample: sample values 0–65535 became 0–255.\n' +
        'No sample was clipped.\n',
    )
    const { image } = await readImage(w.bytes('out.webp'), '')
    expect([...image.samples]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255])
  })
})

describe('streams', () => {
  const image = png({ width: 3, height: 2, bits: 8, type: 2, samples: noise(18, 255) })

  test('stdin to stdout, in the format of the input', async () => {
    const { code, stdout, stderr } = await world().run(['filter', '-', '-k', '1', '-o', '-'], image)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'No sample was clipped.\n' })
    expect([...(await readImage(stdout, '')).image.samples]).toEqual(noise(18, 255))
  })

  test.each(['pnm', 'tiff', 'npy'] as const)('--format %s on stdout', async (format) => {
    const { code, stdout } = await world().run(
      ['filter', '-', '-k', '1', '-o', '-', '--format', format],
      image,
    )
    expect(code).toBe(0)
    const actual =
      format === 'npy' ? readNpy(stdout, '').data : (await readImage(stdout, '')).image.samples
    expect([...actual]).toEqual(noise(18, 255))
  })

  test('nothing on stdin', async () => {
    const { code, stderr } = await world().run(['filter', '-', '-k', '1', '-o', '-'])
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'stridefold: stdin is empty: it has 0 bytes.\n',
    })
  })
})

describe('kernels', () => {
  const w3 = [1, 0, -1, 2, 0, -2, 1, 0, -1]
  test.each([
    ['blanks and semicolons', '1 0 -1; 2 0 -2; 1 0 -1'],
    ['commas', '1, 0, -1; 2,0,-2; 1,0,-1;'],
    ['lines', '1 0 -1\n2 0 -2\n1 0 -1\n'],
    ['nested lists', '[[1,0,-1],[2,0,-2],[1,0,-1]]'],
    ['a .json file', 'k.json'],
    ['a .csv file', 'k.csv'],
    ['a .npy file', 'k.npy'],
  ])('%s', async (_, kernel) => {
    const w = world()
    w.put('k.json', JSON.stringify([w3.slice(0, 3), w3.slice(3, 6), w3.slice(6)]))
    w.put('k.csv', '\ufeff1,0,-1\r\n2,0,-2\r\n1,0,-1\r\n')
    w.put('k.npy', writeNpy(Float64Array.from(w3), [3, 3]))
    w.put(
      'in.png',
      png({ width: 3, height: 3, bits: 8, type: 0, samples: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
    )
    const { code, stderr } = await w.run([
      'filter',
      'in.png',
      '-k',
      kernel,
      '-o',
      'out.npy',
      '--mode',
      'valid',
    ])
    expect({ code, stderr: withoutKernel(stderr) }).toEqual({ code: 0, stderr: '' })
    expect([...readNpy(w.bytes('out.npy'), '').data]).toEqual([1 - 3 + 8 - 12 + 7 - 9])
  })
})

describe('files', () => {
  const image = png({ width: 3, height: 2, bits: 8, type: 2, samples: noise(18, 255) })

  test('nothing is replaced without --force, and nothing else is left', async () => {
    const w = world()
    w.put('in.png', image)
    w.put('out.png', 'precious')
    const { code, stderr } = await w.run(['filter', 'in.png', '-k', '1', '-o', 'out.png'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'stridefold: out.png exists already. Give another name, or --force to replace it.\n',
    })
    expect(w.bytes('out.png').toString()).toBe('precious')
    expect((await w.run(['filter', 'in.png', '-k', '1', '-o', 'out.png', '--force'])).code).toBe(0)
    expect((await readImage(w.bytes('out.png'), '')).image.width).toBe(3)
    expect(w.names()).toEqual(['in.png', 'out.png'])
  })

  test('an image may be replaced by its own result, through a link too', async () => {
    const w = world()
    w.put('in.png', image)
    symlinkSync('in.png', join(w.folder, 'link.png'))
    expect((await w.run(['filter', 'link.png', '-k', '2', '-o', 'link.png', '--force'])).code).toBe(
      0,
    )
    expect([...(await readImage(w.bytes('in.png'), '')).image.samples]).toEqual(
      noise(18, 255).map((v) => Math.min(255, 2 * v)),
    )
  })

  test('--json describes the result', async () => {
    const w = world()
    w.put('in.png', image)
    const { stdout } = await w.run(['filter', 'in.png', '-k', '-1 0 1', '-o', 'out.png', '--json'])
    const answer = JSON.parse(stdout.toString())
    expect(answer).toMatchObject({
      schemaVersion: 1,
      verb: 'filter',
      input: 'in.png',
      output: 'out.png',
      format: 'png',
      shape: [2, 3, 3],
    })
    expect(answer.clipping.samples).toBe(18)
    expect(answer.bytes).toBe(w.bytes('out.png').length)
  })

  test('a device is opened and written directly', async () => {
    const w = world()
    w.put('in.png', image)
    const { code, stderr } = await w.run([
      'filter',
      'in.png',
      '-k',
      '1',
      '-o',
      '/dev/full',
      '--format',
      'png',
    ])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'stridefold: /dev/full cannot be written: the disk is full. Nothing was written there.\n',
    })
    expect(
      (await w.run(['filter', 'in.png', '-k', '1', '-o', '/dev/null', '--format', 'png'])).code,
    ).toBe(0)
  })

  test('a folder is read with --recursive only', async () => {
    const w = world()
    w.put('in.png', image)
    mkdirSync(join(w.folder, 'sub'))
    expect(await w.run(['filter', 'sub', '-k', '1', '-o', 'out'])).toMatchObject({
      code: 2,
      stderr:
        'stridefold: sub is a folder. Give --recursive for all files below it, or a pattern: ' +
        "'sub/*.jpg'.\n",
    })
  })
})
