/**
 * The result of a layer, from the library's calls. All of the lab's results come from here, except
 * those of a small plane on the first screen (plane-sums.ts): this file brings the library's fast
 * algorithms, half of the script of the page.
 */

import {
  type ConvGeometry,
  conv1d,
  conv2d,
  conv3d,
  type LayerOptions,
  type NdArray,
} from 'stridefold/sync'
import { correlationKernel, exactDigits, isDilated, layerOptions } from './layer-call.ts'
import type { Padded } from './padded.ts'

const layers = [conv1d, conv2d, conv3d] as const
/** The layer with as many axes. */
export const layerOf = (g: ConvGeometry): typeof conv2d => layers[g.axes.length - 1]!

export function layerResult(
  g: ConvGeometry,
  { input, kernel, padded }: LayerArrays,
  bias = 0,
): NdArray {
  const options: LayerOptions = { ...layerOptions(g), ...exactDigits, ...biasOf(bias, g.filters) }
  return layerOf(g)(isDilated(g) ? padded.array : input, correlationKernel(g, kernel), options)
}

/** The arrays that a layer is computed from. */
export interface LayerArrays {
  readonly input: NdArray
  /** As given: a convolution is not flipped yet. */
  readonly kernel: NdArray
  readonly padded: Padded
}

export const biasOf = (bias: number, filters: number): Pick<LayerOptions, 'bias'> =>
  bias === 0 ? {} : { bias: new Array<number>(filters).fill(bias) }
