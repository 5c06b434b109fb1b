/**
 * The asynchronous entry point: every call that computes returns a promise.
 */

export * from './common.ts'
export { convolve, correlate } from './convolve.ts'
export {
  convBiasGradient,
  convInputGradient,
  convTransposeInputGradient,
  convTransposeWeightGradient,
  convWeightGradient,
} from './gradients.ts'
export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './layers.ts'
