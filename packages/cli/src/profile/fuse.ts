/**
 * What vanishes into a convolution before it: a batch normalisation into its weights, a relu into its tail. The names say so.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import type { Graph, Operation } from './graph.ts'

export function fused(graph: Graph): Graph {
  const constants = new Map(graph.constants)
  const operations: Operation[] = []
  const users = (value: string): Operation[] => graph.operations.filter(({ inputs }) => inputs.includes(value))
  const lone = (operation: Operation | undefined): operation is Operation =>
    operation !== undefined && users(operation.output).length === 1 && operation.output !== graph.output
  for (const operation of graph.operations) {
    const [first = ''] = operation.inputs
    const before = operations.find(({ output }) => output === first)
    const replace = (by: Operation): void => void operations.splice(operations.indexOf(before!), 1, by)
    if (
      lone(before) &&
      operation.op === 'Relu' &&
      ['Conv', 'ConvTranspose', 'Gemm'].includes(before.op) &&
      !before.attributes.has('activation')
    ) {
      replace({
        ...before,
        name: `${before.name} + relu`,
        output: operation.output,
        attributes: new Map(before.attributes).set('activation', 'relu'),
      })
    } else if (lone(before) && operation.op === 'BatchNormalization' && before.op === 'Conv' && !before.attributes.has('activation')) {
      const folded = normalised(before, operation, constants)
      if (folded === undefined) operations.push(operation)
      else replace(folded)
    } else operations.push(operation)
  }
  return { ...graph, operations, constants }
}

/** The convolution whose weights hold the normalisation behind it; undefined where these are not in the file. */
function normalised(conv: Operation, norm: Operation, constants: Map<string, NdArray>): Operation | undefined {
  const [weight, scale, shift, mean, variance] = [conv.inputs[1], ...norm.inputs.slice(1)].map((name) => constants.get(name ?? ''))
  const bias = conv.inputs[2] === undefined || conv.inputs[2] === '' ? undefined : constants.get(conv.inputs[2])
  if (!weight || !scale || !shift || !mean || !variance || (conv.inputs[2] && bias === undefined)) return undefined
  const epsilon = norm.attributes.get('epsilon')
  const filters = weight.shape[0]!
  const each = weight.data.length / filters
  const factor = Array.from(
    { length: filters },
    (_, f) => scale.data[f]! / Math.sqrt(variance.data[f]! + (typeof epsilon === 'number' ? epsilon : 1e-5)),
  )
  const name = `${conv.name} + ${norm.op}`
  constants.set(
    `${name} weight`,
    ndarray(
      Float32Array.from(weight.data, (v, i) => v * factor[Math.floor(i / each)]!),
      [...weight.shape],
    ),
  )
  constants.set(`${name} bias`, ndarray(Float32Array.from(factor, (k, f) => (bias?.data[f] ?? 0) * k + shift.data[f]! - mean.data[f]! * k)))
  return { ...conv, name, output: norm.output, inputs: [conv.inputs[0]!, `${name} weight`, `${name} bias`] }
}
