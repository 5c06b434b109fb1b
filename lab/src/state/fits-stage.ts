/**
 * Can the first screen show this state? It shows one plane with at most two axes, and numbers that
 * need no more of the library than its definition.
 */

import { parseCase } from 'stridefold/sync'
import { product } from '../model/numbers.ts'
import type { LabState, Numbers } from './state.ts'

/** Larger problems would hold up the page. The workspace computes them in the background. */
const maxProducts = 1 << 22
const maxSamples = 1 << 18

export type PlainNumbers =
  | Extract<Numbers, { picture: string } | { values: unknown }>
  | { readonly seed: number }

export const isPlain = (numbers: Numbers): numbers is PlainNumbers =>
  !('signal' in numbers || 'weighting' in numbers)

export function fitsStage({
  problem,
  input,
  kernel,
}: Pick<LabState, 'problem' | 'input' | 'kernel'>): boolean {
  const g = parseCase(problem)
  const outputs = product(g.axes.map((axis) => axis.output))
  return (
    isPlain(input) &&
    isPlain(kernel) &&
    g.batch * g.channels * g.filters === 1 &&
    g.axes.length <= 2 &&
    outputs * product(g.axes.map((axis) => axis.kernel)) <= maxProducts &&
    product(g.axes.map((axis) => axis.input)) <= maxSamples &&
    g.axes.every(
      ({ inputDilation, before, after }) => inputDilation === 1 && before >= 0 && after >= 0,
    )
  )
}
