/**
 * TensorFlow.js on its WebAssembly backend, channels last as in its documentation. In Node it runs
 * on one thread.
 */

import { dirname } from 'node:path'
import { channelsLast } from '../layouts.ts'
import { floats, type Rival, type RivalPlace } from './rival.ts'

interface Tensor {
  dataSync(): Float32Array
  dispose(): void
}
type Pads = readonly (readonly number[])[]
type Conv = (
  x: Tensor,
  k: Tensor,
  stride: readonly number[],
  pads: Pads,
  format: 'NHWC',
  dilation: readonly number[],
) => Tensor
interface Tf {
  readonly version_core: string
  readonly conv2d: Conv
  readonly depthwiseConv2d: Conv
  tensor4d(values: Float32Array, shape: readonly number[]): Tensor
  transpose(x: Tensor, axes: readonly number[]): Tensor
  setBackend(name: 'wasm'): Promise<boolean>
  ready(): Promise<void>
}

export async function tfjsWasm({ require }: RivalPlace): Promise<Rival> {
  const tf = require('@tensorflow/tfjs-core') as Tf
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend('wasm')
  await tf.ready()
  return {
    name: 'tfjs-wasm',
    version: tf.version_core,
    about: `TensorFlow.js ${tf.version_core}, wasm backend, SIMD, one thread`,
    unsupportedReason: ({ geometry: { axes, groups, channels }, isBytes }) => {
      if (isBytes) return 'float32 only'
      if (axes.length !== 2) return 'two axes only'
      const [pixels, taps] = [
        axes.reduce((n, axis) => n * axis.input, 1),
        axes.reduce((n, axis) => n * axis.kernel, 1),
      ]
      if (pixels * taps > 5e8)
        return 'too large for its memory (error: memory access out of bounds)'
      return groups > 1 && groups !== channels ? 'one group, or one per channel, only' : undefined
    },
    prepare: async (p) => {
      const { batch, channels, groups, axes } = p.geometry
      const x = tf.tensor4d(channelsLast(floats(p.x), p.inputShape), [
        batch,
        ...axes.map((axis) => axis.input),
        channels,
      ])
      const kernelChannelsFirst = tf.tensor4d(floats(p.k), p.kernelShape)
      const depthwise = groups > 1
      const k = tf.transpose(kernelChannelsFirst, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0])
      const pads = [[0, 0], ...axes.map((axis) => [axis.before, axis.after]), [0, 0]]
      const [stride, dilation] = [
        axes.map((axis) => axis.stride),
        axes.map((axis) => axis.dilation),
      ]
      const conv = depthwise ? tf.depthwiseConv2d : tf.conv2d
      const run = (): Tensor => conv(x, k, stride, pads, 'NHWC', dilation)
      return {
        call: `tf.${depthwise ? 'depthwiseConv2d' : 'conv2d'}(x, k, …, 'NHWC') and dispose()`,
        output: async () => ({ values: run().dataSync(), layout: 'channels-last' }),
        run: () => run().dispose(),
        close: () => {
          for (const tensor of [x, kernelChannelsFirst, k]) tensor.dispose()
        },
      }
    },
    close: () => {},
  }
}
