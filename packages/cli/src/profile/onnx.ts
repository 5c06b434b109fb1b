/**
 * Reads an ONNX file as a graph: names, operations and attributes. operations.ts interprets them.
 */

import { inputError } from '../failure.ts'
import type { Attribute, Graph, GraphInput, Operation } from './graph.ts'
import { printableName } from './graph.ts'
import {
  type ModelMessage,
  modelType,
  type NodeMessage,
  numberOf,
  type ValueMessage,
} from './onnx-messages.ts'
import { opsets } from './operations.ts'
import { kindOfType, tensorOf } from './tensors.ts'

/** The network in an ONNX file. Unknown extents of inputs are 0. */
export function readOnnx(bytes: Uint8Array, name: string): Graph {
  const file = printableName(name)
  let model: ModelMessage
  try {
    model = modelType.decode(bytes) as unknown as ModelMessage
  } catch (cause) {
    throw inputError(
      `${file} is not a readable ONNX file: ` +
        `${printableName(cause instanceof Error ? cause.message : String(cause))}.`,
      cause,
    )
  }
  const { graph } = model
  if (graph === null || graph === undefined || graph.node.length === 0)
    throw inputError(`${file} has no ONNX graph.`)
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
  const versions = opset_import
    .filter(({ domain }) => isStandardDomain(domain))
    .map(({ version }) => numberOf(version))
  const [opset] = versions
  if (opset === undefined || versions.length > 1)
    throw inputError(
      `${file} names ${versions.length} versions of the ONNX operator set; exactly one is ` +
        'needed.',
    )
  if (opset < opsets.first || opset > opsets.last)
    throw inputError(
      `${file} uses ONNX opset ${opset}; ${opsets.first} to ${opsets.last} are supported. ` +
        'Export it with one of these, such as 17, or convert it.',
    )
  return opset
}

const isStandardDomain = (domain: string): boolean => domain === '' || domain === 'ai.onnx'

function inputOf({ name, type }: ValueMessage, file: string): GraphInput {
  const tensor = type?.tensor_type
  if (tensor === null || tensor === undefined)
    throw inputError(`${file}: input '${printableName(name)}' is not a tensor.`)
  const kind = kindOfType(tensor.elem_type)
  if (kind === undefined)
    throw inputError(
      `${file}: input '${printableName(name)}' has ONNX type ${tensor.elem_type}; float32, ` +
        'int32, int64 and bool are supported.',
    )
  return {
    name,
    kind,
    shape: (tensor.shape?.dim ?? []).map(({ dim_value }) => numberOf(dim_value ?? 0)),
  }
}

/** Throws if a value is defined twice. */
function checkNames(names: readonly string[], file: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (name !== '' && seen.has(name))
      throw inputError(`${file}: '${printableName(name)}' is defined twice.`)
    seen.add(name)
  }
}

function operationOf(
  { op_type: op, name, input, output, attribute, domain }: NodeMessage,
  index: number,
  file: string,
): Operation {
  if (!isStandardDomain(domain))
    throw inputError(
      `${file}: operation ${printableName(op)} is from the domain ${printableName(domain)}, ` +
        'which is not supported.',
    )
  const [first, ...others] = output
  if (first === undefined || first === '')
    throw inputError(`${file}: operation ${index}, ${printableName(op)}, has no result.`)
  const attributes = new Map(attribute.map((a) => [a.name, attributeOf(a, file)]))
  if (attributes.size < attribute.length)
    throw inputError(`${file}: operation ${index}, ${printableName(op)}, has an attribute twice.`)
  return { op, name: name || `${op} ${index}`, inputs: input, output: first, others, attributes }
}

/** Types of attributes, by ONNX number. */
const [floatKind, intKind, stringKind, tensorKind, floatsKind, intsKind] = [1, 2, 3, 4, 6, 7]

function attributeOf(a: NodeMessage['attribute'][number], file: string): Attribute {
  if (a.type === floatKind) return a.f
  if (a.type === intKind) return numberOf(a.i)
  if (a.type === stringKind) return Buffer.from(a.s).toString()
  if (a.type === floatsKind) return a.floats
  if (a.type === intsKind) return a.ints.map(numberOf)
  if (a.type === tensorKind && a.t !== null) return tensorOf(a.t, file)
  throw inputError(
    `${file}: attribute ${printableName(a.name)} has type ${a.type}, which is not supported.`,
  )
}
