/**
 * The definition of convolution as plain float64 loops. The tests compare every algorithm on every
 * backend with it, so it is never optimised.
 *
 *   y[n, f, q] = bias[f] + Σ_c Σ_t x[n, c, p / inputDilation] · k[f, c, t]
 *   with p = q·stride + t·dilation − before along each axis
 *
 * For each axis, a table maps a position to its sample. Two values mark positions without a sample:
 * outside of the input, and a zero inserted between two samples. The product with an inserted zero
 * is skipped. If several axes are outside, the constant of the first one counts.
 */

import { fillValue, sourceIndex } from '../geometry/boundary.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { advanceIndex, indexAt } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/**
 * Returns all outputs of a convolution, row-major over [batch, filters, ...outputs].
 *
 * - `x`: [batch, channels, ...axes], with any strides.
 * - `k`: [filters, channels / groups, ...axes], with any strides.
 * - `bias`: one number per filter, or one number for all. Default 0.
 *
 * Computes one product at a time, about 70 million per second (Node 20). One megapixel with 3×3×3
 * taps takes half a second.
 */
export function referenceConv(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  bias: NdArray | number = 0,
): Float64Array {
  return referenceBox(g, x, k, boxOf(g), undefined, bias)
}

/** Outputs next to each other: all batches and filters, and a range of outputs along each axis. */
export interface OutputBox {
  /** The first output along each axis. */
  readonly start: readonly number[]
  /** [batch, filters, ...the number of outputs along each axis]. */
  readonly shape: readonly number[]
}

/** The box of all outputs. */
export const boxOf = (g: ConvGeometry): OutputBox => ({
  start: g.axes.map(() => 0),
  shape: canonicalShapes(g).output,
})

/**
 * Returns the outputs of a box, row-major, or only those at `places`: their positions in the box,
 * row-major. They are the same sums in the same order as in `referenceConv`.
 */
export function referenceBox(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  { start, shape }: OutputBox,
  places: readonly number[] | undefined,
  bias: NdArray | number = 0,
): Float64Array {
  const definition = definitionOf(g, x, k, bias, (_, a) => [start[a]!, shape[a + 2]!])
  if (places !== undefined)
    return Float64Array.from(places, (place) => output(definition, indexAt(shape, place)))
  const y = new Float64Array(elementCount(shape))
  const index = shape.map(() => 0)
  for (let o = 0; o < y.length; o++) {
    y[o] = output(definition, index)
    advanceIndex(shape, index)
  }
  return y
}

/**
 * Returns one output, at `index` = [n, f, ...q]. It is the same sum in the same order as in
 * `referenceConv`.
 */
export function referenceAt(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  index: readonly number[],
  bias: NdArray | number = 0,
): number {
  const definition = definitionOf(g, x, k, bias, (_, a) => [index[a + 2]!, 1])
  return output(definition, [index[0]!, index[1]!, ...g.axes.map(() => 0)])
}

/** Position without a sample: outside of the input, where the constant of the border counts. */
const outside = -1
/** Position without a sample: a zero inserted between two samples. */
const inserted = -2

interface DefinedAxis {
  /**
   * The sample at each position, starting at tap 0 of the first window. Tap t of window q is at
   * q·stride + t·dilation.
   */
  readonly source: Int32Array
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly fill: number
  readonly xStride: number
  readonly kStride: number
}

interface Definition {
  readonly g: ConvGeometry
  readonly x: NdArray
  readonly k: NdArray
  /** Element of tap 0 of filter 0 and channel 0. For a flipped kernel tap 0 is its last weight. */
  readonly kStart: number
  readonly axes: readonly DefinedAxis[]
  readonly bias: (filter: number) => number
}

type Windows = (axis: AxisGeometry, a: number) => readonly [first: number, count: number]

function definitionOf(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  bias: NdArray | number,
  windows: Windows,
): Definition {
  const axes = g.axes.map((axis, a): DefinedAxis => {
    const border = g.boundary[a]!
    const [first, count] = windows(axis, a)
    const start = first * axis.stride - axis.before
    const { kernel: taps } = axis
    const length = count === 0 ? 0 : (count - 1) * axis.stride + kernelOverlap(axis) + 1
    // If windows and taps are far apart, the table holds only the positions that they read.
    const isSparse = length > count * taps
    const [stride, dilation] = isSparse ? [taps, 1] : [axis.stride, axis.dilation]
    const source = Int32Array.from({ length: Math.min(length, count * taps) }, (_, i) => {
      const position =
        start + (isSparse ? Math.floor(i / taps) * axis.stride + (i % taps) * axis.dilation : i)
      return position % axis.inputDilation === 0
        ? sourceIndex(position / axis.inputDilation, axis.input, border)
        : inserted
    })
    const kStride = g.flip ? -k.strides[a + 2]! : k.strides[a + 2]!
    return {
      source,
      taps,
      stride,
      dilation,
      fill: fillValue(border),
      xStride: x.strides[a + 2]!,
      kStride,
    }
  })
  const lastTap = g.flip
    ? g.axes.reduce((sum, axis, a) => sum + (axis.kernel - 1) * k.strides[a + 2]!, 0)
    : 0
  const biasOf =
    typeof bias === 'number'
      ? () => bias
      : (filter: number) => bias.data[bias.offset + filter * bias.strides[0]!]!
  return { g, x, k, kStart: k.offset + lastTap, axes, bias: biasOf }
}

/** Returns the output at [n, f, ...windows]. Windows count from the first one in the tables. */
function output(definition: Definition, index: readonly number[]): number {
  const { g, x, k } = definition
  const [n, f] = [index[0]!, index[1]!]
  const channels = g.channels / g.groups
  const firstChannel = Math.floor(f / (g.filters / g.groups)) * channels
  const window: Window = {
    x: x.data,
    k: k.data,
    axes: definition.axes,
    at: definition.axes.map((axis, a) => index[a + 2]! * axis.stride),
  }
  let sum = 0
  for (let c = 0; c < channels; c++) {
    const xAt = x.offset + n * x.strides[0]! + (firstChannel + c) * x.strides[1]!
    const kAt = definition.kStart + f * k.strides[0]! + c * k.strides[1]!
    sum = addWindow(window, 0, sum, xAt, kAt, outside)
  }
  return sum + definition.bias(f)
}

interface Window {
  readonly x: TypedArray
  readonly k: TypedArray
  readonly axes: readonly DefinedAxis[]
  /** The position of tap 0 in the table of each axis. */
  readonly at: readonly number[]
}

/**
 * Adds the products of all taps along `axis` and the axes after it to `sum`. `constant` is the
 * first axis so far that is outside, or −1.
 */
function addWindow(
  window: Window,
  axis: number,
  sum: number,
  xAt: number,
  kAt: number,
  constant: number,
): number {
  const { source, taps, dilation, xStride, kStride } = window.axes[axis]!
  const isLast = axis === window.axes.length - 1
  let total = sum
  for (let t = 0; t < taps; t++) {
    const sample = source[window.at[axis]! + t * dilation]!
    if (sample === inserted) continue
    const x = sample === outside ? xAt : xAt + sample * xStride
    const k = kAt + t * kStride
    const first = sample === outside && constant < 0 ? axis : constant
    if (isLast) total += (first < 0 ? window.x[x]! : window.axes[first]!.fill) * window.k[k]!
    else total = addWindow(window, axis + 1, total, x, k, first)
  }
  return total
}
