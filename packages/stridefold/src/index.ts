/**
 * The asynchronous entry point: the names and options of 'stridefold/sync', but every call that
 * computes returns a promise. Each has a twin that returns its result directly: `conv2dSync`.
 */

import './backends/webgpu/register.ts'

export * from './asynchronous.ts'
export * from './common.ts'
export { convolve as convolveSync, correlate as correlateSync } from './convolve.ts'
export {
  autocorrelate as autocorrelateSync,
  correlateNormalized as correlateNormalizedSync,
} from './filters/correlations.ts'
export {
  gaussianGradientMagnitude as gaussianGradientMagnitudeSync,
  gaussianLaplace as gaussianLaplaceSync,
  gradientMagnitude as gradientMagnitudeSync,
  laplace as laplaceSync,
  prewitt as prewittSync,
  scharr as scharrSync,
  sobel as sobelSync,
} from './filters/derivatives.ts'
export { filterImage as filterImageSync } from './filters/images.ts'
export {
  gaussianFilter as gaussianFilterSync,
  savitzkyGolay as savitzkyGolaySync,
  uniformFilter as uniformFilterSync,
} from './filters/smoothing.ts'
export { convBiasGradient as convBiasGradientSync } from './gradients/bias.ts'
export {
  convInputGradient as convInputGradientSync,
  convTransposeInputGradient as convTransposeInputGradientSync,
} from './gradients/input.ts'
export {
  convTransposeWeightGradient as convTransposeWeightGradientSync,
  convWeightGradient as convWeightGradientSync,
} from './gradients/weight.ts'
export {
  conv1d as conv1dSync,
  conv2d as conv2dSync,
  conv3d as conv3dSync,
  convTranspose1d as convTranspose1dSync,
  convTranspose2d as convTranspose2dSync,
  convTranspose3d as convTranspose3dSync,
} from './layers.ts'
