/**
 * What has to stand before TensorFlow.js' specs are read: its kernels and gradients, our backend,
 * and which backend specs run on.
 */

import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js'
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js'
import { registerStridefold } from './adapter.ts'

registerStridefold()
setTestEnvs([{ name: 'stridefold', backendName: 'stridefold', isDataSync: true }])
