/**
 * Measures the error of `fft` and of the direct sum in float32, compared with direct sums in
 * float64, and rewrites the table in docs/algorithms/fft.md.
 *
 * The data are normally distributed. The error is the root mean square, relative to that of the
 * result. The last column is the largest error of any output, as a share of the bound that the
 * algorithm states (factor · ε · max|x| · Σ|k|).
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { fft } from '../packages/stridefold/src/algorithms/fft.ts'
import { makeGeometry } from '../packages/stridefold/src/geometry/geometry.ts'
import { epsilon } from '../packages/stridefold/src/ndarray/dtype.ts'
import { correlate, ndarray } from '../packages/stridefold/src/sync.ts'

const page = new URL('../docs/algorithms/fft.md', import.meta.url)

let state = 1
function uniform(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0
  return ((state >>> 0) + 0.5) / 2 ** 32
}
const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)
const rootMeanSquare = (values: Iterable<number>, n: number): number => {
  let sum = 0
  for (const v of values) sum += v * v
  return Math.sqrt(sum / n)
}

function row(shape: readonly number[], taps: readonly number[]): string {
  const [x, k] = [
    Float64Array.from({ length: count(shape) }, normal),
    Float64Array.from({ length: count(taps) }, normal),
  ]
  const unrounded = correlate(ndarray(x, shape), ndarray(k, taps), { algorithm: 'strided' })
  const single = [
    ndarray(Float32Array.from(x), shape),
    ndarray(Float32Array.from(k), taps),
  ] as const
  // The reference uses the operands rounded to float32, so their rounding is not counted as an
  // error.
  const reference = correlate(
    ndarray(Float64Array.from(single[0].data), shape),
    ndarray(Float64Array.from(single[1].data), taps),
    {
      algorithm: 'strided',
    },
  )
  const size = rootMeanSquare(unrounded.data, unrounded.data.length)
  const errorOf = (algorithm: string): Float64Array => {
    const result = correlate(...single, { algorithm })
    return Float64Array.from(result.data, (v, i) => v - reference.data[i]!)
  }
  const [fftErrors, directErrors] = [errorOf('fft'), errorOf('strided')]
  const g = makeGeometry({
    axes: shape.map((input, a) => ({
      input,
      kernel: taps[a]!,
      before: taps[a]! >> 1,
      after: (taps[a]! - 1) >> 1,
    })),
  })
  const growth = fft.errorBoundFactor(g, undefined as never)
  const largest = single[0].data.reduce((max, v) => Math.max(max, Math.abs(v)), 0)
  const total = single[1].data.reduce((sum, v) => sum + Math.abs(v), 0)
  const maxShare =
    fftErrors.reduce((max, v) => Math.max(max, Math.abs(v)), 0) /
    (growth * epsilon.float32 * largest * total)
  const [e, d] = [
    rootMeanSquare(fftErrors, fftErrors.length) / size,
    rootMeanSquare(directErrors, directErrors.length) / size,
  ]
  return (
    `| ${shape.join(' × ')} | ${taps.join(' × ')} | ${e.toExponential(1)} | ` +
    `${d.toExponential(1)} | ${growth.toFixed(0)} | ${(100 * maxShare).toPrecision(2)} % |`
  )
}

const text = [
  '| input | kernel | error | error of the direct sum | stated growth | worst result, of the ' +
    'bound |',
  '|---|---|---|---|---|---|',
  row([100_000], [64]),
  row([100_000], [1024]),
  row([200_000], [20_000]),
  row([600, 700], [9, 9]),
  row([600, 700], [31, 31]),
  row([600, 700], [63, 63]),
  row([48, 48, 48], [7, 7, 7]),
].join('\n')
console.log(text)
const marker = /(<!-- errors -->\n)[\s\S]*?(<!-- \/errors -->)/
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(
    marker,
    (_, start: string, end: string) => `${start}\n${text}\n\n${end}`,
  ),
)
