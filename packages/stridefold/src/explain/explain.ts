/**
 * Which products form this number, and in which other views do they appear? All views share one
 * model: the tap, a single product of an input sample and a weight, with its index in every
 * coordinate system. Any coordinate can be selected, and the answer always has the same form.
 *
 * The trick: a focus only restricts the outputs, the channels and, axis by axis, the pairs of
 * output and weight (focus.ts). The taps are then listed in the order in which the definition sums
 * them (taps.ts).
 */

import { formatValue } from '../geometry/format-value.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { reject } from '../geometry/parameters.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { rejectUnknown } from '../ndarray/known-names.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { type NdArray, viewOf } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { tapCount } from './count.ts'
import { type Focus, type Memory, selectionOf, shapesOf } from './focus.ts'
import { type Tap, tapsOf } from './taps.ts'

/** The answer of `explain`: the taps of one cell, in every view. */
export interface Explanation {
  /** The focus with its complete index. */
  readonly focus: Focus
  /** The taps in the order in which the definition sums them. At most `most` of them. */
  readonly taps: readonly Tap[]
  /** The number of all selected taps. */
  readonly count: number
  /** If there are no taps: the reason. */
  readonly reason?: string
}

/** The arrays of an explanation. Each may be left out. */
export interface Operands {
  /**
   * [batch, channels, ...axes]. The first two may be omitted if they are 1. Its strides, offset and
   * dtype define the byte addresses. Default: none. The taps then have no values, and addresses as
   * in a contiguous array.
   */
  readonly input?: ArrayInput
  /**
   * [filters, channels of a group, ...axes]. The first two may be omitted if they are 1. Default:
   * none. The taps then have no weights.
   */
  readonly kernel?: ArrayInput
  /**
   * Largest number of taps to list, ≥ 1. Default: all. Use it for a large problem: the time shrinks
   * accordingly.
   */
  readonly most?: number
}

/**
 * Returns the taps of a cell in any view: from one coordinate to the same products in all other
 * views. A tap is the product of one sample and one weight.
 *
 * - `geometry`: from `geometry()` or `parseCase()`.
 * - `focus`: one of `output` [batch, filter, ...axes], `input` [batch, channel, ...axes], `kernel`
 *   [filter, channel of its group, ...axes] (omitted leading indices are 0), `im2col` or `toeplitz`
 *   [row, column], or `byte`: a byte of the input's data, contiguous and of the geometry's dtype
 *   unless the operand differs.
 * - `operands`: with the arrays, every tap has its value, weight, product and running sum. `most`
 *   lists only the first taps. Default: no arrays, all taps.
 *
 * Zeros that a transposed layer inserts between samples are no taps, because nothing is multiplied
 * there. Throws `OptionError` for an index outside the view (`INDEX_INVALID`), for a focus that is
 * not one of these (`OPTION_INVALID`), and for arrays of other shapes (`SHAPE_MISMATCH`). The time
 * grows with the number of taps of all outputs that the focus affects.
 *
 * @example
 * const { taps } = explain(parseCase('7x7 * 3x3 same'), { output: [0, 0] })
 * taps.filter((tap) => tap.padded).length // 5
 */
export function explain(
  geometry: ConvGeometry,
  focus: Focus,
  operands: Operands = {},
): Explanation {
  const shapes = shapesOf(geometry)
  rejectUnknown('explain', operands, operandNames)
  const { input: inputOperand, kernel: kernelOperand } = operands
  const input =
    inputOperand === undefined
      ? undefined
      : toCanonicalAxes(inputOperand, shapes.input, 'input', geometry)
  const kernel =
    kernelOperand === undefined
      ? undefined
      : toCanonicalAxes(kernelOperand, shapes.kernel, 'kernel', geometry)
  const memory: Memory = {
    bytes: dtypes[input?.dtype ?? geometry.dtype].bytes,
    strides: input?.strides ?? rowMajorStrides(shapes.input),
    offset: input?.offset ?? 0,
  }
  const selected = selectionOf(geometry, focus, memory)
  let remaining = validateMost(operands.most)
  const parts = selected.selections.map((selection) => {
    const part =
      remaining > 0 ? tapsOf(geometry, selection, { input, kernel, memory }, remaining) : []
    remaining -= part.length
    return part
  })
  // There is almost always one part, which may be long. It is not copied.
  const taps = parts.length === 1 ? parts[0]! : parts.flat()
  const count = selected.selections.reduce(
    (sum, selection) => sum + tapCount(geometry, selection),
    0,
  )
  if (count > 0) return { focus: selected.focus, taps, count }
  return { focus: selected.focus, taps, count, reason: selected.reason }
}

function validateMost(most: number | undefined): number {
  if (most === undefined) return Number.POSITIVE_INFINITY
  if (Number.isSafeInteger(most) && most >= 1) return most
  return reject(
    'OPTION_INVALID',
    `explain: most is ${formatValue(most)}. Give a whole number ≥ 1, or leave it out to list ` +
      'all taps.',
  )
}

const operandNames = new Set(['input', 'kernel', 'most'])

/**
 * Views an operand with the rank of `shape`. The first two extents may be missing if they are 1.
 */
function toCanonicalAxes(
  x: ArrayInput,
  shape: readonly number[],
  name: string,
  g: ConvGeometry,
): NdArray {
  const array = asReadable(x, name)
  const missing = shape.length - array.shape.length
  const missingAxes = [[], [0], [1], [0, 1]].find(
    (axes) =>
      axes.length === missing &&
      axes.every((axis) => shape[axis] === 1) &&
      shape.filter((_, axis) => !axes.includes(axis)).join() === array.shape.join(),
  )
  if (missingAxes === undefined) {
    return reject(
      'SHAPE_MISMATCH',
      `explain: ${name} has shape ${formatValue(array.shape)}, but ${g.key} needs ` +
        `${formatValue(shape)}. Reshape it.`,
    )
  }
  const strides = [...array.strides]
  for (const axis of missingAxes) strides.splice(axis, 0, 0)
  return viewOf(promoteUntyped(array, g.dtype), { shape, strides })
}
