/**
 * By how much may a result differ from the definition, for given arrays? Each filter has its own
 * bound:
 *
 *   |s − Σ k·x|  ≤  ε · (factor · max|x| · Σ|k| + 2·|bias| + 2·|offset|)
 *
 * `factor` is the `errorBoundFactor` of the algorithm. max|x| includes the samples of the group of
 * the filter, and the constants of the borders that a window reads. Non-finite values are ignored.
 */

import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { gcd } from '../ndarray/gcd.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/**
 * Arrays in canonical order: input [batch, channels, ...axes], kernel [filters, channels per group,
 * ...axes], bias [filters].
 */
export interface SumOperands {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly offset: number
}

/**
 * Returns one bound per filter, before any activation. It is infinite if an intermediate sum may
 * overflow the type.
 */
export function sumBounds(
  g: ConvGeometry,
  { input, kernel, bias, offset }: SumOperands,
  factor: number,
): number[] {
  const filtersPerGroup = g.filters / g.groups
  const magnitudes = groupMagnitudes(g, input)
  return absoluteSums(g, kernel).map((weights, f) => {
    const maxSum = magnitudes[Math.floor(f / filtersPerGroup)]! * weights
    if (!(maxSum < largestNumber[g.dtype])) return Infinity
    const addends =
      finiteMagnitude(bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!) +
      finiteMagnitude(offset)
    return epsilon[g.dtype] * (factor * maxSum + 2 * addends) + factor * smallestNumber[g.dtype]
  })
}

const largestNumber = { float32: 2 ** 128 - 2 ** 104, float64: Number.MAX_VALUE }
const smallestNumber = { float32: 2 ** -149, float64: Number.MIN_VALUE }

const finiteMagnitude = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : 0)

/** Returns max|x| for each group, the constants of the borders included. */
function groupMagnitudes(g: ConvGeometry, input: NdArray): number[] {
  const { data, offset } = contiguousCopy(input)
  const constants = g.boundary.map((border, a) =>
    typeof border === 'object' && readsOutside(g.axes[a]!) ? finiteMagnitude(border.constant) : 0,
  )
  const magnitudes = new Array<number>(g.groups).fill(Math.max(0, ...constants))
  const plane = g.axes.reduce((n, axis) => n * axis.input, 1)
  const perGroup = (g.channels / g.groups) * plane
  for (let i = 0; i < g.batch * g.channels * plane; i++) {
    const group = Math.floor(i / perGroup) % g.groups
    const size = finiteMagnitude(data[offset + i]!)
    if (size > magnitudes[group]!) magnitudes[group] = size
  }
  return magnitudes
}

/** Whether any window reads outside of the input. */
function readsOutside(axis: AxisGeometry): boolean {
  const { input, stride, before, output, inputDilation } = axis
  return (
    before > 0 || (output - 1) * stride + kernelOverlap(axis) - before > (input - 1) * inputDilation
  )
}

/** Returns Σ|k| for each filter. */
export function absoluteSums(g: ConvGeometry, kernel: NdArray): number[] {
  const { data, offset } = contiguousCopy(kernel)
  const weights = g.axes.reduce((n, axis) => n * axis.kernel, g.channels / g.groups)
  return Array.from({ length: g.filters }, (_, f) => {
    let sum = 0
    for (let i = f * weights; i < (f + 1) * weights; i++) sum += finiteMagnitude(data[offset + i]!)
    return sum
  })
}

/**
 * The largest Σ|k| that one output sums. With input dilation I an output reads every T-th tap only,
 * T = I / gcd(dilation, I), so the weights are added up by filter and tap modulo T.
 */
export function largestComponentSum(g: ConvGeometry, kernel: NdArray): number {
  const { data, offset } = contiguousCopy(kernel)
  const steps = g.axes.map(({ inputDilation, dilation, kernel: taps }) =>
    Math.min(taps, inputDilation / gcd(dilation, inputDilation)),
  )
  const components = steps.reduce((n, step) => n * step, 1)
  const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1)
  const weights = (taps * g.channels) / g.groups
  const componentOf = Array.from({ length: taps }, (_, tap) => {
    let [rest, component, radix] = [tap, 0, 1]
    for (let axis = g.axes.length - 1; axis >= 0; axis--) {
      component += ((rest % g.axes[axis]!.kernel) % steps[axis]!) * radix
      rest = Math.floor(rest / g.axes[axis]!.kernel)
      radix *= steps[axis]!
    }
    return component
  })
  let largest = 0
  for (let filter = 0; filter < g.filters; filter++) {
    const sums = new Float64Array(components)
    for (let i = 0; i < weights; i++)
      sums[componentOf[i % taps]!]! += finiteMagnitude(data[offset + filter * weights + i]!)
    for (const sum of sums) largest = Math.max(largest, sum)
  }
  return largest
}
