/**
 * A node of an ONNX graph: an operator, its inputs and its attributes, from Python or from JSON.
 */

import type { Arguments } from './arguments.ts'
import { listOf, type Value } from './values.ts'
import { notRead, oneOf } from './wording.ts'

/** One operator with its attributes. */
export interface Node {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Arguments
}

const convAttributes = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides']

/** The attributes that each operator has. */
export const attributesOf: Readonly<Record<string, readonly string[]>> = {
  Conv: convAttributes,
  ConvTranspose: [...convAttributes, 'output_padding', 'output_shape'],
  Pad: ['mode', 'pads', 'value'],
}

export function nodeOf(
  call: string,
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: ReadonlyMap<string, Value>,
): Node {
  const known = Object.hasOwn(attributesOf, operator) ? attributesOf[operator] : undefined
  if (known === undefined)
    throw notRead(
      `${call}: the operator '${operator}' is not read`,
      `Give a node of ${oneOf(Object.keys(attributesOf))}.`,
    )
  for (const name of attributes.keys())
    if (!known.includes(name))
      throw notRead(
        `${operator} has the attribute '${name}'`,
        `The attributes that are read: ${known.join(', ')}.`,
      )
  return { operator, inputs, outputs, attributes: { call: operator, values: attributes } }
}

/** A node as JSON, in the words of the ONNX format or with attributes as plain values. */
export function nodeOfJson(json: unknown): Node {
  const record = isRecord(json) ? json : {}
  const operator = record.op_type ?? record.opType
  if (typeof operator !== 'string')
    throw notRead("The JSON has no 'op_type'", 'Give one node, such as {"op_type": "Conv", …}.')
  const attributes = record.attributes ?? record.attribute ?? {}
  const pairs: (readonly [string, unknown])[] = Array.isArray(attributes)
    ? attributes.map((entry: unknown) => {
        const item = isRecord(entry) ? entry : {}
        if (typeof item.name !== 'string')
          throw notRead("An attribute of the JSON has no 'name'", 'Give every attribute one.')
        const value = item.ints ?? item.i ?? item.s ?? item.f ?? item.value
        return [item.name, value] as const
      })
    : isRecord(attributes)
      ? Object.entries(attributes)
      : []
  const allowed = new Set([
    ...['op_type', 'opType', 'attributes', 'attribute', 'input', 'inputs', 'output', 'outputs'],
    ...['name', 'domain', 'doc_string', 'docString'],
  ])
  for (const key of Object.keys(record))
    if (!allowed.has(key))
      throw notRead(`The JSON has '${key}'`, 'Put attributes into "attributes".')
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  return nodeOf(
    'JSON',
    operator,
    names(record.input ?? record.inputs),
    names(record.output ?? record.outputs),
    new Map(pairs.map(([name, value]) => [name, valueOfJson(name, value)])),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON of protocol buffers writes 64-bit numbers as strings, and strings as base64. */
function valueOfJson(name: string, value: unknown): Value {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    if (/^-?\d+$/.test(value)) return Number(value)
    const decoded = Buffer.from(value, 'base64').toString()
    return /^(NOTSET|SAME_UPPER|SAME_LOWER|VALID)$/.test(decoded) ? decoded : value
  }
  if (Array.isArray(value)) return listOf(value.map((item) => valueOfJson(name, item)))
  throw notRead(`The attribute '${name}' has no value that is read`, 'Write numbers or a list.')
}
