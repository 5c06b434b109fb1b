/**
 * Reads an ONNX file as a graph: names, operations and their attributes. What they mean is said
 * where each is done.
 */

import { inputError } from '../failure.ts'
import type { Attribute, Graph, GraphInput, Operation } from './graph.ts'
import { shown } from './graph.ts'
import {
  type ModelMessage,
  modelType,
  type NodeMessage,
  numberOf,
  type ValueMessage,
} from './onnx-messages.ts'
import { OPSETS } from './operations.ts'
import { kindOfType, tensorOf } from './tensors.ts'

/** The network in an ONNX file; extents of inputs that it leaves open are 0. */
export function readOnnx(bytes: Uint8Array, name: string): Graph {
  const file = shown(name)
  let model: ModelMessage
  try {
    model = modelType.decode(bytes) as unknown as ModelMessage
  } catch (cause) {
    throw inputError(
      `${file} is no ONNX file that can be read: ` +
        `${shown(cause instanceof Error ? cause.message : String(cause))}.`,
      cause,
    )
  }
  const { graph } = model
  if (graph === null || graph === undefined || graph.node.length === 0)
    throw inputError(`${file} holds no ONNX graph.`)
  const opset = opsetOf(model, file)
  const constants = new Map(graph.initializer.map((t) => [t.name, tensorOf(t, file)]))
  const inputs = graph.input
    .filter(({ name: value }) => !constants.has(value))
    .map((value) => inputOf(value, file))
  const operations = graph.node.map((node, i) => operationOf(node, i, file))
  checkNames(
    [
      ...constants.keys(),
      ...inputs.map((input) => input.name),
      ...operations.flatMap((o) => [o.output, ...o.others]),
    ],
    file,
  )
  return {
    ...{ name: graph.name || name, opset, inputs, operations, constants },
    output: graph.output[0]?.name ?? operations.at(-1)!.output,
  }
}

function opsetOf({ opset_import }: ModelMessage, file: string): number {
  const own = opset_import
    .filter(({ domain }) => isOwn(domain))
    .map(({ version }) => numberOf(version))
  const [opset] = own
  if (opset === undefined || own.length > 1)
    throw inputError(`${file} names ${own.length} versions of ONNX's operators; one is needed.`)
  if (opset < OPSETS.first || opset > OPSETS.last)
    throw inputError(
      `${file} is of ONNX's opset ${opset}; ${OPSETS.first} to ${OPSETS.last} are read. ` +
        'Export it with one of these, such as 17, or convert it.',
    )
  return opset
}

const isOwn = (domain: string): boolean => domain === '' || domain === 'ai.onnx'

function inputOf({ name, type }: ValueMessage, file: string): GraphInput {
  const tensor = type?.tensor_type
  if (tensor === null || tensor === undefined)
    throw inputError(`${file}: input '${shown(name)}' is no tensor.`)
  const kind = kindOfType(tensor.elem_type)
  if (kind === undefined)
    throw inputError(
      `${file}: input '${shown(name)}' has ONNX type ${tensor.elem_type}; float32, int32, ` +
        'int64 and bool are read.',
    )
  return {
    name,
    kind,
    shape: (tensor.shape?.dim ?? []).map(({ dim_value }) => numberOf(dim_value ?? 0)),
  }
}

/** Every value is given once. */
function checkNames(names: readonly string[], file: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (name !== '' && seen.has(name)) throw inputError(`${file}: '${shown(name)}' is given twice.`)
    seen.add(name)
  }
}

function operationOf(
  { op_type: op, name, input, output, attribute, domain }: NodeMessage,
  index: number,
  file: string,
): Operation {
  if (!isOwn(domain))
    throw inputError(
      `${file}: operation ${shown(op)} is of the domain ${shown(domain)}, which is unknown here.`,
    )
  const [first, ...others] = output
  if (first === undefined || first === '')
    throw inputError(`${file}: operation ${index}, ${shown(op)}, has no result.`)
  const attributes = new Map(attribute.map((a) => [a.name, attributeOf(a, file)]))
  if (attributes.size < attribute.length)
    throw inputError(`${file}: operation ${index}, ${shown(op)}, has an attribute twice.`)
  return { op, name: name || `${op} ${index}`, inputs: input, output: first, others, attributes }
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
  throw inputError(
    `${file}: attribute ${shown(a.name)} is of a kind (${a.type}) that is not read here.`,
  )
}
