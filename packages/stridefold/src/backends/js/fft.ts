/**
 * Interprets an Fft in float64. Reads the points, transforms them by the prime factors of their
 * number, and rounds once when it stores them.
 *
 *   n = p·m:   X[f + q·m] = Σ_r e^(∓2πi·r·(f + q·m)/n) · X_r[f]
 *              X_r: the transform of every p-th point, starting at point r
 *
 * Frequencies are in natural order. Source: J. W. Cooley, J. W. Tukey, 1965.
 */

import { turn } from '../../ndarray/elementary.ts'
import { isEmpty, Odometer } from '../../ndarray/loops.ts'
import type { Fft } from '../../program/steps.ts'
import { type Memory, startOf } from './memory.ts'
import { nestOf } from './nest.ts'

/** The bytes of the tables of an Fft: roots, and the points before and after. */
export const fftTableBytes = ({ loops, points }: Fft): number =>
  isEmpty(loops) ? 0 : 3 * 2 * 8 * points

/** Compiles the Fft to a function that runs it for one item of the stage's grid. */
export function compileFft(
  step: Fft,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  if (isEmpty(step.loops)) return () => {}
  const { points, re, im } = step
  const loopsOf = ({ strides }: { strides: readonly number[] }): readonly number[] =>
    strides.slice(gridRank, -1)
  const [reStep, imStep] = [re.strides.at(-1)!, im.strides.at(-1)!]
  const odometer = new Odometer(nestOf(step.loops, [loopsOf(re), loopsOf(im)]), [0, 0])
  const [reSlot, imSlot] = [memory.slot(re.buffer), memory.slot(im.buffer)]
  const complexTable = (): Complex => ({ re: memory.table(points), im: memory.table(points) })
  const roots = fillRoots(complexTable(), step.direction === 'forward' ? -1 : 1)
  const [from, to] = [complexTable(), complexTable()]

  return (item) => {
    odometer.at[0] = startOf(reSlot, re, item)
    odometer.at[1] = startOf(imSlot, im, item)
    do {
      const [reAt, imAt] = [odometer.at[0]!, odometer.at[1]!]
      for (let j = 0; j < points; j++) {
        from.re[j] = reSlot.data[reAt + j * reStep]!
        from.im[j] = imSlot.data[imAt + j * imStep]!
      }
      transform(from, 0, 1, to, 0, points, roots)
      for (let f = 0; f < points; f++) {
        reSlot.data[reAt + f * reStep] = to.re[f]!
        imSlot.data[imAt + f * imStep] = to.im[f]!
      }
    } while (odometer.next())
  }
}

interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

const complex = (n: number): Complex => ({ re: new Float64Array(n), im: new Float64Array(n) })

/** e^(sign·2πi·j/n) for every j. */
function fillRoots(roots: Complex, sign: 1 | -1): Complex {
  const n = roots.re.length
  for (let j = 0; j < n; j++) {
    const { sine, cosine } = turn(j, n)
    roots.re[j] = cosine
    roots.im[j] = sign * sine
  }
  return roots
}

/** to[start …] = the transform of the `n` points from[first + j·step]. */
function transform(
  from: Complex,
  first: number,
  step: number,
  to: Complex,
  start: number,
  n: number,
  roots: Complex,
): void {
  if (n === 1) {
    to.re[start] = from.re[first]!
    to.im[start] = from.im[first]!
    return
  }
  const p = smallestFactor(n)
  const m = n / p
  for (let r = 0; r < p; r++)
    transform(from, first + r * step, step * p, to, start + r * m, m, roots)
  const rootCount = roots.re.length
  const outputs = complex(p)
  for (let f = 0; f < m; f++) {
    for (let q = 0; q < p; q++) {
      let [re, im] = [0, 0]
      for (let r = 0; r < p; r++) {
        const turn = (r * (f + q * m) * step) % rootCount
        const [x, y] = [to.re[start + r * m + f]!, to.im[start + r * m + f]!]
        re += x * roots.re[turn]! - y * roots.im[turn]!
        im += x * roots.im[turn]! + y * roots.re[turn]!
      }
      outputs.re[q] = re
      outputs.im[q] = im
    }
    for (let q = 0; q < p; q++) {
      to.re[start + q * m + f] = outputs.re[q]!
      to.im[start + q * m + f] = outputs.im[q]!
    }
  }
}

function smallestFactor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p
  return n
}
