/**
 * The names of the libraries that `translate` supports. They are in a file of their own, so that
 * help and completion load no translator.
 */

export const systemNames = [
  'numpy',
  'scipy',
  'pytorch',
  'tensorflow',
  'onnx',
  'opencv',
  'imagemagick',
  'sharp',
  'tfjs',
  'webnn',
  'stridefold',
] as const

export type SystemName = (typeof systemNames)[number]
