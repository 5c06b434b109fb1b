/**
 * What goes into a network: arrays that the user gives, the file's own example, or random numbers.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { signed } from '../measure/random.ts'
import type { Budget } from './bounds.ts'
import { count, type Graph, type GraphInput, kindOf, shapeText, printableName } from './graph.ts'

/**
 * An array from the user, for the input of this name or, without one, for the first that has none.
 */
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
  // All are counted before the first is made.
  const shapes = graph.inputs.map(
    (input) => arrays.get(input.name)?.shape ?? randomShape(graph, input),
  )
  graph.inputs.forEach(({ name }, i) => budget.take(`input '${name}'`, shapes[i]!))
  return new Map(
    graph.inputs.map(({ name }, i) => {
      const shape = shapes[i]!
      return [name, arrays.get(name) ?? ndarray(signed(count(shape), 7 + i), [...shape])]
    }),
  )
}

const unmatchedMessage = (graph: Graph, name: string | undefined): string => {
  const names = graph.inputs.map((input) => `'${printableName(input.name)}'`).slice(0, 10)
  return name === undefined
    ? `${printableName(graph.name)} takes ${graph.inputs.length} inputs, fewer than there are --input.`
    : `${printableName(graph.name)} has no input '${printableName(name)}' that is still free. There are ` +
        `${names.join(', ')}.`
}

/** The user's array in the shape that the network takes; a batch of one may be left out. */
function fitToInput(graph: Graph, input: GraphInput, array: NdArray): NdArray {
  const open = input.shape
  const shape = array.shape.length + 1 === open.length ? [1, ...array.shape] : array.shape
  const fits =
    open.length === 0 ||
    (shape.length === open.length && shape.every((n, a) => open[a]! < 1 || open[a] === n))
  if (!fits)
    throw inputError(
      `the input has shape ${shapeText(array.shape)}, and ${printableName(graph.name)} takes ` +
        `${shapeText(open)} as '${printableName(input.name)}'.`,
    )
  if (kindOf(array) !== input.kind && input.kind === 'whole') {
    if (!array.data.every((v) => Number.isSafeInteger(v)))
      throw inputError(
        `input '${printableName(input.name)}' of ${printableName(graph.name)} takes whole numbers.`,
      )
    return ndarray(Float64Array.from(array.data), [...shape])
  }
  return ndarray(array.data as Float32Array, [...shape])
}

/** The shape of an input that may be random: a batch that the file leaves open is one. */
function randomShape(
  { name: network }: Graph,
  { name, kind, shape }: GraphInput,
): readonly number[] {
  if (kind === 'whole')
    throw inputError(
      `input '${printableName(name)}' of ${printableName(network)} takes whole numbers. Give it: --input ` +
        `${printableName(name)}=FILE.npy`,
    )
  const extents = shape.map((n, a) => (a === 0 && n === 0 ? 1 : n))
  if (extents.length === 0 || extents.some((n) => n < 1))
    throw inputError(
      `${printableName(network)} does not say the shape of its input '${printableName(name)}' ` +
        `([${extents.map((n) => n || '?').slice(0, 10)}]). ` +
        'Give an input with --input.',
    )
  return extents
}
