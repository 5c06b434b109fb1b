/**
 * Which values may an algorithm spread to results whose definition does not read them? Some
 * algorithms multiply with the zeros of a matrix, add sums that cancel, or transform whole tiles. A
 * finite sample leaves nothing where it does not belong, but 0 · ∞ and ∞ − ∞ are NaN.
 *
 * Below 2¹⁰⁰ every sum of products stays finite in between. Inputs are checked before or during a
 * run. The constant of a border is checked here, when the planner chooses.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import { maxSafeMagnitude } from '../ndarray/finite.ts'

/**
 * The reason why an algorithm that spreads non-finite values does not support this border.
 * Undefined if it does.
 */
export function unsupportedBorder(g: ConvGeometry): string | undefined {
  const borders = g.boundary.filter((_, a) => leavesInput(g.axes[a]!))
  const outOfRange = borders.find(
    (border) => isConstant(border) && !(Math.abs(fillValue(border)) < maxSafeMagnitude),
  )
  return outOfRange === undefined
    ? undefined
    : `it would spread the border's ${fillValue(outOfRange)} to results that do not read it`
}
