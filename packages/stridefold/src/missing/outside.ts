/**
 * How much of a kernel meets samples outside that are missing? That depends on the distance of a
 * result from the border only: all results away from the border of an axis are of one kind.
 *
 *   outputs of an axis   0 1 2 │ 3 4 5 6 │ 7 8
 *   kinds                1 2 3 │ 0 0 0 0 │ 4 5
 */

import { isConstant } from '../geometry/boundary.ts'
import { indexAt, indicesOf, rowMajorPosition } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { Frame, WindowAxis } from './frame.ts'

/** Some outputs of an axis, and the kind of each. */
export interface OutputKinds {
  readonly outputs: readonly number[]
  readonly kinds: readonly number[]
}

/** The outputs from start to end − 1 read nothing outside. */
interface InsideRange {
  readonly start: number
  readonly end: number
}

export function insideRange(axis: WindowAxis): InsideRange {
  const { input, output, taps, dilation, stride, before } = axis
  const last = (taps - 1) * dilation
  const clip = (o: number): number => Math.min(Math.max(o, 0), output)
  const start = clip(Math.ceil(before / stride))
  return { start, end: Math.max(start, clip(Math.floor((input - 1 - last + before) / stride) + 1)) }
}

/** Outputs with a constant outside are of several kinds, too: it may stand before a missing one. */
const hasKinds = (axis: WindowAxis): boolean => axis.isMissingOutside || isConstant(axis.boundary)

export function kindCount(axis: WindowAxis): number {
  const { start, end } = insideRange(axis)
  return hasKinds(axis) ? 1 + start + axis.output - end : 1
}

/** All outputs of an axis; only those that read missing samples outside, or only the others. */
export function outputsOf(axis: WindowAxis, which: 'all' | 'outside' | 'inside'): OutputKinds {
  const range = insideRange(axis)
  const { start, end } = axis.isMissingOutside ? range : { start: 0, end: axis.output }
  const outputs =
    which === 'all'
      ? numbers(0, axis.output)
      : which === 'inside'
        ? numbers(start, end)
        : [...numbers(0, start), ...numbers(end, axis.output)]
  const kindOf = (o: number): number =>
    o < range.start ? 1 + o : o < range.end ? 0 : 1 + range.start + o - range.end
  return { outputs, kinds: outputs.map((o) => (hasKinds(axis) ? kindOf(o) : 0)) }
}

const numbers = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, i) => start + i)

/** Σ|k| over the weights that meet missing samples outside, for the kinds of all axes. */
export function outsideTotals({ axes, weights }: Frame): (kind: number) => number {
  const shape = axes.map(kindCount)
  const taps = axes.map((axis) => axis.taps)
  const known = new Float64Array(elementCount(shape)).fill(-1)
  return (kind) => {
    if (known[kind]! >= 0) return known[kind]!
    const outputs = indexAt(shape, kind).map((k, axis) => exampleOf(k, axes[axis]!))
    let total = 0
    for (const tap of indicesOf(taps))
      if (isMissingAt(axes, outputs, tap)) total += weights.magnitudes[rowMajorPosition(taps, tap)]!
    known[kind] = total
    return total
  }
}

/** An output of this kind. */
function exampleOf(kind: number, axis: WindowAxis): number {
  const { start, end } = insideRange(axis)
  return kind === 0 ? start : kind <= start ? kind - 1 : end + kind - 1 - start
}

/**
 * Whether a tap reads a missing sample outside. Outside two axes, the border of the first that is
 * not made of samples decides.
 */
function isMissingAt(
  axes: readonly WindowAxis[],
  outputs: readonly number[],
  tap: readonly number[],
): boolean {
  for (const [a, axis] of axes.entries()) {
    const at = outputs[a]! * axis.stride - axis.before + tap[a]! * axis.dilation
    if (at >= 0 && at < axis.input) continue
    if (axis.isMissingOutside) return true
    if (isConstant(axis.boundary)) return false
  }
  return false
}
