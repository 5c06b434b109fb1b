/**
 * Which products make this number, and where else does this one appear? One model under all views: the tap, a single product of an input
 * sample and a weight, with its index in every coordinate system. Any coordinate may be asked for; the answer has always the same form.
 *
 * The trick: a focus only narrows which outputs, channels and, axis by axis, which pairs of output and weight are meant. The taps are then
 * walked in the order in which the definition sums them.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { refuse } from '../geometry/parameters.ts'
import { quoted } from '../geometry/quoted.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { derived, type NdArray } from '../ndarray/ndarray.ts'
import { promoted } from '../ndarray/untyped.ts'
import { type Focus, type Memory, type Selection, selectionOf, shapesOf } from './focus.ts'
import { indicesOf, placeOf } from './indices.ts'
import { fillAt, inserted, outside, positionOf, sampleAt } from './samples.ts'

/** One product, in every coordinate. */
export interface Tap {
  /** Its number among the taps of its output, in the order of the sum: channel by channel, then along the window. */
  readonly tap: number
  /** [batch, filter, ...axes]. */
  readonly output: readonly number[]
  /** [batch, channel, ...axes] of the sample that is read, also where a border repeats it; undefined where a constant stands. */
  readonly input: readonly number[] | undefined
  /** Whether the window reaches beyond the array here. */
  readonly padded: boolean
  /** Where the window is, one coordinate per axis, in samples of the input; negative or ≥ the extent where `padded`. */
  readonly position: readonly number[]
  /** [filter, channel of its group, ...axes], as the kernel array has it (not turned round). */
  readonly kernel: readonly number[]
  /** [row, column]: row = place in [channels, ...kernel], column = place in [batch, ...outputs]. */
  readonly im2col: readonly [row: number, column: number]
  /** [row, column]: row = place in [batch, filters, ...outputs], column = place in [batch, channels, ...inputs]; undefined as `input`. */
  readonly toeplitz: readonly [row: number, column: number] | undefined
  /** First byte of the sample, from the start of the input's data; undefined as `input`. */
  readonly byte: number | undefined
  /** Number of the 64-byte cache line that `byte` is in, if the data starts at one. */
  readonly line: number | undefined
  /** With the input: the sample, or the constant that stands there. */
  readonly value?: number
  /** With the kernel. */
  readonly weight?: number
  /** With both. */
  readonly product?: number
  /** With both: the products of this output up to this one, in double precision. */
  readonly sum?: number
}

export interface Explanation {
  /** The focus with its whole index. */
  readonly focus: Focus
  readonly taps: readonly Tap[]
  /** Why there are no taps, where there are none. */
  readonly reason?: string
}

export interface Operands {
  /** [batch, channels, ...axes]; the first two may be left out where they are 1. Its strides, offset and type decide what a byte is. */
  readonly input?: ArrayInput
  /** [filters, channels of a group, ...axes]; the first two may be left out where they are 1. */
  readonly kernel?: ArrayInput
}

const LINE = 64

/**
 * The taps behind a cell of any view: from one coordinate to the same products in all the others.
 *
 * - `geometry`: from `geometry()` or `parseCase()`.
 * - `focus`: one of `output` [batch, filter, ...axes], `input` [batch, channel, ...axes], `kernel` [filter, channel of its group, ...axes]
 *   (leading indices that are left out are 0), `im2col` or `toeplitz` [row, column], or `byte`: a byte of the input's data, dense and of the
 *   geometry's type unless the operand says otherwise.
 * - `operands`: with the arrays every tap has its value, weight, product and running sum.
 *
 * Zeros that a transposed layer thinks between samples are no taps: nothing is multiplied there. Throws `OptionError` for an index that
 * the view does not have. Costs a visit to every tap of every output that the focus touches.
 *
 * @example
 * explain(parseCase('7x7 * 3x3 same'), { output: [0, 0] }).taps.filter((tap) => tap.padded).length // 5
 */
