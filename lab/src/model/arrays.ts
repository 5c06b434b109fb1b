/**
 * The arrays of a problem, all from the library: input, kernel, padded input and output. They are
 * computed on the page for a small problem, and in a worker for a large one.
 */

import { type LayerOptions, type NdArray, ndarray, type TypedArray } from 'stridefold/sync'
import type { LabState } from '../state/state.ts'
import type { Frame } from './frame.ts'
import { exactDigits, isDilated, layerOf, layerOptions } from './layer-call.ts'
import { arrayOf } from './numbers.ts'
import { correlationKernel, type Padded, paddedInput } from './padded.ts'
import { inputRange } from './plain-values.ts'
import { valuesOf, weightsOf } from './values-of.ts'

/** The part of the state that decides all numbers. */
export type ProblemNumbers = Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'>

export interface Arrays {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly padded: Padded
  readonly output: NdArray
}

/** The elements of each array, as a worker can send them. */
export type Elements = Readonly<Record<keyof Arrays, TypedArray>>

export function arraysOf(frame: Frame, numbers: ProblemNumbers): Arrays {
  const { geometry: g, shapes } = frame
  const input = arrayOf(valuesOf(numbers.input, shapes.input, inputRange), shapes.input, g)
  const kernel = arrayOf(weightsOf(numbers, shapes.kernel), shapes.kernel, g)
  const padded = paddedInput(g, input)
  const output = resultOf(frame, { input, kernel, padded }, numbers.bias)
  return { input, kernel, padded, output }
}

function resultOf(
  { geometry: g }: Frame,
  { input, kernel, padded }: Omit<Arrays, 'output'>,
  bias: number,
): NdArray {
  const options: LayerOptions = {
    ...layerOptions(g),
    ...exactDigits,
    ...biasOf(bias, g.filters),
  }
  return layerOf(g)(isDilated(g) ? padded.array : input, correlationKernel(g, kernel), options)
}

export const biasOf = (bias: number, filters: number): Pick<LayerOptions, 'bias'> =>
  bias === 0 ? {} : { bias: new Array<number>(filters).fill(bias) }

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
