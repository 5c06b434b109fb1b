/**
 * How an elementwise step becomes code: loops over rows, and along a row whole vectors, if the row
 * is contiguous in the target.
 */

import { iterations, mergeLoops, type StridedLoop } from '../../../ndarray/loops.ts'
import { type Formula, operationCount } from '../../../program/formula.ts'
import type { Elementwise } from '../../../program/steps.ts'
import type { Element } from './element.ts'

/** A loop: its strides in elements, of the target and of each source. */
export interface ElementwiseLoop {
  readonly extent: number
  readonly to: number
  readonly from: readonly number[]
}

export interface ElementwiseForm {
  /** The innermost loop. It is contiguous in the target if any loop is. */
  readonly row: ElementwiseLoop
  /** Whether a row is computed as vectors. */
  readonly isVector: boolean
  /** The loops outside `row`, outermost first. */
  readonly outer: readonly ElementwiseLoop[]
  readonly formula: Formula
  /** Predicted cycles of one grid item. */
  readonly cycles: number
}

export function elementwiseForm(
  { loops, to, from, formula }: Elementwise,
  gridRank: number,
  element: Element,
): ElementwiseForm {
  const strided = loops.map(({ extent }, l): StridedLoop => {
    return { extent, strides: [to, ...from].map(({ strides }) => strides[gridRank + l]!) }
  })
  const sorted = strided.toSorted((x, y) => Math.abs(y.strides[0]!) - Math.abs(x.strides[0]!))
  const nest = mergeLoops(sorted).map(({ extent, strides }): ElementwiseLoop => {
    return { extent, to: strides[0]!, from: strides.slice(1) }
  })
  const row = nest.at(-1) ?? { extent: 1, to: 1, from: from.map(() => 0) }
  const isVector = row.to === 1 && row.extent >= element.lanes
  const elements = iterations(loops)
  const loads = row.from.reduce((sum, stride) => sum + (stride === 0 || stride === 1 ? 1 : 4), 1)
  const perResult = operationCount(formula) + loads
  return {
    ...{ row, isVector, outer: nest.slice(0, -1), formula },
    cycles: isVector ? (elements / element.lanes) * perResult : elements * (perResult + 2),
  }
}
