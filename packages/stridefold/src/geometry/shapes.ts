/**
 * The public questions about shapes: the geometry of a call, and the shape of its result, without
 * an array in sight.
 */

import { OptionError } from '../errors.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { checkedCallOptions } from './check-options.ts'
import type { ConvolveCall } from './convolve-geometry.ts'
import { convolveGeometry } from './convolve-geometry.ts'
import type { ConvGeometry } from './geometry.ts'
import type { ForwardCall, LayerCall, TransposedCall } from './layer-geometry.ts'
import { layerCalls, layerGeometry } from './layer-geometry.ts'
import type { ConvolveOptions, LayerOptions, TransposedOptions } from './options.ts'
import { closestName, formatValue } from './format-value.ts'

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
 * A call as numbers: batch, channels, and for every axis extents, stride, dilation and padding on
 * both sides, with its name in case notation as `key`. Sums are formed in float32, or in what
 * `options.dtype` needs.
 *
 * Throws `OptionError` as `outputShape`. Costs nothing: no array is touched.
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
  return layerSpec(call, inputShape, kernelShape, options).geometry
}

/**
 * The shape of a call's result, in the layout that the options name. Throws `OptionError` for
 * shapes and options that the call itself would refuse; whether an algorithm that is named can do
 * the problem is for `plan` to say.
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
  return layerSpec(call, inputShape, kernelShape, options).outputShape
}

function layerSpec(
  call: Call,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: ConvolveOptions | LayerOptions | TransposedOptions | undefined,
): { readonly geometry: ConvGeometry; readonly outputShape: readonly number[] } {
  for (const [what, shape] of Object.entries({
    'input shape': inputShape,
    'kernel shape': kernelShape,
  })) {
    if (!Array.isArray(shape)) {
      throw new OptionError(
        'SHAPE_INVALID',
        `${call}: the ${what} is ${formatValue(shape)}; a list of extents such as [5, 5] is ` +
          'needed.',
      )
    }
  }
  const given = checkedCallOptions(checkedCall(call), options)
  const dtype = given.dtype === undefined ? 'float32' : dtypes[given.dtype].compute
  // Which options go with which call was checked; only the type system cannot follow.
  const signal = convolveCalls.find((name) => name === call)
  const question = signal
    ? convolveGeometry(signal, inputShape, kernelShape, given as ConvolveOptions, dtype)
    : layerGeometry(call as LayerCall, inputShape, kernelShape, given as TransposedOptions, dtype)
  if (given.out !== undefined)
    checkShape(`${call}: out`, asNdArray(given.out, 'out'), question.outputShape)
  return question
}

/** The call, or `OptionError` where there is none of this name. */
export function checkedCall<Name extends Call>(call: Name): Name {
  if ([...convolveCalls, ...layerCalls].some((name) => name === call)) return call
  throw unknownCall(call)
}

function unknownCall(call: unknown): OptionError {
  const calls = [...convolveCalls, ...layerCalls]
  const near = typeof call === 'string' ? closestName(call, calls) : undefined
  return new OptionError(
    'CALL_UNKNOWN',
    `${formatValue(call)} is no call with a ` +
      `geometry.${near ? ` Did you mean ${formatValue(near)}?` : ''} Use one of ` +
      `${calls.join(', ')}.`,
  )
}
