/**
 * Measures the error of Winograd's algorithm. With `--search`, compares sets of interpolation
 * points for each number of points. Otherwise measures each F(m, r) in use, and rewrites the table
 * in docs/algorithms/winograd.md.
 *
 * The error is the root mean square over many random tiles in two dimensions, relative to that of
 * the result. It is for one channel, with every operation rounded to float32, and with normally
 * distributed weights and samples. Sums over channels add the same error as in any other algorithm.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { amplification, pointsFor } from '../packages/stridefold/src/algorithms/winograd/points.ts'
import {
  type Rational,
  rational,
  toNumber,
} from '../packages/stridefold/src/algorithms/winograd/rational.ts'
import {
  exactTransforms,
  type Matrix,
} from '../packages/stridefold/src/algorithms/winograd/transforms.ts'

const page = new URL('../docs/algorithms/winograd.md', import.meta.url)
const toFloat32 = Math.fround

let state = 1
function uniform(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0
  return ((state >>> 0) + 0.5) / 2 ** 32
}
const normal = (): number =>
  toFloat32(Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()))
const square = (n: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: n }, normal))

/** Returns M · X · Mᵀ; `round` rounds every step. */
function transformTile(
  matrix: Matrix<number>,
  x: readonly (readonly number[])[],
  round: (v: number) => number,
): number[][] {
  const multiplyRows = (rows: readonly (readonly number[])[]): number[][] =>
    matrix.map((row) =>
      rows[0]!.map((_, c) =>
        row.reduce((sum, v, i) => (v === 0 ? sum : round(sum + round(v * rows[i]![c]!))), 0),
      ),
    )
  const transposeRows = (rows: readonly (readonly number[])[]): number[][] =>
    rows[0]!.map((_, c) => rows.map((row) => row[c]!))
  return transposeRows(multiplyRows(transposeRows(multiplyRows(x))))
}

interface TileErrors {
  readonly winograd: number
  readonly direct: number
}

function measureErrors(
  m: number,
  r: number,
  points: readonly Rational[],
  tiles: number,
): TileErrors {
  state = 7
  const t = exactTransforms(m, r, points)
  const numbers = (matrix: Matrix<Rational>): number[][] => matrix.map((row) => row.map(toNumber))
  const [output, input] = [numbers(t.output), numbers(t.input)]
  const kernel = numbers(t.kernel).map((row) => row.map(toFloat32))
  let [error, directError, size] = [0, 0, 0]
  for (let tile = 0; tile < tiles; tile++) {
    const [d, g] = [square(m + r - 1), square(r)]
    const [u, v] = [transformTile(kernel, g, toFloat32), transformTile(input, d, toFloat32)]
    const y = transformTile(
      output,
      u.map((row, i) => row.map((a, j) => toFloat32(a * v[i]![j]!))),
      toFloat32,
    )
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        let [reference, direct] = [0, 0]
        for (let p = 0; p < r; p++) {
          for (let q = 0; q < r; q++) {
            reference += d[i + p]![j + q]! * g[p]![q]!
            direct = toFloat32(direct + toFloat32(d[i + p]![j + q]! * g[p]![q]!))
          }
        }
        error += (y[i]![j]! - reference) ** 2
        directError += (direct - reference) ** 2
        size += reference ** 2
      }
    }
  }
  return { winograd: Math.sqrt(error / size), direct: Math.sqrt(directError / size) }
}

const textOf = ({ numerator, denominator }: Rational): string =>
  (denominator === 1 ? `${numerator}` : `${numerator}/${denominator}`).replace('-', '−')

function search(): void {
  const pool = [
    rational(1),
    rational(-1),
    rational(1, 2),
    rational(-1, 2),
    rational(2),
    rational(-2),
    rational(1, 4),
    rational(-1, 4),
    rational(4),
    rational(-4),
  ]
  const subsets = (from: number, count: number): Rational[][] =>
    count === 0
      ? [[]]
      : pool
          .slice(from)
          .flatMap((p, i) => subsets(from + i + 1, count - 1).map((others) => [p, ...others]))
  for (const [m, r] of [
    [2, 3],
    [3, 3],
    [4, 3],
    [5, 3],
    [6, 3],
  ] as const) {
    const candidates = subsets(0, m + r - 3).map((set) => ({
      set: [rational(0), ...set],
      error: measureErrors(m, r, [rational(0), ...set], 60).winograd,
    }))
    const best = candidates.toSorted((a, b) => a.error - b.error).slice(0, 4)
    console.log(
      `F(${m}, ${r}), in use: ` +
        `${measureErrors(m, r, pointsFor(m + r - 2), 60).winograd.toExponential(2)}`,
    )
    for (const { set, error } of best)
      console.log(`  ${error.toExponential(2)}  ${set.map(textOf).join(' ')}`)
  }
}

function table(): string {
  const rows: string[] = []
  for (const r of [2, 3, 4, 5]) {
    for (let m = 2; m + r - 2 <= 7; m++) {
      const points = pointsFor(m + r - 2)
      const { winograd, direct } = measureErrors(m, r, points, 400)
      const productRatio = ((m * r) / (m + r - 1)) ** 2
      rows.push(
        `| F(${m}, ${r}) | ${points.map(textOf).join(', ')}, ∞ | ${productRatio.toFixed(2)} | ` +
          `${winograd.toExponential(1)} | ${(winograd / direct).toFixed(1)} | ` +
          `${amplification(m, r).toFixed(1)} |`,
      )
    }
  }
  return [
    "| | points | products saved in 2-D, times | error | times the direct sum's | " +
      'amplification, per axis |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

if (process.argv.includes('--search')) search()
else {
  const marker = /(<!-- errors -->\n)[\s\S]*?(<!-- \/errors -->)/
  const text = table()
  console.log(text)
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(
      marker,
      (_, start: string, end: string) => `${start}\n${text}\n\n${end}`,
    ),
  )
}
