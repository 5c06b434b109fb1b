/**
 * The definition of convolution, as plain float64 loops: what every algorithm on every backend is
 * compared with. Never optimised.
 *
 *   y[n, f, q] = bias[f] + Σ_c Σ_t x[n, c, (q·stride + t·dilation − before) / inputDilation] · k[f, c, t]
 *
 * Along an axis a position is looked up in a table that knows its sample, or that it lies outside,
 * or that it is a zero put between two samples, whose product does not count. Where several axes
 * are outside, the constant of the first of them stands.
 */

import { fillValue, sourceIndex } from './geometry/boundary.ts'
import type { AxisGeometry, ConvGeometry } from './geometry/geometry.ts'
import { kernelOverlap } from './geometry/padding.ts'
import type { TypedArray } from './ndarray/dtype.ts'
import { elementCount } from './ndarray/layout.ts'
import type { NdArray } from './ndarray/ndarray.ts'

/**
 * All outputs of a convolution, row-major over [batch, filters, ...outputs].
 *
 * - `x`: seen as [batch, channels, ...axes]; `k`: as [filters, channels / groups, ...axes]. Any
 *   strides.
 * - `bias`: one number per filter, or one for all. Default 0.
 *
 * Costs one product after the other, some 70 million a second (Node 20): half a second for 3×3×3
 * taps under a megapixel.
 */
export function referenceConv(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  bias: NdArray | number = 0,
): Float64Array {
  const definition = defined(g, x, k, bias, (axis) => [0, axis.output])
  const shape = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
  const y = new Float64Array(elementCount(shape))
  const index = shape.map(() => 0)
  for (let o = 0; o < y.length; o++) {
    y[o] = output(definition, index)
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
      index[axis] = 0
  }
  return y
}

/**
 * The one output at `index` = [n, f, ...q], by the same sum in the same order as `referenceConv`.
 */
export function referenceAt(
  g: ConvGeometry,
  x: NdArray,
  k: NdArray,
  index: readonly number[],
  bias: NdArray | number = 0,
): number {
  const definition = defined(g, x, k, bias, (_, a) => [index[a + 2]!, 1])
  return output(definition, [index[0]!, index[1]!, ...g.axes.map(() => 0)])
}

/**
 * In a table of sources: lies outside, so that the border's constant stands; is no sample but a
 * zero between two.
 */
const outside = -1
const inserted = -2

interface DefinedAxis {
  /**
   * The sample at each position that a window reads, from the first tap of the first window on: tap
   * t of window q at q·stride + t·dilation.
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
  /** Address of tap 0, as the convolution counts taps, of filter 0 and channel 0. */
  readonly kStart: number
  readonly axes: readonly DefinedAxis[]
  readonly bias: (filter: number) => number
}

type Windows = (axis: AxisGeometry, a: number) => readonly [first: number, count: number]

function defined(
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
    const positions = count === 0 ? 0 : (count - 1) * axis.stride + kernelOverlap(axis) + 1
    // Where windows and taps lie far apart, only what they read.
    const isApart = positions > count * taps
    const [stride, dilation] = isApart ? [taps, 1] : [axis.stride, axis.dilation]
    const source = Int32Array.from({ length: Math.min(positions, count * taps) }, (_, i) => {
      const position =
        start + (isApart ? Math.floor(i / taps) * axis.stride + (i % taps) * axis.dilation : i)
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
  const turned = g.flip
    ? g.axes.reduce((sum, axis, a) => sum + (axis.kernel - 1) * k.strides[a + 2]!, 0)
    : 0
  const biasOf =
    typeof bias === 'number'
      ? () => bias
      : (filter: number) => bias.data[bias.offset + filter * bias.strides[0]!]!
  return { g, x, k, kStart: k.offset + turned, axes, bias: biasOf }
}

/** The output at [n, f, ...windows], windows counted from the first one in the tables. */
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
  /** Position of tap 0 in each axis' table. */
  readonly at: readonly number[]
}

/**
 * `sum` and the products of the taps along `axis` and all after it. `constant`: the first axis so
 * far that is outside, or −1.
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
