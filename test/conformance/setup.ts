/**
 * The setup that has to run before the specs of TensorFlow.js are imported. Registers its kernels
 * and gradients and our backend, and selects that backend for the specs.
 */

import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js'
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js'
import { registerStridefold } from './adapter.ts'

registerStridefold()
setTestEnvs([{ name: 'stridefold', backendName: 'stridefold', isDataSync: true }])
