/**
 * One output with the kernel as it is turned: the samples of its window, the weights that lie on
 * them, and the products. At 0° this is the correlation, at 180° the convolution. In between no
 * weight lies on a sample.
 */

import { explain, type Tap } from 'stridefold/sync'
import { flipComparison } from './flip-comparison.ts'
import type { Highlight } from './highlight.ts'
import { indexAt, placeOf, product } from './numbers.ts'
import { viewModel } from './shared.ts'
import { outputPlace } from './steps.ts'

export interface TurnedProducts {
  readonly output: readonly number[]
  /** The products of the first channel, in the order of its window. */
  readonly taps: readonly Tap[]
  readonly channels: number
  /** The value of the output, all channels and the bias included. */
  readonly result: number
  /** The first place of the channel's weights in the kernel. */
  readonly firstWeight: number
}

/**
 * `isTurned`: whether the kernel is turned by 180°. Undefined if there is no output, or while it is
 * computed.
 */
export function turnedProducts(
  { taps: shown }: Highlight,
  isTurned: boolean,
): TurnedProducts | undefined {
  const comparison = flipComparison.value
  if (!comparison) return undefined
  const model = isTurned ? comparison.convolution : comparison.correlation
  const { shapes, geometry, input, kernel } = model
  const output = shown[0]?.output ?? indexAt(outputPlace(), viewModel.value.shapes.output)
  const { taps } = explain(geometry, { output }, { input, kernel })
  const size = product(shapes.kernel.slice(2))
  const [first] = taps
  if (!first) return undefined
  const [filter = 0, channel = 0] = first.kernel
  return {
    output,
    taps: taps
      .filter((tap) => tap.kernel[1] === channel)
      .sort((a, b) => (a.tap % size) - (b.tap % size)),
    channels: shapes.kernel[1]!,
    result: model.output.data[placeOf(output, shapes.output)]!,
    firstWeight: (filter * shapes.kernel[1]! + channel) * size,
  }
}
