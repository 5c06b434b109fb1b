/**
 * Imports every spec of TensorFlow.js that tests convolutions.
 */

import './setup.ts'
import '@tensorflow/tfjs-core/dist/ops/conv1d_test.js'
import '@tensorflow/tfjs-core/dist/ops/conv2d_test.js'
import '@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js'
import '@tensorflow/tfjs-core/dist/ops/conv2d_separable_test.js'
import '@tensorflow/tfjs-core/dist/ops/conv3d_test.js'
import '@tensorflow/tfjs-core/dist/ops/conv3d_transpose_test.js'
import '@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js'
import '@tensorflow/tfjs-core/dist/ops/fused/fused_conv2d_test.js'
import '@tensorflow/tfjs-core/dist/ops/fused/fused_depthwise_conv2d_test.js'

export { calls } from './adapter.ts'
