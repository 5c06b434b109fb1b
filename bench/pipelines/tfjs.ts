/**
 * The steps of a pipeline on the WebAssembly backend of TensorFlow.js, channels last. Its fused
 * layers apply bias and activation in one call. In Node it runs on one thread.
 */

import { dirname } from 'node:path'
import { channelsLast } from '@stridefold/measure'
import type { NdArray } from 'stridefold/sync'
import type { Network } from './networks.ts'
import type { ReadyNetwork } from './rival.ts'

interface Tensor {
  dataSync(): Float32Array
  dispose(): void
}
interface FusedConv {
  readonly x: Tensor
  readonly filter: Tensor
  readonly strides: number
  readonly pad: number | readonly (readonly number[])[]
  readonly dataFormat: 'NHWC'
  readonly bias: Tensor
  readonly activation: 'linear' | 'relu' | 'relu6'
}
type Pool = (x: Tensor, size: number, stride: number, pad: number, rounding: 'floor') => Tensor
interface Tf {
  readonly version_core: string
  readonly fused: { conv2d(call: FusedConv): Tensor; depthwiseConv2d(call: FusedConv): Tensor }
  readonly maxPool: Pool
  readonly avgPool: Pool
  readonly relu: (x: Tensor) => Tensor
  readonly add: (a: Tensor, b: Tensor) => Tensor
  tensor1d(values: Float32Array): Tensor
  tensor4d(values: Float32Array, shape: readonly number[]): Tensor
  transpose(x: Tensor, axes: readonly number[]): Tensor
  tidy<T>(work: () => T): T
  setBackend(name: 'wasm'): Promise<boolean>
  ready(): Promise<void>
}

export async function tfjsNetwork(
  require: NodeJS.Require,
  { steps, inputShape }: Network,
  input: Float32Array,
): Promise<ReadyNetwork> {
  const tf = require('@tensorflow/tfjs-core') as Tf
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend('wasm')
  await tf.ready()
  const [batch, channels, height, width] = inputShape
  const x = tf.tensor4d(channelsLast(input, inputShape), [batch, height, width, channels])
  const operations = steps.map((step, index): ((of: (step: number) => Tensor) => Tensor) => {
    const from = typeof step.from === 'number' ? step.from : index - 1
    switch (step.call) {
      case 'conv2d': {
        const { shape, data } = step.weight as NdArray
        const { stride = 1, padding = 0, groups = 1, bias } = step.options ?? {}
        const first = tf.tensor4d(data as Float32Array, shape)
        const depthwise = groups > 1
        const filter = tf.transpose(first, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0])
        const next = steps[index + 1]
        const joins = next?.call === 'activation'
        const pad = [padding as number, padding as number]
        const call: Omit<FusedConv, 'x'> = {
          ...{ filter, strides: stride as number },
          dataFormat: 'NHWC',
          pad: [[0, 0], pad, pad, [0, 0]],
          bias: tf.tensor1d(bias as Float32Array),
          activation: joins ? (next.activation as 'relu' | 'relu6') : 'linear',
        }
        const conv = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d
        return (of) => conv({ ...call, x: of(from) })
      }
      case 'maxPool2d':
      case 'averagePool2d': {
        const { size, stride = size, padding = 0 } = step
        const pool = step.call === 'maxPool2d' ? tf.maxPool : tf.avgPool
        return (of) => pool(of(from), size as number, stride as number, padding as number, 'floor')
      }
      case 'add': {
        const other = step.with as number
        return (of) => tf.add(of(from), of(other))
      }
      case 'activation':
        return steps[index - 1]!.call === 'conv2d' ? (of) => of(from) : (of) => tf.relu(of(from))
      default:
        throw new Error(`no call of TensorFlow.js for ${step.call}`)
    }
  })
  return {
    name: `TensorFlow.js ${tf.version_core}, wasm, 1 thread`,
    run: () => {
      const result = tf.tidy(() => {
        const results: Tensor[] = []
        for (const operation of operations)
          results.push(operation((step) => (step < 0 ? x : results[step]!)))
        return results.at(-1)!
      })
      const values = result.dataSync()
      result.dispose()
      return values
    },
  }
}
