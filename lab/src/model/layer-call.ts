/**
 * The library's layer call for a geometry: its name and its options.
 */

import { type ConvGeometry, conv1d, conv2d, conv3d, type LayerOptions } from 'stridefold/sync'

const layers = [conv1d, conv2d, conv3d] as const
/** The layer with as many axes. */
export const layerOf = (g: ConvGeometry): typeof conv2d => layers[g.axes.length - 1]!
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
