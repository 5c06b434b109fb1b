/**
 * `npm run bench:missing`: what do missing samples cost? CPU time of calls with one thread, each
 * beside the plain call, on 2000×2000 float32. Every round runs all calls once.
 */

import process from 'node:process'
import { summary } from '@stridefold/measure'
import { type ConvolveOptions, correlate, kernels, type NdArray, zeros } from 'stridefold/sync'

const extent = 2000
const rounds = 11

let state = 12345
/** A number from 0 to 1, the same sequence in every run. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

function samples(): NdArray<'float32'> {
  const x = zeros([extent, extent])
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.sin(i * 0.37)
  return x
}

/** One missing sample in 1 % of the blocks of this extent. */
function inBlocks(size: number): NdArray<'float32'> {
  const x = samples()
  const count = Math.ceil(extent / size)
  const inside = (block: number): number =>
    Math.min(extent - 1, block * size + Math.floor(random() * size))
  for (let block = 0; block < count * count; block++) {
    if (random() >= 0.01) continue
    x.data[inside(Math.floor(block / count)) * extent + inside(block % count)] = NaN
  }
  return x
}

/** This share of all samples is missing. */
function everywhere(share: number): NdArray<'float32'> {
  const x = samples()
  for (let i = 0; i < x.data.length; i++) if (random() < share) x.data[i] = NaN
  return x
}

/** A rectangle of more than a quarter of the samples is missing. */
function lake(): NdArray<'float32'> {
  const x = samples()
  for (let row = 400; row < 1400; row++) x.data.fill(NaN, row * extent + 500, row * extent + 1600)
  return x
}

const nan = { missing: 'nan' } as const
const whole = samples()
const cases: readonly (readonly [name: string, x: NdArray, options: ConvolveOptions])[] = [
  ['plain call', whole, {}],
  ['none is missing', whole, nan],
  ['1 % of blocks of 64×64', inBlocks(64), nan],
  ['1 % of blocks of 16×16', inBlocks(16), nan],
  ["boundary: 'missing'", whole, { boundary: 'missing' }],
  ['5 % of all samples', everywhere(0.05), nan],
  ['50 % of all samples', everywhere(0.5), nan],
  ['a lake', lake(), nan],
]

function cpuMilliseconds(run: () => unknown): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

for (const [name, k] of [
  ['9×9 Gaussian', kernels.gaussian({ sigma: 1.5, size: 9 })],
  ['Sobel', kernels.sobelX()],
] as const) {
  const times = cases.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, x, options]] of cases.entries()) {
      const given: ConvolveOptions = { boundary: 'reflect', threads: 1, ...options }
      times[i]!.push(cpuMilliseconds(() => correlate(x, k, given)))
    }
  }
  console.log(
    `${name}: CPU milliseconds (least, median), and the ratio of the least to the plain call`,
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
