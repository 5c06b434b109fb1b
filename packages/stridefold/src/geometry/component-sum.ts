/**
 * Which sum of weights limits one output of a layer with input dilation?
 */

import { finiteMagnitude } from '../ndarray/absolute-sums.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { gcd } from '../ndarray/gcd.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ConvGeometry } from './geometry.ts'

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
