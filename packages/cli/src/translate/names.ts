/**
 * Whose words are known? The names alone, for help and completion, which load no translation.
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
