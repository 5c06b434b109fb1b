/**
 * How a Maximum becomes code: loops over rows of results. The results of a vector share one pass
 * over the window.
 *
 *   row, stride 1 in the source:   load        load            one load per vector and sample
 *   row, stride 2 in the source:   a·b·c·d· e·f·g·h·           two loads, and one shuffle
 *   other strides:                 a··b··c··d··                one load per element
 */

import { iterations, mergeLoops, type StridedLoop } from '../../../ndarray/loops.ts'
import type { Maximum } from '../../../program/steps.ts'
import type { Element } from './element.ts'

/** A loop over results: its strides in elements. */
export interface MaximumLoop {
  readonly extent: number
  readonly to: number
  readonly from: number
}

export interface MaximumForm {
  /** The innermost loop. It is contiguous in the target if any loop is. */
  readonly row: MaximumLoop
  /** Whether the results of a row are computed as vectors. */
  readonly isVector: boolean
  /** The loops outside `row`, outermost first. */
  readonly outer: readonly MaximumLoop[]
  /** The loops over the window, outermost first: extents and strides in the source. */
  readonly window: readonly WindowLoop[]
  /** Predicted cycles of one grid item. */
  readonly cycles: number
}

export interface WindowLoop {
  readonly extent: number
  readonly from: number
}

/** A window of at most this many samples is written without a loop. */
export const maxUnrolledSamples = 32

export function maximumForm(step: Maximum, gridRank: number, element: Element): MaximumForm {
  const { result, window, to, from } = step
  const end = gridRank + result.length
  const loops = result.map(
    ({ extent }, l): StridedLoop => ({
      extent,
      strides: [to.strides[gridRank + l]!, from.strides[gridRank + l]!],
    }),
  )
  const sorted = loops.toSorted((x, y) => Math.abs(y.strides[0]!) - Math.abs(x.strides[0]!))
  const nest = mergeLoops(sorted).map(
    ({ extent, strides }): MaximumLoop => ({ extent, to: strides[0]!, from: strides[1]! }),
  )
  const row = nest.at(-1) ?? { extent: 1, to: 1, from: 1 }
  const isVector = row.to === 1 && row.extent >= element.lanes
  const samples = window.map(({ extent }, l): StridedLoop => {
    return { extent, strides: [from.strides[end + l]!] }
  })
  const windowLoops = mergeLoops(samples).map(
    ({ extent, strides }): WindowLoop => ({ extent, from: strides[0]! }),
  )
  const count = iterations(result) * iterations(window)
  return {
    ...{ row, isVector, outer: nest.slice(0, -1), window: windowLoops },
    cycles: isVector ? (count / element.lanes) * cyclesPerVector(row.from) : count * scalarCycles,
  }
}

/** Two instructions find NaN, one compares; loads as in the picture above. */
const cyclesPerVector = (stride: number): number => (stride === 1 ? 1.5 : stride === 2 ? 2.5 : 5)

/** `f32.max` takes several instructions of the processor. */
const scalarCycles = 4
