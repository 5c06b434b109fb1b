/**
 * ONNX Runtime, for the web (WebAssembly) and native. A session runs a model with one Conv node,
 * whose weights are part of the model.
 */

import type { Problem } from '../problem.ts'
import { onnxModel } from './onnx-model.ts'
import { floats, type Rival, type RivalPlace, threadsText } from './rival.ts'

interface Tensor {
  readonly data: Float32Array
}
interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
  release?(): Promise<void>
}
interface Ort {
  readonly env: {
    readonly versions: { readonly common: string }
    readonly wasm?: { numThreads: number }
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
}

export const onnxWeb = (place: RivalPlace): Rival =>
  runtime(place, 'onnx-web', 'onnxruntime-web', 'wasm', 'WebAssembly SIMD')
export const onnxNative = (place: RivalPlace): Rival =>
  runtime(place, 'onnx-native', 'onnxruntime-node', 'cpu', 'native')

function runtime(
  { require, threads = 1 }: RivalPlace,
  name: string,
  library: string,
  provider: string,
  features: string,
): Rival {
  const ort = require(library) as Ort
  if (ort.env.wasm) ort.env.wasm.numThreads = threads
  return {
    name,
    version: ort.env.versions.common,
    about: `ONNX Runtime ${ort.env.versions.common}, ${features}, ${threadsText(threads)}`,
    unsupportedReason: (p) =>
      p.isBytes ? 'float32 only' : p.geometry.axes.length > 3 ? 'at most three axes' : undefined,
    prepare: async (p) => {
      const options = {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      }
      const session = await ort.InferenceSession.create(model(p), options)
      const x = new ort.Tensor('float32', floats(p.x), p.inputShape)
      const run = async (): Promise<Float32Array> => (await session.run({ x })).y!.data
      return {
        call: `session.run({ x }), one Conv node, weights in the model, ${library}`,
        output: async () => ({ values: await run() }),
        run,
        close: () => void session.release?.(),
      }
    },
    close: () => {},
  }
}

function model(p: Problem): Uint8Array {
  const { axes, groups } = p.geometry
  const attributes = {
    strides: axes.map((axis) => axis.stride),
    dilations: axes.map((axis) => axis.dilation),
    pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
    kernel_shape: axes.map((axis) => axis.kernel),
    group: groups,
  }
  return onnxModel({
    nodes: [{ operator: 'Conv', inputs: ['x', 'w'], output: 'y', attributes }],
    tensors: [{ name: 'w', shape: p.kernelShape, data: floats(p.k) }],
    input: { name: 'x', shape: p.inputShape },
    output: { name: 'y', shape: p.outputShape },
  })
}
