/** TensorFlow.js on WebGPU, channels last. A line is a picture of height 1 to it. */

import { channelsLast } from '@stridefold/measure/browser'
import { loadScript } from './load-script.ts'
import type { GpuRival } from './measure.ts'

interface Tensor {
  data(): Promise<Float32Array>
  dispose(): void
}
type Conv = (x: Tensor, filter: Tensor, strides: number[], pad: unknown) => Tensor
type Transposed = (
  x: Tensor,
  filter: Tensor,
  shape: number[],
  strides: number[],
  pad: 'same',
) => Tensor
interface Tf {
  readonly version_core: string
  readonly conv2d: Conv
  readonly depthwiseConv2d: Conv
  readonly conv2dTranspose: Transposed
  readonly conv3dTranspose: Transposed
  tensor(values: Float32Array, shape: readonly number[]): Tensor
  transpose(x: Tensor, axes: readonly number[]): Tensor
  reshape(x: Tensor, shape: readonly number[]): Tensor
  backend(): { readonly queue: GPUQueue; submitQueue(): void }
  tidy<T extends Tensor>(work: () => T): T
  setBackend(name: 'webgpu'): Promise<boolean>
  ready(): Promise<void>
}

export async function tfjsRival(): Promise<GpuRival> {
  await loadScript('/@tensorflow/tfjs-core/dist/tf-core.min.js')
  await loadScript('/@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js')
  await loadScript('/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js')
  const { tf } = globalThis as unknown as { readonly tf: Tf }
  if (!(await tf.setBackend('webgpu'))) throw new Error('its backend webgpu does not start')
  await tf.ready()
  return {
    name: `TensorFlow.js ${tf.version_core}, WebGPU`,
    async prepare({ call, input, kernel, options }, x, k, outputShape) {
      const { stride = 1, padding = 0, groups = 1 } = options as Record<string, number>
      const isPicture = call === 'correlate'
      const rank = isPicture ? 2 : input.length - 2
      const spatial = isPicture ? input : input.slice(2)
      const taps = isPicture ? kernel : kernel.slice(2)
      const [batch, channels] = isPicture ? [1, 1] : [input[0]!, input[1]!]
      const weights = isPicture ? [1, 1, ...kernel] : kernel
      const height = rank === 1 ? [1] : []
      const from = tf.tensor(channelsLast(x, [batch, channels, ...spatial]), [
        ...[batch, ...height, ...spatial, channels],
      ])
      const last = taps.map((_, axis) => axis + 2)
      const filter = tf.tidy(() => {
        const given = tf.tensor(k, weights)
        // Depthwise: [channels, 1, …taps] → […taps, channels, 1]. All others, transposed too:
        // the first two axes change places at the end.
        const [a, b] = groups > 1 ? [0, 1] : [1, 0]
        const turned = tf.transpose(given, [...last, a, b])
        return tf.reshape(turned, [...height, ...taps, weights[a]!, weights[b]!])
      })
      const filters = outputShape[1]!
      const to = [batch, ...height, ...outputShape.slice(2), filters]
      const strides = [...height, ...taps.map(() => stride)]
      const pad = isPicture ? 'same' : [[0, 0], ...taps.map(() => [padding, padding]), [0, 0]]
      const once = (): Tensor => {
        if (call === 'convTranspose1d') return tf.conv2dTranspose(from, filter, to, strides, 'same')
        if (call === 'convTranspose3d') return tf.conv3dTranspose(from, filter, to, strides, 'same')
        return (groups > 1 ? tf.depthwiseConv2d : tf.conv2d)(from, filter, strides, pad)
      }
      return {
        async run(times) {
          for (let i = 0; i < times; i++) tf.tidy(once).dispose()
          const { queue } = tf.backend()
          tf.backend().submitQueue()
          await queue.onSubmittedWorkDone()
        },
        async result() {
          const y = tf.tidy(() => {
            const all = [...Array(rank + height.length).keys()].map((axis) => axis + 1)
            return tf.transpose(once(), [0, all.length + 1, ...all])
          })
          const values = await y.data()
          y.dispose()
          return values
        },
        dispose() {
          for (const tensor of [from, filter]) tensor.dispose()
        },
      }
    },
  }
}
