/**
 * Layers of networks: correlation over channels, forward and transposed, in one, two and three
 * dimensions.
 */

import type { LayerOptions, TransposedOptions } from './geometry/options.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import { compute, computed } from './planner/calls.ts'

/**
 * A 1-D layer: input N×C×W, weight O×(C/groups)×W, result N×O×W′. Options, errors and the example
 * as `conv2d`.
 */
export function conv1dSync(input: ArrayInput, weight: ArrayInput, options?: LayerOptions): NdArray {
  return compute('conv1d', input, weight, options)
}

/**
 * A 2-D layer: input N×C×H×W, weight O×(C/groups)×kH×kW, result N×O×H′×W′ (correlation, as
 * everywhere in that field).
 *
 * - `options`: see `LayerOptions`: stride, padding (default 0), dilation, groups, bias, boundary,
 *   layout, weightLayout, activation, …
 *
 * Throws `OptionError` for options and shapes that fit nothing. No argument but `out` is changed.
 *
 * @example
 * conv2d([[[[3, 9, 0], [2, 8, 1], [1, 4, 8]]]], [[[[8, 9], [4, 4]]]], { bias: [0.06] }) // [[[[145.06, 108.06], [108.06, 121.06]]]]
 */
export function conv2dSync(input: ArrayInput, weight: ArrayInput, options?: LayerOptions): NdArray {
  return compute('conv2d', input, weight, options)
}

/**
 * A 3-D layer: input N×C×D×H×W, weight O×(C/groups)×kD×kH×kW. Options, errors and the example as
 * `conv2d`.
 */
export function conv3dSync(input: ArrayInput, weight: ArrayInput, options?: LayerOptions): NdArray {
  return compute('conv3d', input, weight, options)
}

/** The adjoint of `conv1d` with these options: input N×C×spatial, weight C×(O/groups)×spatial. */
export function convTranspose1dSync(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): NdArray {
  return compute('convTranspose1d', input, weight, options)
}

/** The adjoint of `conv2d` with these options: input N×C×spatial, weight C×(O/groups)×spatial. */
export function convTranspose2dSync(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): NdArray {
  return compute('convTranspose2d', input, weight, options)
}

/** The adjoint of `conv3d` with these options: input N×C×spatial, weight C×(O/groups)×spatial. */
export function convTranspose3dSync(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): NdArray {
  return compute('convTranspose3d', input, weight, options)
}

/** `conv1d` of 'stridefold/sync' as a promise. */
export function conv1d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: LayerOptions,
): Promise<NdArray> {
  return computed('conv1d', input, weight, options)
}

/** `conv2d` of 'stridefold/sync' as a promise. */
export function conv2d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: LayerOptions,
): Promise<NdArray> {
  return computed('conv2d', input, weight, options)
}

/** `conv3d` of 'stridefold/sync' as a promise. */
export function conv3d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: LayerOptions,
): Promise<NdArray> {
  return computed('conv3d', input, weight, options)
}

/** `convTranspose1d` of 'stridefold/sync' as a promise. */
export function convTranspose1d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): Promise<NdArray> {
  return computed('convTranspose1d', input, weight, options)
}

/** `convTranspose2d` of 'stridefold/sync' as a promise. */
export function convTranspose2d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): Promise<NdArray> {
  return computed('convTranspose2d', input, weight, options)
}

/** `convTranspose3d` of 'stridefold/sync' as a promise. */
export function convTranspose3d(
  input: ArrayInput,
  weight: ArrayInput,
  options?: TransposedOptions,
): Promise<NdArray> {
  return computed('convTranspose3d', input, weight, options)
}
