/**
 * The synchronous entry point: every call returns its result directly. It computes on the calling
 * thread.
 */

export * from './common.ts'
export { convolve, correlate } from './convolve.ts'
export { autocorrelate, correlateNormalized } from './filters/correlations.ts'
export {
  gaussianGradientMagnitude,
  gaussianLaplace,
  gradientMagnitude,
  laplace,
  prewitt,
  scharr,
  sobel,
} from './filters/derivatives.ts'
export { filterImage } from './filters/images.ts'
export { gaussianFilter, savitzkyGolay, uniformFilter } from './filters/smoothing.ts'
export { convBiasGradient } from './gradients/bias.ts'
export { convInputGradient, convTransposeInputGradient } from './gradients/input.ts'
export { convTransposeWeightGradient, convWeightGradient } from './gradients/weight.ts'
export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './layers.ts'
