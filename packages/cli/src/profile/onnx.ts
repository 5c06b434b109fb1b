/**
 * Reads an ONNX file: the few messages of its format that a network for inference is made of.
 *
 * The schema below is the part of onnx.proto that is read, with its field numbers; protobufjs does the rest.
 */

import protobuf from 'protobufjs'
import { type NdArray, ndarray } from 'stridefold/sync'
import { badInput } from '../failure.ts'
import type { Attribute, Graph, Operation } from './graph.ts'

const schema = `syntax = "proto3";
message AttributeProto { string name = 1; float f = 2; int64 i = 3; bytes s = 4; TensorProto t = 5; repeated float floats = 7; repeated int64 ints = 8; int32 type = 20; }
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message NodeProto { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated AttributeProto attribute = 5; string domain = 7; }
message GraphProto { repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5; repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; }
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message ModelProto { int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
message TensorProto { repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4; repeated int32 int32_data = 5; repeated int64 int64_data = 7; string name = 8; bytes raw_data = 9; repeated double double_data = 10; int32 data_location = 14; }
message TensorShapeProto { message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } } repeated Dimension dim = 1; }
message TypeProto { message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } Tensor tensor_type = 1; }
`

export const modelType: protobuf.Type = protobuf.parse(schema, { keepCase: true }).root.lookupType('ModelProto')

type Long = number | { toNumber(): number }
interface TensorMessage {
  readonly dims: readonly Long[]
  readonly data_type: number
  readonly float_data: readonly number[]
  readonly int64_data: readonly Long[]
  readonly double_data: readonly number[]
  readonly name: string
  readonly raw_data: Uint8Array
  readonly data_location: number
}
interface NodeMessage {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name: string
  readonly op_type: string
  readonly domain: string
  readonly attribute: readonly {
    readonly name: string
    readonly f: number
    readonly i: Long
    readonly s: Uint8Array
    readonly t: TensorMessage | null
    readonly floats: readonly number[]
    readonly ints: readonly Long[]
    readonly type: number
  }[]
}
interface ValueMessage {
  readonly name: string
  readonly type: {
    readonly tensor_type: { readonly shape: { readonly dim: readonly { readonly dim_value?: Long }[] } | null } | null
  } | null
}
interface ModelMessage {
  readonly graph: {
    readonly node: readonly NodeMessage[]
    readonly name: string
    readonly initializer: readonly TensorMessage[]
    readonly input: readonly ValueMessage[]
    readonly output: readonly ValueMessage[]
  } | null
}

const numberOf = (value: Long): number => (typeof value === 'number' ? value : value.toNumber())

/** The network in an ONNX file. Unknown extents of its input are 1 for the batch; others are an error that `shape` mends. */
export function readOnnx(bytes: Uint8Array, name: string, shape?: readonly number[]): Graph {
  let model: ModelMessage
  try {
    model = modelType.decode(bytes) as unknown as ModelMessage
  } catch (cause) {
    throw badInput(`${name} is no ONNX file that can be read: ${cause instanceof Error ? cause.message : cause}.`, cause)
  }
  const { graph } = model
  if (graph === null || graph === undefined || graph.node.length === 0) throw badInput(`${name} holds no ONNX graph.`)
  const constants = new Map(graph.initializer.map((t) => [t.name, tensorOf(t, name)]))
  const inputs = graph.input.filter(({ name: value }) => !constants.has(value))
  const [input, ...more] = inputs
  if (input === undefined || more.length > 0) throw badInput(`${name} has ${inputs.length} inputs, and networks with one are profiled.`)
  const dims = input.type?.tensor_type?.shape?.dim ?? []
  // A batch of one may be left out.
  const asked = shape !== undefined && dims.length === shape.length + 1 ? [1, ...shape] : shape
  const extents =
    asked ??
    dims.map(({ dim_value }, i) =>
      dim_value === undefined || dim_value === null ? (i === 0 ? 1 : 0) : numberOf(dim_value) || (i === 0 ? 1 : 0),
    )
  if (extents.length === 0 || extents.includes(0))
    throw badInput(
      `${name} does not say the shape of its input '${input.name}' ([${extents.map((n) => n || '?')}]). Give an input with --input.`,
    )
  return {
    ...{ name: graph.name || name, constants, output: graph.output[0]?.name ?? graph.node.at(-1)!.output[0]! },
    input: { name: input.name, shape: extents },
    operations: graph.node.map((node, i) => operationOf(node, i, name)),
  }
}

function operationOf({ op_type: op, name, input, output, attribute, domain }: NodeMessage, index: number, file: string): Operation {
  if (domain !== '' && domain !== 'ai.onnx') throw badInput(`${file}: operation ${op} is of the domain ${domain}, which is unknown here.`)
  return {
    op,
    name: name || `${op} ${index}`,
    inputs: input,
    output: output[0]!,
    attributes: new Map(attribute.map((a) => [a.name, attributeOf(a, file)])),
  }
}

/** Kinds of attributes, by ONNX's numbers. */
const [FLOAT, INT, STRING, TENSOR, FLOATS, INTS] = [1, 2, 3, 4, 6, 7]

function attributeOf(a: NodeMessage['attribute'][number], file: string): Attribute {
  if (a.type === FLOAT) return a.f
  if (a.type === INT) return numberOf(a.i)
  if (a.type === STRING) return Buffer.from(a.s).toString()
  if (a.type === FLOATS) return a.floats
  if (a.type === INTS) return a.ints.map(numberOf)
  if (a.type === TENSOR && a.t !== null) return tensorOf(a.t, file)
  throw badInput(`${file}: attribute ${a.name} is of a kind (${a.type}) that is not read here.`)
}

/** A tensor of float32, float64, int32 or int64 (these as float64: shapes and axes are small). */
function tensorOf(t: TensorMessage, file: string): NdArray {
  const shape = t.dims.map(numberOf)
  const count = shape.reduce((n, e) => n * e, 1)
  if (t.data_location !== 0)
    throw badInput(`${file}: the values of ${t.name} lie in another file, which is not read here. Save the model in one file.`)
  const raw = t.raw_data
  const view = raw.length > 0 ? raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length) : undefined
  const values = ((): Float32Array | Float64Array | undefined => {
    if (t.data_type === 1) return view === undefined ? Float32Array.from(t.float_data) : new Float32Array(view)
    if (t.data_type === 11) return view === undefined ? Float64Array.from(t.double_data) : new Float64Array(view)
    if (t.data_type === 7)
      return view === undefined ? Float64Array.from(t.int64_data, numberOf) : Float64Array.from(new BigInt64Array(view), Number)
    return undefined
  })()
  if (values === undefined)
    throw badInput(`${file}: ${t.name || 'a tensor'} has ONNX type ${t.data_type}; float32, float64 and int64 are read.`)
  if (values.length !== count) throw badInput(`${file}: ${t.name || 'a tensor'} of shape [${shape}] holds ${values.length} values.`)
  return ndarray(values, shape)
}
