/**
 * Which values may an algorithm spread to results whose definition does not read them? Products
 * with zeros of a matrix, sums that cancel and transforms leave nothing of a finite sample where it
 * does not belong, but 0 · ∞ and ∞ − ∞ are NaN.
 *
 * Below 2¹⁰⁰ every sum of products on the way stays finite. Inputs are looked at before or during a
 * run; a border's constant is known here.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import { kernelOverlap } from '../geometry/padding.ts'

/** Values of this size or more are computed directly. */
export const maxSafeMagnitude: number = 2 ** 100

/** Whether any window of an axis leaves the input. */
export function leavesInput(axis: AxisGeometry): boolean {
  const { input, inputDilation, stride, before, output } = axis
  return (
    output > 0 &&
    (before > 0 ||
      (output - 1) * stride + kernelOverlap(axis) - before > (input - 1) * inputDilation)
  )
}

/**
 * Why an algorithm that spreads values cannot have this border, in words; undefined where it can.
 */
export function refuseBorder(g: ConvGeometry): string | undefined {
  const read = g.boundary.filter((_, a) => leavesInput(g.axes[a]!))
  const wild = read.find(
    (border) => isConstant(border) && !(Math.abs(fillValue(border)) < maxSafeMagnitude),
  )
  return wild === undefined
    ? undefined
    : `it would spread the border's ${fillValue(wild)} to results that do not read it`
}
