/**
 * The synchronous entry point: the names and options of 'stridefold', but every call returns its
 * result directly. It computes on the calling thread.
 */

export * from './common.ts'
export { convolveSync as convolve, correlateSync as correlate } from './convolve.ts'
export {
  convBiasGradientSync as convBiasGradient,
  convInputGradientSync as convInputGradient,
  convTransposeInputGradientSync as convTransposeInputGradient,
  convTransposeWeightGradientSync as convTransposeWeightGradient,
  convWeightGradientSync as convWeightGradient,
} from './gradients.ts'
export {
  conv1dSync as conv1d,
  conv2dSync as conv2d,
  conv3dSync as conv3d,
  convTranspose1dSync as convTranspose1d,
  convTranspose2dSync as convTranspose2d,
  convTranspose3dSync as convTranspose3d,
} from './layers.ts'
