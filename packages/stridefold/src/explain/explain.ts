/**
 * Which products make this number, and where else does this one appear? One model under all views:
 * the tap, a single product of an input sample and a weight, with its index in every coordinate
 * system. Any coordinate may be asked for; the answer has always the same form.
 *
 * The trick: a focus only narrows which outputs, channels and, axis by axis, which pairs of output
 * and weight are meant (focus.ts). The taps are then walked in the order in which the definition
 * sums them (taps.ts).
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { refuse } from '../geometry/parameters.ts'
import { formatValue } from '../geometry/format-value.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { refuseUnknown } from '../ndarray/known-names.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { viewOf, type NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { tapCount } from './count.ts'
import { type Focus, type Memory, selectionOf, shapesOf } from './focus.ts'
import { type Tap, tapsOf } from './taps.ts'

export interface Explanation {
  /** The focus with its whole index. */
  readonly focus: Focus
  /**
   * In the order in which the definition sums them; the first of them, where there are more than
   * `most`.
   */
  readonly taps: readonly Tap[]
  /** How many there are. */
  readonly count: number
  /** Why there are no taps, where there are none. */
  readonly reason?: string
}

export interface Operands {
  /**
   * [batch, channels, ...axes]; the first two may be left out where they are 1. Its strides, offset
   * and type decide what a byte is.
   */
  readonly input?: ArrayInput
  /** [filters, channels of a group, ...axes]; the first two may be left out where they are 1. */
  readonly kernel?: ArrayInput
  /** The most taps to list, ≥ 1 (default: all). */
  readonly most?: number
}

/**
 * The taps behind a cell of any view: from one coordinate to the same products in all the others.
 *
 * - `geometry`: from `geometry()` or `parseCase()`.
 * - `focus`: one of `output` [batch, filter, ...axes], `input` [batch, channel, ...axes], `kernel`
 *   [filter, channel of its group, ...axes] (leading indices that are left out are 0), `im2col` or
 *   `toeplitz` [row, column], or `byte`: a byte of the input's data, dense and of the geometry's
 *   type unless the operand says otherwise.
 * - `operands`: with the arrays every tap has its value, weight, product and running sum; `most`
 *   lists the first taps only, and costs no more than these.
 *
 * Zeros that a transposed layer thinks between samples are no taps: nothing is multiplied there.
 * Throws `OptionError` for an index that the view does not have. Costs a visit to every tap of
 * every output that the focus touches.
 *
 * @example
 * explain(parseCase('7x7 * 3x3 same'), { output: [0, 0] }).taps.filter((tap) => tap.padded).length // 5
 */
export function explain(
  geometry: ConvGeometry,
  focus: Focus,
  operands: Operands = {},
): Explanation {
  const shapes = shapesOf(geometry)
  refuseUnknown('explain', operands, operandNames)
  const { input: givenInput, kernel: givenKernel } = operands
  const input =
    givenInput === undefined ? undefined : canonical(givenInput, shapes.input, 'input', geometry)
  const kernel =
    givenKernel === undefined
      ? undefined
      : canonical(givenKernel, shapes.kernel, 'kernel', geometry)
  const memory: Memory = {
    bytes: dtypes[input?.dtype ?? geometry.dtype].bytes,
    strides: input?.strides ?? rowMajorStrides(shapes.input),
    offset: input?.offset ?? 0,
  }
  const selected = selectionOf(geometry, focus, memory)
  let left = mostOf(operands.most)
  const parts = selected.selections.map((selection) => {
    const part = left > 0 ? tapsOf(geometry, selection, { input, kernel, memory }, left) : []
    left -= part.length
    return part
  })
  // Nearly always one part, which may be long: it is not copied.
  const taps = parts.length === 1 ? parts[0]! : parts.flat()
  const count = selected.selections.reduce(
    (sum, selection) => sum + tapCount(geometry, selection),
    0,
  )
  if (count > 0) return { focus: selected.focus, taps, count }
  return { focus: selected.focus, taps, count, reason: selected.reason }
}

function mostOf(most: number | undefined): number {
  if (most === undefined) return Number.POSITIVE_INFINITY
  if (Number.isSafeInteger(most) && most >= 1) return most
  return refuse(
    'OPTION_INVALID',
    `explain: most is ${formatValue(most)}. Give a whole number ≥ 1, or leave it out to list ` +
      'all taps.',
  )
}

const operandNames = new Set(['input', 'kernel', 'most'])

/** An operand as `shape`, whose first two extents it may have left out where they are 1. */
function canonical(
  x: ArrayInput,
  shape: readonly number[],
  name: string,
  g: ConvGeometry,
): NdArray {
  const array = asNdArray(x, name)
  const missing = shape.length - array.shape.length
  const dropped = [[], [0], [1], [0, 1]].find(
    (axes) =>
      axes.length === missing &&
      axes.every((axis) => shape[axis] === 1) &&
      shape.filter((_, axis) => !axes.includes(axis)).join() === array.shape.join(),
  )
  if (dropped === undefined) {
    return refuse(
      'SHAPE_MISMATCH',
      `explain: ${name} has shape ${formatValue(array.shape)}, but ${g.key} needs ` +
        `${formatValue(shape)}. Reshape it.`,
    )
  }
  const strides = [...array.strides]
  for (const axis of dropped) strides.splice(axis, 0, 0)
  return viewOf(promoteUntyped(array, g.dtype), { shape, strides })
}
