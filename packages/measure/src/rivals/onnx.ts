/**
 * ONNX Runtime, for the web (WebAssembly, one thread) and native. A session runs a model with one
 * Conv node, whose weights are part of the model.
 *
 * A model is a protobuf message. This file writes the few fields that one node needs, with the
 * field numbers of onnx.proto3.
 */

import type { Problem } from '../problem.ts'
import { floats, type Rival, type RivalPlace } from './rival.ts'

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

export const onnxWeb = ({ require }: RivalPlace): Rival =>
  runtime(require, 'onnx-web', 'onnxruntime-web', 'wasm', 'WebAssembly SIMD, one thread')
export const onnxNative = ({ require }: RivalPlace): Rival =>
  runtime(require, 'onnx-native', 'onnxruntime-node', 'cpu', 'native, one thread')

function runtime(
  require: NodeJS.Require,
  name: string,
  library: string,
  provider: string,
  features: string,
): Rival {
  const ort = require(library) as Ort
  if (ort.env.wasm) ort.env.wasm.numThreads = 1
  return {
    name,
    version: ort.env.versions.common,
    about: `ONNX Runtime ${ort.env.versions.common}, ${features}`,
    unsupportedReason: (p) =>
      p.isBytes ? 'float32 only' : p.geometry.axes.length > 3 ? 'at most three axes' : undefined,
    prepare: async (p) => {
      const options = { executionProviders: [provider], intraOpNumThreads: 1, interOpNumThreads: 1 }
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

type Bytes = number[]

function varint(value: number): Bytes {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
const number = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)]
const bytes = (field: number, value: Uint8Array | readonly number[]): Uint8Array => {
  const head = [...varint(field * 8 + 2), ...varint(value.length)]
  const out = new Uint8Array(head.length + value.length)
  out.set(head)
  out.set(value, head.length)
  return out
}
const text = (field: number, value: string): Uint8Array =>
  bytes(field, new TextEncoder().encode(value))
const concatenate = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  parts.reduce((at, part) => {
    out.set(part, at)
    return at + part.length
  }, 0)
  return out
}

/** AttributeProto with a list of integers, or with one integer. */
const integers = (name: string, values: readonly number[]): Uint8Array =>
  concatenate(text(1, name), ...values.map((value) => number(8, value)), number(20, 7))
const integer = (name: string, value: number): Uint8Array =>
  concatenate(text(1, name), number(3, value), number(20, 2))

/** ValueInfoProto of a float tensor. */
function value(name: string, shape: readonly number[]): Uint8Array {
  const dims = concatenate(...shape.map((extent) => bytes(1, number(1, extent))))
  const tensor = concatenate(number(1, 1), bytes(2, dims))
  return concatenate(text(1, name), bytes(2, bytes(1, tensor)))
}

function model(p: Problem): Uint8Array {
  const { axes, groups } = p.geometry
  const attributes = [
    integers(
      'strides',
      axes.map((axis) => axis.stride),
    ),
    integers(
      'dilations',
      axes.map((axis) => axis.dilation),
    ),
    integers('pads', [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)]),
    integers(
      'kernel_shape',
      axes.map((axis) => axis.kernel),
    ),
    integer('group', groups),
  ]
  const node = concatenate(
    text(1, 'x'),
    text(1, 'w'),
    text(2, 'y'),
    text(4, 'Conv'),
    ...attributes.map((a) => bytes(5, a)),
  )
  const weightData = floats(p.k)
  const raw = new Uint8Array(weightData.buffer, weightData.byteOffset, weightData.byteLength)
  const weights = concatenate(
    ...p.kernelShape.map((extent) => number(1, extent)),
    number(2, 1),
    text(8, 'w'),
    bytes(9, raw),
  )
  const graph = concatenate(
    bytes(1, node),
    text(2, 'one'),
    bytes(5, weights),
    bytes(11, value('x', p.inputShape)),
    bytes(12, value('y', p.outputShape)),
  )
  return concatenate(
    number(1, 8),
    bytes(8, concatenate(text(1, ''), number(2, 13))),
    bytes(7, graph),
  )
}
