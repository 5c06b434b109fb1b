/**
 * What vanishes into a convolution before it: a batch normalisation into its weights, a relu into
 * its tail. The names say so.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { Attributes } from './attributes.ts'
import { type Graph, kindOf, type Operation } from './graph.ts'
import { shifts } from './normalisation.ts'

const WITH_TAILS: readonly string[] = ['Conv', 'ConvTranspose', 'Gemm']

export function fuse(graph: Graph): Graph {
  const constants = new Map(graph.constants)
  const operations: Operation[] = []
  const taken = new Set([...constants.keys(), ...graph.inputs.map(({ name }) => name)])
  for (const { output, others } of graph.operations)
    for (const name of [output, ...others]) taken.add(name)
  const keep = (name: string, value: NdArray): string => {
    let one = name
    while (taken.has(one)) one += '′'
    taken.add(one)
    constants.set(one, value)
    return one
  }
  const uses = new Map([[graph.output, 1]])
  for (const { inputs } of graph.operations)
    for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1)
  /** Where the operation is that gives a value. */
  const places = new Map<string, number>()
  for (const operation of graph.operations) {
    const place = places.get(operation.inputs[0] ?? '')
    const before =
      place === undefined || uses.get(operation.inputs[0]!) !== 1 ? undefined : operations[place]
    const by =
      before === undefined || before.activation !== undefined
        ? undefined
        : joined(before, operation, graph, keep)
    const at = by === undefined ? operations.length : place!
    operations[at] = by ?? operation
    places.set(operation.output, at)
  }
  return { ...graph, operations, constants }
}

/** Keeps a new constant under a name like this one, and says which. */
type Keep = (name: string, value: NdArray) => string

function joined(
  before: Operation,
  operation: Operation,
  graph: Graph,
  keep: Keep,
): Operation | undefined {
  const { op, attributes, inputs, output } = operation
  if (
    op === 'Relu' &&
    attributes.size === 0 &&
    inputs.length === 1 &&
    WITH_TAILS.includes(before.op)
  )
    return { ...before, name: `${before.name} + relu`, output, activation: 'relu' }
  if (op === 'BatchNormalization' && before.op === 'Conv')
    return normalised(before, operation, graph, keep)
  return undefined
}

/**
 * The convolution whose weights hold the normalisation behind it; undefined where these are not in
 * the file or do not fit.
 */
function normalised(
  conv: Operation,
  norm: Operation,
  { constants, opset }: Graph,
  keep: Keep,
): Operation | undefined {
  const [weight, ...learnt] = [conv.inputs[1], ...norm.inputs.slice(1)].map((name) =>
    constants.get(name ?? ''),
  )
  const bias = constants.get(conv.inputs[2] ?? '')
  const filters = weight?.shape[0] ?? 0
  const perFilter = (x: NdArray | undefined): x is NdArray =>
    x?.shape.length === 1 && x.shape[0] === filters && kindOf(x) === 'float'
  if (
    weight === undefined ||
    kindOf(weight) !== 'float' ||
    learnt.length !== 4 ||
    !learnt.every(perFilter)
  )
    return undefined
  if (conv.inputs.length > 3 || (conv.inputs[2] && !perFilter(bias))) return undefined
  const attributes = new Attributes(norm)
  const { factors, offsets } = shifts(norm, attributes, opset, filters, learnt)
  attributes.end()
  const each = weight.data.length / filters
  const name = `${conv.name} + ${norm.op}`
  const folded = Float32Array.from(weight.data, (v, i) => v * factors[Math.floor(i / each)]!)
  const moved = Float32Array.from(factors, (k, f) => (bias?.data[f] ?? 0) * k + offsets[f]!)
  const inputs = [
    conv.inputs[0]!,
    keep(`${name} weight`, ndarray(folded, [...weight.shape])),
    keep(`${name} bias`, ndarray(moved, [filters])),
  ]
  return { ...conv, name, output: norm.output, others: norm.others, inputs }
}
