/**
 * Reads a tensor of an ONNX file: float32 unchanged; int64, int32 and bool (shapes, axes, flags) as
 * integers in a Float64Array.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { elementCount } from '../layout.ts'
import { countOf } from '../units.ts'
import { type Kind, printableName, shapeText } from './graph.ts'
import { numberOf, type TensorMessage } from './onnx-messages.ts'

interface ElementType {
  readonly kind: Kind
  readonly bytes: number
  readonly raw: (bytes: ArrayBuffer) => Float32Array | Float64Array
  readonly fromList: (t: TensorMessage) => Float32Array | Float64Array
}

/** By ONNX type number. */
const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [
    1,
    {
      kind: 'float',
      bytes: 4,
      raw: (b) => new Float32Array(b),
      fromList: (t) => Float32Array.from(t.float_data),
    },
  ],
  [
    6,
    {
      kind: 'whole',
      bytes: 4,
      raw: (b) => Float64Array.from(new Int32Array(b)),
      fromList: (t) => Float64Array.from(t.int32_data),
    },
  ],
  [
    7,
    {
      kind: 'whole',
      bytes: 8,
      raw: (b) => Float64Array.from(new BigInt64Array(b), Number),
      fromList: (t) => Float64Array.from(t.int64_data, numberOf),
    },
  ],
  [
    9,
    {
      kind: 'whole',
      bytes: 1,
      raw: (b) => Float64Array.from(new Uint8Array(b)),
      fromList: (t) => Float64Array.from(t.int32_data),
    },
  ],
] satisfies [number, ElementType][])

export const kindOfType = (type: number): Kind | undefined => elementTypes.get(type)?.kind

export function tensorOf(t: TensorMessage, file: string): NdArray {
  const name = t.name === '' ? 'a tensor' : printableName(t.name)
  const tensorError = (what: string): Error => inputError(`${file}: ${name} ${what}`)
  if (t.data_location !== 0)
    throw tensorError(
      'has its values in another file, which is not supported. Save the model in one file.',
    )
  const type = elementTypes.get(t.data_type)
  if (type === undefined)
    throw tensorError(
      `has ONNX type ${t.data_type}; float32, int32, int64 and bool are supported. Export the ` +
        'network in float32.',
    )
  const shape = t.dims.map(numberOf)
  if (!shape.every((n) => n > 0))
    throw tensorError(`has shape ${shapeText(shape)}; extents from 1 on are needed.`)
  const raw = t.raw_data
  if (raw.length % type.bytes !== 0)
    throw tensorError(`has ${countOf(raw.length, 'byte')}, but each value takes ${type.bytes}.`)
  const values = raw.length > 0 ? type.raw(copyOf(raw)) : type.fromList(t)
  const count = elementCount(shape)
  if (values.length !== count)
    throw tensorError(`of shape ${shapeText(shape)} has ${countOf(values.length, 'value')}.`)
  return ndarray(values, shape)
}

/** A copy of the bytes, because those in the file may be unaligned. */
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
