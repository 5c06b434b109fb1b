/**
 * The public questions about shapes: the geometry of a call, and the shape of its result, without an array in sight.
 */

import { OptionError } from '../errors.ts'
import { dtypes, isDType } from '../ndarray/dtype.ts'
import type { ConvolveCall } from './convolve-geometry.ts'
import { convolveGeometry } from './convolve-geometry.ts'
import type { ConvGeometry } from './geometry.ts'
import type { ForwardCall, LayerCall, TransposedCall } from './layer-geometry.ts'
import { layerCalls, layerGeometry } from './layer-geometry.ts'
import type { ConvolveOptions, LayerOptions, TransposedOptions } from './options.ts'
import { nearest, quoted } from './quoted.ts'

/** The calls that have a geometry. */
export type Call = ConvolveCall | LayerCall

/** The options that a call takes. */
export type OptionsOf<Name extends Call> = Name extends TransposedCall
  ? TransposedOptions
  : Name extends ForwardCall
    ? LayerOptions
    : ConvolveOptions

const convolveCalls: readonly ConvolveCall[] = ['convolve', 'correlate']

/**
 * A call as numbers: batch, channels, and for every axis extents, stride, dilation and padding on both sides, with its name in case
 * notation as `key`. Sums are formed in float32, or in what `options.dtype` needs.
 *
 * Throws `OptionError` for what the call itself would refuse. Costs nothing: no array is touched.
 *
 * @example
 * geometry('conv2d', [2, 64, 56, 56], [128, 64, 3, 3], { padding: 1 }).key // '2x64x56x56 * 128x64x3x3 p1'
 */
export function geometry<Name extends Call>(
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options?: OptionsOf<Name>,
): ConvGeometry {
  return questionOf(call, inputShape, kernelShape, options).geometry
}

/**
 * The shape of a call's result, in the layout that the options name. Throws `OptionError` for what the call itself would refuse.
 *
 * @example
 * outputShape('convolve', [1080, 1920, 3], [5, 5], { channelAxis: -1, mode: 'valid' }) // [1076, 1916, 3]
 */
export function outputShape<Name extends Call>(
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options?: OptionsOf<Name>,
): readonly number[] {
  return questionOf(call, inputShape, kernelShape, options).outputShape
}

function questionOf(
  call: Call,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: ConvolveOptions | LayerOptions | TransposedOptions | undefined,
): { readonly geometry: ConvGeometry; readonly outputShape: readonly number[] } {
  for (const [what, shape] of Object.entries({ 'input shape': inputShape, 'kernel shape': kernelShape })) {
    if (!Array.isArray(shape)) {
      throw new OptionError('SHAPE_INVALID', `${call}: the ${what} is ${quoted(shape)}; a list of extents such as [5, 5] is needed.`)
    }
  }
  const dtype = isDType(options?.dtype) ? dtypes[options.dtype].compute : 'float32'
  // The caller of a call by name knows which options go with it; the checks of each call find out where he does not.
  const signal = convolveCalls.find((name) => name === call)
  if (signal) return convolveGeometry(signal, inputShape, kernelShape, options as ConvolveOptions | undefined, dtype)
  const layer = layerCalls.find((name) => name === call)
  if (layer) return layerGeometry(layer, inputShape, kernelShape, options as TransposedOptions | undefined, dtype)
  throw unknownCall(call)
}

/** The call, or `OptionError` where there is none of this name. */
export function checkedCall<Name extends Call>(call: Name): Name {
  if ([...convolveCalls, ...layerCalls].some((name) => name === call)) return call
  throw unknownCall(call)
}

function unknownCall(call: unknown): OptionError {
  const calls = [...convolveCalls, ...layerCalls]
  const near = typeof call === 'string' ? nearest(call, calls) : undefined
  return new OptionError(
    'CALL_UNKNOWN',
    `${quoted(call)} is no call with a geometry.${near ? ` Did you mean ${quoted(near)}?` : ''} Use one of ${calls.join(', ')}.`,
  )
}