export function explain(geometry: ConvGeometry, focus: Focus, operands: Operands = {}): Explanation {
  const shapes = shapesOf(geometry)
  const input = operands.input === undefined ? undefined : canonical(operands.input, shapes.input, 'input', geometry)
  const kernel = operands.kernel === undefined ? undefined : canonical(operands.kernel, shapes.kernel, 'kernel', geometry)
  const memory: Memory = {
    bytes: dtypes[input?.dtype ?? geometry.dtype].bytes,
    strides: input?.strides ?? rowMajorStrides(shapes.input),
    offset: input?.offset ?? 0,
  }
  const selected = selectionOf(geometry, focus, memory)
  const taps = selected.selections.flatMap((selection) => tapsOf(geometry, selection, { input, kernel, memory }))
  if (taps.length > 0) return { focus: selected.focus, taps }
  return { focus: selected.focus, taps, reason: selected.reason }
}

interface Given {
  readonly input: NdArray | undefined
  readonly kernel: NdArray | undefined
  readonly memory: Memory
}

function tapsOf(g: ConvGeometry, selection: Selection, { input, kernel, memory }: Given): Tap[] {
  const shapes = shapesOf(g)
  const channels = g.channels / g.groups
  const filters = g.filters / g.groups
  const kernelExtents = g.axes.map((axis) => axis.kernel)
  const outputExtents = g.axes.map((axis) => axis.output)
  const taps: Tap[] = []
  for (const output of selection.outputs) {
    const [n, f, ...q] = output as [number, number, ...number[]]
    const firstChannel = Math.floor(f / filters) * channels
    const row = placeOf(output, shapes.output)
    const column = placeOf([n, ...q], [g.batch, ...outputExtents])
    let sum = 0
    let number = -1
    for (const [local, ...steps] of indicesOf([channels, ...kernelExtents])) {
      number++
      const weights = g.flip ? steps.map((step, a) => kernelExtents[a]! - 1 - step) : steps
      const samples = weights.map((weight, a) => sampleAt(g, a, q[a]!, weight))
      if (samples.includes(inserted)) continue
      const channel = firstChannel + local!
      const isReal = !samples.includes(outside)
      const at = isReal ? [n, channel, ...samples] : undefined
      const kernelIndex = [f, local!, ...weights]
      const value = input && (at ? input.data[elementAt(at, input)]! : fillAt(g, samples))
      const weight = kernel?.data[elementAt(kernelIndex, kernel)]
      const product = value === undefined || weight === undefined ? undefined : value * weight
      sum += product ?? 0
      if (!selection.has(channel, weights, samples)) continue
      const position = weights.map((k, a) => positionOf(g.axes[a]!, g.flip, q[a]!, k))
      const byte = at && elementAt(at, memory) * memory.bytes
      taps.push({
        tap: number,
        output,
        input: at,
        padded: position.some((coordinate, a) => coordinate < 0 || coordinate >= g.axes[a]!.input),
        position,
        kernel: kernelIndex,
        im2col: [placeOf([channel, ...weights], [g.channels, ...kernelExtents]), column],
        toeplitz: at && [row, placeOf(at, shapes.input)],
        byte,
        line: byte === undefined ? undefined : Math.floor(byte / LINE),
        ...(value !== undefined && { value }),
        ...(weight !== undefined && { weight }),
        ...(product !== undefined && { product, sum }),
      })
    }
  }
  return taps
}

function elementAt(index: readonly number[], { strides, offset }: Pick<Memory, 'strides' | 'offset'>): number {
  return index.reduce((element, coordinate, axis) => element + coordinate * strides[axis]!, offset)
}

/** An operand as `shape`, whose first two extents it may have left out where they are 1. */
function canonical(x: ArrayInput, shape: readonly number[], name: string, g: ConvGeometry): NdArray {
  const array = asNdArray(x, name)
  const missing = shape.length - array.shape.length
  const dropped = [[], [0], [1], [0, 1]].find(
    (axes) =>
      axes.length === missing &&
      axes.every((axis) => shape[axis] === 1) &&
      shape.filter((_, axis) => !axes.includes(axis)).join() === array.shape.join(),
  )
  if (dropped === undefined) {
    return refuse('SHAPE_MISMATCH', `explain: ${name} has shape ${quoted(array.shape)}, but ${g.key} needs ${quoted(shape)}. Reshape it.`)
  }
  const strides = [...array.strides]
  for (const axis of dropped) strides.splice(axis, 0, 0)
  return derived(promoted(array, g.dtype), { shape, strides })
}
