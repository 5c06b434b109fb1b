/**
 * `npm run bench:missing`: what do missing samples cost? CPU time of calls with one thread, each
 * beside the plain call on the same samples: images, a signal, a volume, and bytes with a mask.
 * Every round runs all calls of a group, each after the plain call. With an argument, such as
 * `npm run bench:missing -- Sobel`, it runs only the groups whose names contain that word.
 */

import process from 'node:process'
import { summary } from '@stridefold/measure'
import {
  type ConvolveOptions,
  correlate,
  gaussianFilter,
  kernels,
  type NdArray,
  ndarray,
  zeros,
} from 'stridefold/sync'

const rounds = 9

let state = 12345
/** A number from 0 to 1, the same sequence in every run. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

function samples(shape: readonly number[]): NdArray<'float32'> {
  const x = zeros(shape)
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.sin(i * 0.37)
  return x
}

type Holes = (x: NdArray<'float32'>) => void

/** One missing sample in 1 % of the blocks of this extent along each axis. */
const inBlocks =
  (size: number): Holes =>
  ({ data, shape }) => {
    const counts = shape.map((extent) => Math.ceil(extent / size))
    const blocks = counts.reduce((product, count) => product * count, 1)
    for (let block = 0; block < blocks; block++) {
      if (random() >= 0.01) continue
      let [position, remaining] = [0, block]
      const index = counts.map((count, axis) => {
        const first = (remaining % count) * size
        remaining = Math.floor(remaining / count)
        return Math.min(shape[axis]! - 1, first + Math.floor(random() * size))
      })
      for (const [axis, at] of index.entries()) position = position * shape[axis]! + at
      data[position] = NaN
    }
  }

/** This share of all samples is missing. */
const everywhere =
  (share: number): Holes =>
  ({ data }) => {
    for (let i = 0; i < data.length; i++) if (random() < share) data[i] = NaN
  }

/** A rectangle of more than a quarter of an image is missing. */
const lake: Holes = ({ data, shape }) => {
  const [height, width] = shape as [number, number]
  for (let row = Math.floor(height * 0.2); row < height * 0.7; row++)
    data.fill(NaN, row * width + width * 0.25, row * width + width * 0.8)
}

const holes: readonly (readonly [name: string, holes: Holes])[] = [
  ['none is missing', () => {}],
  ['1 % of blocks of 64', inBlocks(64)],
  ['1 % of blocks of 16', inBlocks(16)],
  ['5 % of all samples', everywhere(0.05)],
  ['50 % of all samples', everywhere(0.5)],
]

type Compute = (x: NdArray, options: ConvolveOptions) => unknown
type Case = readonly [name: string, run: () => unknown]

const options = { boundary: 'reflect', threads: 1 } as const
const nan = { ...options, missing: 'nan' } as const

/** The calls of a group: the plain one first. */
function casesOf(shape: readonly number[], compute: Compute, others: typeof holes = []): Case[] {
  const whole = samples(shape)
  const withHoles = [...holes, ...others].map(([name, make]): Case => {
    const x = samples(shape)
    make(x)
    return [name, () => compute(x, nan)]
  })
  const border: Case = [
    "boundary: 'missing'",
    () => compute(whole, { ...options, boundary: 'missing' }),
  ]
  return [['plain call', () => compute(whole, options)], ...withHoles, border]
}

const image = [2000, 2000]
const by =
  (k: NdArray): Compute =>
  (x, given) =>
    correlate(x, k, given)
const gaussian = kernels.gaussian({ sigma: 1.5, size: 9 })
const line = ndarray(
  Float32Array.from({ length: 15 }, (_, i) => Math.exp(-((i - 7) ** 2) / 18)),
  [15],
)

/** Bytes have no NaN: a mask says which of them are missing. */
function bytesWithMask(): Case[] {
  const x = ndarray(
    Uint8Array.from({ length: 4e6 }, (_, i) => (i * 7919) % 251),
    image,
  )
  const masks = holes.map(([name, make]): Case => {
    const marked = samples(image)
    make(marked)
    const mask = Uint8Array.from(marked.data, (value) => (Number.isNaN(value) ? 0 : 1))
    return [name, () => correlate(x, gaussian, { ...options, missing: mask })]
  })
  return [['plain call', () => correlate(x, gaussian, options)], ...masks]
}

const groups: readonly (readonly [name: string, cases: () => Case[]])[] = [
  ['9×9 Gaussian, 2000×2000', () => casesOf(image, by(gaussian), [['a lake', lake]])],
  ['Sobel, 2000×2000', () => casesOf(image, by(kernels.sobelX()), [['a lake', lake]])],
  ['sharpening, 2000×2000', () => casesOf(image, by(kernels.sharpen()))],
  ['15 taps, a signal of 4,000,000', () => casesOf([4e6], by(line))],
  [
    'Gaussian of sigma 1, 160×160×160',
    () =>
      casesOf([160, 160, 160], (x, given) => gaussianFilter(x, { sigma: 1, radius: 3, ...given })),
  ],
  ['9×9 Gaussian, 2000×2000 bytes with a mask', bytesWithMask],
]

function cpuMilliseconds(run: () => unknown): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

for (const [group, makeCases] of groups) {
  if (!group.includes(process.argv[2] ?? '')) continue
  const cases = makeCases()
  const times = cases.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    // The plain call comes before each of the others: a call also pays for the garbage of the one
    // before it.
    for (const i of cases.keys())
      for (const each of i === 0 ? [] : [0, i]) times[each]!.push(cpuMilliseconds(cases[each]![1]))
  console.log(
    `${group}: CPU milliseconds (least, median), and the ratio of the least to the plain call`,
  )
  const [plain] = times.map((list) => Math.min(...list))
  for (const [i, [what]] of cases.entries()) {
    const { min, median } = summary(times[i]!)
    const ratio = (min / plain!).toFixed(2)
    console.log(
      `  ${what.padEnd(24)} ${min.toFixed(1).padStart(7)} ${median.toFixed(1).padStart(7)}   ${ratio}`,
    )
  }
}
