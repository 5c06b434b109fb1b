/**
 * The library's layer call for a geometry: its name, its kernel and its options. `layer.ts` calls
 * it.
 */

import { type ConvGeometry, flip, type LayerOptions, type NdArray } from 'stridefold/sync'

const layerNames = ['conv1d', 'conv2d', 'conv3d'] as const
export const layerCall = (g: ConvGeometry): (typeof layerNames)[number] =>
  layerNames[g.axes.length - 1]!

/** A dilated input is passed to layer calls with its zeros and its border already in the array. */
export const isDilated = (g: ConvGeometry): boolean => g.axes.some((axis) => axis.inputDilation > 1)

/**
 * The lab shows digits. So its layers use no algorithm that rounds more than the sum does: whole
 * numbers give whole numbers.
 */
export const exactDigits = { accuracy: 'strict' } as const

/**
 * The options of the layer call with this geometry. The call reads the input, or the padded input
 * if the input is dilated.
 */
export function layerOptions(g: ConvGeometry): LayerOptions {
  const sides = g.axes.map(({ before, after }) => [before, after] as const)
  return {
    stride: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
    groups: g.groups,
    // The padded input includes the border but is not cropped. So only negative padding is left for
    // the call.
    padding: isDilated(g)
      ? sides.map(([before, after]) => [Math.min(0, before), Math.min(0, after)] as const)
      : sides,
    boundary: isDilated(g) ? ('zero' as const) : g.boundary,
    dtype: g.dtype,
  }
}

/**
 * The kernel as a correlation reads it: flipped along all axes if the geometry is a convolution.
 */
export function correlationKernel(g: ConvGeometry, kernel: NdArray): NdArray {
  return g.flip
    ? flip(
        kernel,
        g.axes.map((_, a) => a + 2),
      )
    : kernel
}
