/**
 * `filter` with one kernel per channel: a kernel with the axes of the image or array. The truth is
 * the library's result for each channel with its own kernel.
 */

import { correlate, ndarray, slice } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { type World, world } from './helpers/world.ts'

const [height, width] = [5, 7]
const types: Readonly<Record<number, 0 | 2 | 4 | 6>> = { 1: 0, 2: 4, 3: 2, 4: 6 }
const samplesOf = (channels: number): number[] => noise(width * height * channels, 255)
const imageOf = (channels: number): Buffer =>
  png({ width, height, bits: 8, type: types[channels]!, samples: samplesOf(channels) })
const weightsOf = (channels: number): Float64Array =>
  Float64Array.from(noise(9 * channels, 8), (value) => value - 4)

function worldWith(imageChannels: number, kernelChannels: number): World {
  const w = world()
  w.put('in.png', imageOf(imageChannels))
  w.put('k.npy', writeNpy(weightsOf(kernelChannels), [3, 3, kernelChannels]))
  return w
}

/** Channel `c` of an image, filtered with kernel `c`. Integers make the sums exact. */
function channelResult(imageChannels: number, kernelChannels: number, c: number): number[] {
  const x = ndarray(Float32Array.from(samplesOf(imageChannels)), [height, width, imageChannels])
  const k = ndarray(weightsOf(kernelChannels), [3, 3, kernelChannels])
  const y = correlate(slice(x, null, null, c), slice(k, null, null, c), { boundary: 'reflect' })
  return [...y.data]
}

const filterArgs = ['filter', 'in.png', '-k', 'k.npy', '-o', 'out.npy']

const channelOf = (w: World, c: number): number[] => {
  const { data, shape } = readNpy(w.bytes('out.npy'), '')
  const channels = shape[2] ?? 1
  return [...data].filter((_, i) => i % channels === c)
}

