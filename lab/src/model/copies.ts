/**
 * How often does each sample occur in the window matrix?
 *
 * The axes are independent: along one axis the library counts the reads of each sample, as the
 * gradient of a layer whose outputs and weights are all 1. The number of copies is the product.
 */

import { type ConvGeometry, convInputGradient, type NdArray, ndarray } from 'stridefold/sync'
import type { Frame } from './frame.ts'
import { isDilated, layerOptions } from './layer-call.ts'
import { product } from './numbers.ts'

/** Are there so many reads that they are counted beside the page? */
export const areCopiesLarge = ({ geometry: g }: Frame): boolean =>
  g.axes.reduce((sum, { output, kernel }) => sum + output * kernel, 0) > 1 << 18

/** The counts, in the shape of the input. */
export function copiesOf({ geometry: g, shapes }: Frame): NdArray {
  const counts = new Float32Array(product(shapes.input)).fill(1)
  g.axes.forEach((axis, a) => {
    const reads = readsAlong(g, a)
    const inner = product(shapes.input.slice(a + 3))
    for (let i = 0; i < counts.length; i++) counts[i]! *= reads[Math.floor(i / inner) % axis.input]!
  })
  return ndarray(counts, shapes.input)
}

function readsAlong(g: ConvGeometry, a: number): ArrayLike<number> {
  const axis = g.axes[a]!
  const one = { batch: 1, channels: 1, filters: 1, groups: 1, boundary: [g.boundary[a]!] }
  const line: ConvGeometry = { ...g, ...one, axes: [axis], dtype: 'float64' }
  const { input, inputDilation, kernel, output } = axis
  const [before, after] = [Math.max(0, axis.before), Math.max(0, axis.after)]
  // A dilated input is passed with its zeros and its border. Its samples are picked afterwards.
  const extent = isDilated(line) ? before + (input - 1) * inputDilation + 1 + after : input
  const ones = (length: number): NdArray =>
    ndarray(new Float64Array(length).fill(1), [1, 1, length])
  const { data } = convInputGradient(ones(output), ones(kernel), [1, 1, extent], layerOptions(line))
  return isDilated(line)
    ? Array.from({ length: input }, (_, i) => data[before + i * inputDilation]!)
    : data
}
