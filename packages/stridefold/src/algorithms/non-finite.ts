/**
 * Which values may an algorithm spread to results whose definition does not read them? Some
 * algorithms multiply with the zeros of a matrix, add sums that cancel, or transform whole tiles. A
 * finite sample leaves nothing where it does not belong, but 0 · ∞ and ∞ − ∞ are NaN.
 *
 * Below 2¹⁰⁰ every sum of products stays finite in between. Inputs are checked before or during a
 * run. The constant of a border is checked here, when the planner chooses.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { maxSafeMagnitude } from '../ndarray/finite.ts'

/** True if any window along an axis reads outside the input. */
export function leavesInput(axis: AxisGeometry): boolean {
  const { input, inputDilation, stride, before, output } = axis
  return (
    output > 0 &&
    (before > 0 ||
      (output - 1) * stride + kernelOverlap(axis) - before > (input - 1) * inputDilation)
  )
}

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