describe('images', () => {
  test.each([
    ['grey', 1, 1, 1, []],
    ['RGB', 3, 3, 3, []],
    ['RGBA, alpha kept', 4, 3, 3, []],
    ['grey with alpha, alpha kept', 2, 1, 1, []],
    ['RGBA, alpha filtered with the last kernel', 4, 4, 4, ['--alpha', 'filter']],
  ])('%s', async (_, imageChannels, kernelChannels, filtered, args) => {
    const w = worldWith(imageChannels, kernelChannels)
    const { code, stderr } = await w.run([...filterArgs, ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (let c = 0; c < filtered; c++)
      expect(channelOf(w, c)).toEqual(channelResult(imageChannels, kernelChannels, c))
    if (filtered < imageChannels)
      expect(channelOf(w, imageChannels - 1)).toEqual(
        samplesOf(imageChannels).filter((__, i) => i % imageChannels === imageChannels - 1),
      )
  })

  test.each([
    [[], false],
    [['--flip'], true],
  ])('the sum over channels %j', async (args, flip) => {
    const w = worldWith(3, 3)
    expect((await w.run([...filterArgs, '--channels', 'sum', ...args])).code).toBe(0)
    const sum = new Float64Array(width * height)
    for (let c = 0; c < 3; c++) {
      const x = ndarray(Float32Array.from(samplesOf(3)), [height, width, 3])
      const plane = weightsOf(3).filter((_, i) => i % 3 === c)
      const k = ndarray(flip ? plane.reverse() : plane, [3, 3])
      const { data } = correlate(slice(x, null, null, c), k, { boundary: 'reflect' })
      for (const [i, value] of data.entries()) sum[i]! += value
    }
    expect([...readNpy(w.bytes('out.npy'), '').data]).toEqual([...sum])
  })

  test.each([
    [3, 4, [], 'holds 4 kernels, one per channel, but in.png has 3 channels. Give 3 kernels'],
    [1, 3, [], 'holds 3 kernels, one per channel, but in.png has 1 channel. Give 1 kernel '],
    [3, 1, [], 'holds 1 kernel, one per channel, but in.png has 3 channels.'],
    [4, 4, [], 'in.png has 3 colours, and its alpha channel is kept. Give 3 kernels (3×3×3), '],
    [4, 4, [], '--alpha filter, which filters alpha with the last'],
    [4, 3, ['--alpha', 'filter'], 'in.png has 4, alpha included. Give 4 kernels (3×3×4)'],
  ])('%d channels and %d kernels %j: %s', async (channels, kernels, args, message) => {
    const w = worldWith(channels, kernels)
    const { code, stderr } = await w.run([...filterArgs, ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(`-k k.npy (3×3×${kernels})`)
  })

  test('--json warns about each kernel, and not about their sum', async () => {
    const w = world()
    w.put('in.png', imageOf(3))
    w.put('k.json', '[[[1, 1, 2]]]')
    const { stdout } = await w.run([
      ...['filter', 'in.png', '-k', 'k.json', '-o', 'out.npy', '--json'],
    ])
    const { warnings } = JSON.parse(stdout.toString()) as { warnings: { code: string }[] }
    expect(warnings.map(({ code }) => code)).toEqual(['BRIGHTNESS'])
    expect(JSON.stringify(warnings)).toContain('The weights sum to 2')
  })
})

describe('arrays', () => {
  const shape = [4, 2, 6]
  const values = Float64Array.from(noise(48, 100))

  test.each([0, 1, 2, -1, -2])('--channel-axis %d', async (axis) => {
    const at = axis < 0 ? axis + 3 : axis
    const kernelShape = [2, 2, 2].with(at, shape[at]!)
    const kernel = ndarray(
      Float64Array.from({ length: 4 * shape[at]! }, (_, i) => (i % 7) - 3),
      kernelShape,
    )
    const w = world()
    w.put('in.npy', writeNpy(values, shape))
    w.put('k.npy', writeNpy(kernel.data, kernelShape))
    const { code, stderr } = await w.run([
      ...['filter', 'in.npy', '-k', 'k.npy', '-o', 'out.npy', '--channel-axis', String(axis)],
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = readNpy(w.bytes('out.npy'), '')
    expect(found.shape).toEqual(shape)
    const result = ndarray(found.data, shape)
    const inChannel = (c: number) => shape.map((_, a) => (a === at ? c : null))
    for (let c = 0; c < shape[at]!; c++) {
      const one = correlate(
        slice(ndarray(values, shape), ...inChannel(c)),
        slice(kernel, ...inChannel(c)),
        {
          boundary: 'reflect',
        },
      )
      const channel = slice(result, ...inChannel(c))
      expect([...correlate(channel, ndarray([1], [1, 1])).data]).toEqual([...one.data])
    }
  })

  test.each([
    ['[[[1, 2, 3]]]', ['--channel-axis', '0'], '(4×2×6) has 4 along --channel-axis 0'],
    ['[[[1, 2, 3]]]', ['--channel-axis', '-2'], 'has 2 along --channel-axis 1'],
    [
      '[[[[1]]]]',
      ['--channel-axis', '0'],
      'has 2 besides its channels. Give a kernel with at most',
    ],
    ['[[[[1]]]]', [], 'has 4 axes, but in.npy (4×2×6) has 3. Give a kernel with at most 3 axes.'],
    ['[[[1]]]', ['--channels', 'sum'], '--channels sum needs a channel axis'],
    ['[[[1]]]', ['--stride', '1,2'], '--stride has 2 values, but the kernel moves along 3 axes'],
    ['[[1]]', ['--channel-axis', '0', '--mode', 'same,full,same'], '--mode has 3 values, but'],
  ])('kernel %s with %j: %s', async (kernel, args, message) => {
    const w = world()
    w.put('in.npy', writeNpy(values, shape))
    w.put('k.json', kernel)
    const { code, stderr } = await w.run([
      ...['filter', 'in.npy', '-k', 'k.json', '-o', 'out.npy', ...args],
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test('a line of channels has no axis to move along', async () => {
    const w = world()
    w.put('in.npy', writeNpy(Float64Array.of(1, 2), [2]))
    const { code, stderr } = await w.run([
      ...['filter', 'in.npy', '-k', '1 1', '-o', 'out.npy', '--channel-axis', '0'],
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('in.npy has no axis but that of its channels')
  })
})
