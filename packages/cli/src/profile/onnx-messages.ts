/**
 * The protobuf messages of ONNX that a network for inference uses: a part of onnx.proto, with its
 * field numbers. protobufjs decodes them.
 */

import protobuf from 'protobufjs'

const schema = `syntax = "proto3";
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; TensorProto t = 5;
  repeated float floats = 7; repeated int64 ints = 8; int32 type = 20;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5; string domain = 7;
}
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4;
  repeated int32 int32_data = 5; repeated int64 int64_data = 7; string name = 8;
  bytes raw_data = 9; int32 data_location = 14;
}
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } Tensor tensor_type = 1;
}
`

export const modelType: protobuf.Type = protobuf
  .parse(schema, { keepCase: true })
  .root.lookupType('ModelProto')

export type Long = number | { toNumber(): number }
export interface TensorMessage {
  readonly dims: readonly Long[]
  readonly data_type: number
  readonly float_data: readonly number[]
  readonly int32_data: readonly number[]
  readonly int64_data: readonly Long[]
  readonly name: string
  readonly raw_data: Uint8Array
  readonly data_location: number
}
export interface NodeMessage {
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
export interface ValueMessage {
  readonly name: string
  readonly type: {
    readonly tensor_type: {
      readonly elem_type: number
      readonly shape: { readonly dim: readonly { readonly dim_value?: Long }[] } | null
    } | null
  } | null
}
export interface ModelMessage {
  readonly opset_import: readonly { readonly domain: string; readonly version: Long }[]
  readonly graph: {
    readonly node: readonly NodeMessage[]
    readonly name: string
    readonly initializer: readonly TensorMessage[]
    readonly input: readonly ValueMessage[]
    readonly output: readonly ValueMessage[]
  } | null
}

export const numberOf = (value: Long): number =>
  typeof value === 'number' ? value : value.toNumber()
