/**
 * The translators, in the order of `systemNames`.
 */

import { imagemagick, sharp } from './image-tools.ts'
import { numpy } from './numpy.ts'
import { onnx } from './onnx.ts'
import { opencv } from './opencv.ts'
import { pytorch } from './pytorch.ts'
import { scipy } from './scipy.ts'
import { stridefold } from './stridefold.ts'
import { tensorflow } from './tensorflow.ts'
import { tfjs } from './tfjs.ts'
import type { System } from './translation.ts'
import { webnn } from './webnn.ts'

export const systems: readonly System[] = [
  numpy,
  scipy,
  pytorch,
  tensorflow,
  onnx,
  opencv,
  imagemagick,
  sharp,
  tfjs,
  webnn,
  stridefold,
]
