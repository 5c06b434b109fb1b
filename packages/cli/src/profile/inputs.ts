/**
 * The inputs of a network: arrays of the user, the example in the file, or random numbers.
 */

import { signedUniform } from '@stridefold/measure'
import { type NdArray, ndarray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { elementCount } from '../layout.ts'
import { countOf } from '../units.ts'
import type { Budget } from './bounds.ts'
import { type Graph, type GraphInput, kindOf, printableName, shapeText } from './graph.ts'

/** An array of the user, for the input with this name. Without a name, for the first free input. */
export interface UserInput {
  readonly name?: string
  readonly array: NdArray
}

export function inputsOf(
  graph: Graph,
  userInputs: readonly UserInput[],
  budget: Budget,
): ReadonlyMap<string, NdArray> {
  const arrays = new Map<string, NdArray>()
  const named = userInputs.filter(({ name }) => name !== undefined)
  for (const { name, array } of [
    ...named,
    ...userInputs.filter((candidate) => !named.includes(candidate)),
  ]) {
    const input =
      name === undefined
        ? graph.inputs.find((candidate) => !arrays.has(candidate.name))
        : graph.inputs.find((candidate) => candidate.name === name)
    if (input === undefined || arrays.has(input.name))
      throw inputError(unmatchedMessage(graph, name))
    arrays.set(input.name, fitToInput(graph, input, array))
  }
  if (graph.example !== undefined && !arrays.has(graph.inputs[0]!.name))
    arrays.set(graph.inputs[0]!.name, graph.example)
  // All arrays are counted before the first one is allocated.
  const shapes = graph.inputs.map(
    (input) => arrays.get(input.name)?.shape ?? randomShape(graph, input),
  )
  graph.inputs.forEach(({ name }, i) => budget.take(`input '${name}'`, shapes[i]!))
  return new Map(
    graph.inputs.map(({ name }, i) => {
      const shape = shapes[i]!
      return [
        name,
        arrays.get(name) ?? ndarray(signedUniform(elementCount(shape), 7 + i), [...shape]),
      ]
    }),
  )
}

const unmatchedMessage = (graph: Graph, name: string | undefined): string => {
  const names = graph.inputs.map((input) => `'${printableName(input.name)}'`).slice(0, 10)
  return name === undefined
    ? `${printableName(graph.name)} takes ${countOf(graph.inputs.length, 'input')}, but ` +
        `more --input ` +
        'options were given.'
    : `${printableName(graph.name)} has no free input '${printableName(name)}'. Inputs: ` +
        `${names.join(', ')}.`
}

/** The array of the user in the shape that the network takes. A batch of one may be left out. */
function fitToInput(graph: Graph, input: GraphInput, array: NdArray): NdArray {
  const open = input.shape
  const shape = array.shape.length + 1 === open.length ? [1, ...array.shape] : array.shape
  const fits =
    open.length === 0 ||
    (shape.length === open.length && shape.every((n, a) => open[a]! < 1 || open[a] === n))
  if (!fits)
    throw inputError(
      `the input has shape ${shapeText(array.shape)}, but ${printableName(graph.name)} takes ` +
        `${shapeText(open)} as '${printableName(input.name)}'.`,
    )
  if (kindOf(array) !== input.kind && input.kind === 'whole') {
    if (!array.data.every((v) => Number.isSafeInteger(v)))
      throw inputError(
        `input '${printableName(input.name)}' of ${printableName(graph.name)} takes integers.`,
      )
    return ndarray(Float64Array.from(array.data), [...shape])
  }
  return ndarray(array.data as Float32Array, [...shape])
}

/** The shape of a random input. An unknown batch size becomes 1. */
function randomShape(
  { name: network }: Graph,
  { name, kind, shape }: GraphInput,
): readonly number[] {
  if (kind === 'whole')
    throw inputError(
      `input '${printableName(name)}' of ${printableName(network)} takes integers. Give it: ` +
        `--input ${printableName(name)}=FILE.npy`,
    )
  const extents = shape.map((n, a) => (a === 0 && n === 0 ? 1 : n))
  if (extents.length === 0 || extents.some((n) => n < 1))
    throw inputError(
      `${printableName(network)} leaves the shape of its input '${printableName(name)}' open ` +
        `([${extents.map((n) => n || '?').slice(0, 10)}]). Give an input with --input.`,
    )
  return extents
}
