/**
 * Which geometry has a call, and which shape has its result? These public functions need shapes
 * only, no arrays.
 */

import { OptionError } from '../errors.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { validateCallOptions } from './check-options.ts'
import type { CheckedConvolveOptions, CheckedLayerOptions } from './checked-options.ts'
import type { ConvolveCall } from './convolve-geometry.ts'
import { convolveGeometry } from './convolve-geometry.ts'
import { didYouMean, formatValue } from './format-value.ts'
import type { ConvGeometry } from './geometry.ts'
import { type ForwardCall, type LayerCall, layerCalls, type TransposedCall } from './layer-calls.ts'
import { layerGeometry } from './layer-geometry.ts'
import type { LayerOptions, SignalOptions, TransposedOptions } from './options.ts'

/** The calls that have a geometry. */
export type Call = ConvolveCall | LayerCall

/** The type of the options of a call. */
export type OptionsOf<Name extends Call> = Name extends TransposedCall
  ? TransposedOptions
  : Name extends ForwardCall
    ? LayerOptions
    : SignalOptions

const convolveCalls: readonly ConvolveCall[] = ['convolve', 'correlate']

/**
 * Returns a call as numbers: batch, groups, channels, and for each axis the extents, stride,
 * dilation and padding. `key` is the call in case notation. `dtype` is the type of the sums:
 * float32, or the type that `options.dtype` needs. Reads no array and computes nothing.
 *
 * - `call`: the name of a call, such as `'conv2d'`.
 * - `inputShape`, `kernelShape`: the extents of both arrays.
 * - `options`: the options of that call. Default: none.
 *
 * Throws `OptionError` for shapes and options that the call itself rejects, and `CALL_UNKNOWN` for
 * another name. The cost depends on the number of axes only.
 *
 * @example
 * geometry('conv2d', [2, 64, 56, 56], [128, 64, 3, 3], { padding: 1 }).key
 * // '2x64x56x56 * 128x64x3x3 p1'
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
 * Returns the shape of a call's result, in the layout of the options. Reads no array and computes
 * nothing. Use it to allocate `out`.
 *
 * - `call`: the name of a call, such as `'conv2d'`.
 * - `inputShape`, `kernelShape`: the extents of both arrays.
 * - `options`: the options of that call. Default: none.
 *
 * Throws `OptionError` for shapes and options that the call itself rejects, and `CALL_UNKNOWN` for
 * another name. Does not check whether the algorithm of the options can compute the problem; `plan`
 * does. The cost depends on the number of axes only.
 *
 * @example
 * outputShape('convolve', [1080, 1920, 3], [5, 5], { channelAxis: -1, mode: 'valid' })
 * // [1076, 1916, 3]
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
  options: SignalOptions | LayerOptions | TransposedOptions | undefined,
): { readonly geometry: ConvGeometry; readonly outputShape: readonly number[] } {
  checkAreShapes(call, inputShape, kernelShape)
  const checked = validateCallOptions(validateCall(call), options)
  const dtype = checked.dtype === undefined ? 'float32' : dtypes[checked.dtype].compute
  // The casts are safe: the check ensures that the options belong to the call.
  const convolveCall = convolveCalls.find((name) => name === call)
  const spec = convolveCall
    ? convolveGeometry(
        convolveCall,
        inputShape,
        kernelShape,
        checked as CheckedConvolveOptions,
        dtype,
      )
    : layerGeometry(
        call as LayerCall,
        inputShape,
        kernelShape,
        checked as CheckedLayerOptions,
        dtype,
      )
  if (checked.out !== undefined)
    checkShape(`${call}: out`, asNdArray(checked.out, 'out'), spec.outputShape)
  return spec
}

/**
 * Throws `OptionError` (`SHAPE_INVALID`) unless both are lists of numbers. `name` is the function
 * that needs shapes, to which arrays are passed by mistake.
 */
export function checkAreShapes(name: string, inputShape: unknown, kernelShape: unknown): void {
  for (const [what, shape] of Object.entries({ input: inputShape, kernel: kernelShape })) {
    const isList = Array.isArray(shape)
    if (isList && !shape.some(Array.isArray)) continue
    const isArray =
      isList ||
      ArrayBuffer.isView(shape) ||
      (typeof shape === 'object' && shape !== null && 'data' in shape)
    throw new OptionError(
      'SHAPE_INVALID',
      isArray
        ? `${name}: the ${what} shape is ${describeValue(shape)}, which holds elements. Pass the ` +
            'shape of the array instead of the array, such as x.shape or [5, 5].'
        : `${name}: the ${what} shape is ${formatValue(shape)}; a list of extents such as [5, 5] ` +
            'is needed.',
    )
  }
}

/** Returns the call. Throws `OptionError` (`CALL_UNKNOWN`) for an unknown name. */
export function validateCall<Name extends Call>(call: Name): Name {
  if ([...convolveCalls, ...layerCalls].some((name) => name === call)) return call
  throw unknownCall(call)
}

function unknownCall(call: unknown): OptionError {
  const calls = [...convolveCalls, ...layerCalls]
  return new OptionError(
    'CALL_UNKNOWN',
    `${formatValue(call)} is not a call with a geometry.${didYouMean(call, calls)} Use one of ${calls.join(', ')}.`,
  )
}
