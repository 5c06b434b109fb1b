/**
 * The arrays of a problem, all from the library: input, kernel, padded input and output. They are
 * computed on the page for a small problem, and in a worker for a large one.
 */

import { type NdArray, ndarray, type TypedArray } from 'stridefold/sync'
import type { LabState } from '../state/state.ts'
import type { Frame } from './frame.ts'
import { type LayerArrays, layerResult } from './layer.ts'
import { arrayOf } from './numbers.ts'
import { paddedInput } from './padded.ts'
import { inputRange } from './plain-values.ts'
import { valuesOf, weightsOf } from './values-of.ts'

/** The part of the state that decides all numbers. */
export type ProblemNumbers = Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'>

export interface Arrays extends LayerArrays {
  readonly output: NdArray
}

/** The elements of each array, as a worker can send them. */
export type Elements = Readonly<Record<keyof Arrays, TypedArray>>

export function arraysOf(frame: Frame, numbers: ProblemNumbers): Arrays {
  const { geometry: g, shapes } = frame
  const input = arrayOf(valuesOf(numbers.input, shapes.input, inputRange), shapes.input, g)
  const kernel = arrayOf(weightsOf(numbers, shapes.kernel), shapes.kernel, g)
  const arrays = { input, kernel, padded: paddedInput(g, input) }
  return { ...arrays, output: layerResult(g, arrays, numbers.bias) }
}

export const elementsOf = ({ input, kernel, padded, output }: Arrays): Elements => ({
  input: input.data,
  kernel: kernel.data,
  padded: padded.array.data,
  output: output.data,
})

export function arraysFrom({ geometry: g, shapes }: Frame, elements: Elements): Arrays {
  const array = (name: keyof Elements): NdArray => ndarray(elements[name], shapes[name])
  return {
    input: array('input'),
    kernel: array('kernel'),
    padded: {
      array: array('padded'),
      before: g.axes.map((axis) => Math.max(0, axis.before)),
      steps: g.axes.map((axis) => axis.inputDilation),
    },
    output: array('output'),
  }
}
