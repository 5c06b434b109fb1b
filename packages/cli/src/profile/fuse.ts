/**
 * Fuses operations into the convolution before them: a batch normalisation into its weights, a relu
 * into its epilogue. The name of the fused operation lists its parts.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { Attributes } from './attributes.ts'
import { type Graph, kindOf, type Operation } from './graph.ts'
import { scaleAndOffset } from './normalisation.ts'

const withEpilogue: readonly string[] = ['Conv', 'ConvTranspose', 'Gemm']

export function fuse(graph: Graph): Graph {
  const constants = new Map(graph.constants)
  const operations: Operation[] = []
  const usedNames = new Set([...constants.keys(), ...graph.inputs.map(({ name }) => name)])
  for (const { output, others } of graph.operations)
    for (const name of [output, ...others]) usedNames.add(name)
  const addConstant = (name: string, value: NdArray): string => {
    let uniqueName = name
    while (usedNames.has(uniqueName)) uniqueName += '′'
    usedNames.add(uniqueName)
    constants.set(uniqueName, value)
    return uniqueName
  }
  const uses = new Map([[graph.output, 1]])
  for (const { inputs } of graph.operations)
    for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1)
  /** Index of the operation that computes a value. */
  const indexOfValue = new Map<string, number>()
  for (const operation of graph.operations) {
    const index = indexOfValue.get(operation.inputs[0] ?? '')
    const before =
      index === undefined || uses.get(operation.inputs[0]!) !== 1 ? undefined : operations[index]
    const fused =
      before === undefined || before.activation !== undefined
        ? undefined
        : fusePair(before, operation, graph, addConstant)
    const at = fused === undefined ? operations.length : index!
    operations[at] = fused ?? operation
    indexOfValue.set(operation.output, at)
  }
  return { ...graph, operations, constants }
}

/** Adds a constant under a unique name like this one, and returns the name. */
type AddConstant = (name: string, value: NdArray) => string

function fusePair(
  before: Operation,
  operation: Operation,
  graph: Graph,
  addConstant: AddConstant,
): Operation | undefined {
  const { op, attributes, inputs, output } = operation
  if (
    op === 'Relu' &&
    attributes.size === 0 &&
    inputs.length === 1 &&
    withEpilogue.includes(before.op)
  )
    return { ...before, name: `${before.name} + relu`, output, activation: 'relu' }
  if (op === 'BatchNormalization' && before.op === 'Conv')
    return fuseNormalisation(before, operation, graph, addConstant)
  return undefined
}

/**
 * The convolution with the normalisation after it in its weights. Undefined if the parameters are
 * not in the file or have the wrong shape.
 */
function fuseNormalisation(
  conv: Operation,
  norm: Operation,
  { constants, opset }: Graph,
  addConstant: AddConstant,
): Operation | undefined {
  const [weight, ...parameters] = [conv.inputs[1], ...norm.inputs.slice(1)].map((name) =>
    constants.get(name ?? ''),
  )
  const bias = constants.get(conv.inputs[2] ?? '')
  const filters = weight?.shape[0] ?? 0
  const perFilter = (x: NdArray | undefined): x is NdArray =>
    x?.shape.length === 1 && x.shape[0] === filters && kindOf(x) === 'float'
  if (
    weight === undefined ||
    kindOf(weight) !== 'float' ||
    parameters.length !== 4 ||
    !parameters.every(perFilter)
  )
    return undefined
  if (conv.inputs.length > 3 || (conv.inputs[2] && !perFilter(bias))) return undefined
  const attributes = new Attributes(norm)
  const { factors, offsets } = scaleAndOffset(norm, attributes, opset, filters, parameters)
  attributes.rejectUnread()
  const weightsPerFilter = weight.data.length / filters
  const name = `${conv.name} + ${norm.op}`
  const scaledWeights = Float32Array.from(
    weight.data,
    (v, i) => v * factors[Math.floor(i / weightsPerFilter)]!,
  )
  const shiftedBias = Float32Array.from(factors, (k, f) => (bias?.data[f] ?? 0) * k + offsets[f]!)
  const inputs = [
    conv.inputs[0]!,
    addConstant(`${name} weight`, ndarray(scaledWeights, [...weight.shape])),
    addConstant(`${name} bias`, ndarray(shiftedBias, [filters])),
  ]
  return { ...conv, name, output: norm.output, others: norm.others, inputs }
}
