/** The steps of a pipeline as an ONNX model, and a session of ONNX Runtime Web that runs it. */

import { type OnnxNode, type OnnxTensor, onnxModel, threadsText } from '@stridefold/measure/rivals'
import type { Activation, NdArray, PipelineStep } from 'stridefold/sync'
import type { Network } from './networks.ts'
import type { ReadyNetwork } from './rival.ts'

interface Tensor {
  readonly data: Float32Array
}
interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
}
interface Ort {
  readonly env: {
    readonly versions: { readonly common: string }
    readonly wasm: { numThreads: number }
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
}

export async function onnxNetwork(
  require: NodeJS.Require,
  network: Network,
  outputShape: readonly number[],
  input: Float32Array,
  threads: number,
): Promise<ReadyNetwork> {
  const ort = require('onnxruntime-web') as Ort
  ort.env.wasm.numThreads = threads
  const session = await ort.InferenceSession.create(modelOf(network, outputShape), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  })
  const x = new ort.Tensor('float32', input, network.inputShape)
  return {
    name: `ONNX Runtime Web ${ort.env.versions.common}, ${threadsText(threads)}`,
    run: async () => (await session.run({ x })).y!.data,
  }
}

/** The model. The result of step i has the name i, and that of the last step y. */
export function modelOf(
  { steps, inputShape }: Network,
  outputShape: readonly number[],
): Uint8Array {
  const tensors: OnnxTensor[] = []
  const name = (step: number | 'input'): string =>
    step === 'input' || step < 0 ? 'x' : step === steps.length - 1 ? 'y' : `${step}`
  const tensor = (key: string, array: unknown, shape: readonly number[]): string => {
    const data = array instanceof Float32Array ? array : ((array as NdArray).data as Float32Array)
    tensors.push({ name: key, shape, data })
    return key
  }
  const nodes = steps.map((step, index): OnnxNode => {
    const [from, output] = [name(step.from ?? index - 1), name(index)]
    switch (step.call) {
      case 'conv2d': {
        const weight = step.weight as NdArray
        const { stride = 1, padding = 0, groups = 1, bias } = step.options ?? {}
        const pad = padding as number
        return {
          operator: 'Conv',
          inputs: [
            from,
            tensor(`${index} weight`, weight, weight.shape),
            tensor(`${index} bias`, bias, [weight.shape[0]!]),
          ],
          output,
          attributes: {
            strides: twice(stride as number),
            pads: [...twice(pad), ...twice(pad)],
            kernel_shape: weight.shape.slice(2),
            group: groups,
          },
        }
      }
      case 'maxPool2d':
      case 'averagePool2d': {
        const { call, size, stride = size, padding = 0 } = step
        const pad = padding as number
        return {
          operator: call === 'maxPool2d' ? 'MaxPool' : 'AveragePool',
          inputs: [from],
          output,
          attributes: {
            kernel_shape: twice(size as number),
            strides: twice(stride as number),
            pads: [...twice(pad), ...twice(pad)],
          },
        }
      }
      case 'add':
        return { operator: 'Add', inputs: [from, name(step.with)], output }
      case 'activation':
        return activationNode(step.activation, from, output, tensor, index)
      default:
        throw new Error(`no ONNX node for ${(step as PipelineStep).call}`)
    }
  })
  return onnxModel({
    ...{ nodes, tensors },
    input: { name: 'x', shape: inputShape },
    output: { name: 'y', shape: outputShape },
  })
}

function activationNode(
  activation: Activation,
  from: string,
  output: string,
  tensor: (key: string, array: unknown, shape: readonly number[]) => string,
  index: number,
): OnnxNode {
  if (activation === 'relu') return { operator: 'Relu', inputs: [from], output }
  if (activation !== 'relu6') throw new Error(`no ONNX node for ${JSON.stringify(activation)}`)
  const limits = [0, 6].map((limit) => tensor(`${index} ${limit}`, Float32Array.of(limit), []))
  return { operator: 'Clip', inputs: [from, ...limits], output }
}

const twice = (value: number): number[] => [value, value]
