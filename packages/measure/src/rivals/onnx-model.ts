/**
 * Writes an ONNX model: nodes whose weights are part of the model.
 *
 * A model is a protobuf message. This file writes the few fields that such a model needs, with the
 * field numbers of onnx.proto3.
 */

/** An operator of the graph. Arrays are named. */
export interface OnnxNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  /** Lists of integers, or integers. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

/** A named array of float32 with its values. */
export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly OnnxTensor[]
  readonly input: Pick<OnnxTensor, 'name' | 'shape'>
  readonly output: Pick<OnnxTensor, 'name' | 'shape'>
}

/** The bytes of the model, for operator set 13. */
export function onnxModel({ nodes, tensors, input, output }: OnnxGraph): Uint8Array {
  const graph = concatenate(
    ...nodes.map((node) => bytes(1, nodeBytes(node))),
    text(2, 'graph'),
    ...tensors.map((tensor) => bytes(5, tensorBytes(tensor))),
    bytes(11, value(input.name, input.shape)),
    bytes(12, value(output.name, output.shape)),
  )
  return concatenate(
    number(1, 8),
    bytes(8, concatenate(text(1, ''), number(2, 13))),
    bytes(7, graph),
  )
}

const nodeBytes = ({ operator, inputs, output, attributes = {} }: OnnxNode): Uint8Array =>
  concatenate(
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, operator),
    ...Object.entries(attributes).map(([name, values]) =>
      bytes(5, typeof values === 'number' ? integer(name, values) : integers(name, values)),
    ),
  )

function tensorBytes({ name, shape, data }: OnnxTensor): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return concatenate(
    ...shape.map((extent) => number(1, extent)),
    number(2, 1),
    text(8, name),
    bytes(9, raw),
  )
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
