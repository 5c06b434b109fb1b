/**
 * The single-operator tests of ONNX for the operators that `profile` supports, as
 * scripts/onnx/node-tests.py writes them.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { Failure } from '../../src/failure.ts'
import { Budget } from '../../src/profile/bounds.ts'
import { inputsOf } from '../../src/profile/inputs.ts'
import { readOnnx } from '../../src/profile/onnx.ts'
import { profileModel } from '../../src/profile/profile.ts'

interface Packed {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly data: readonly (number | string)[]
}

export interface OnnxCase {
  readonly name: string
  readonly op: string
  /** base64. */
  readonly model: string
  readonly inputs: readonly Packed[]
  readonly output: Packed
  readonly rtol: number
  readonly atol: number
}

export interface Outcome {
  readonly kind: 'passed' | 'refused' | 'wrong'
  readonly says: string
}

export const onnxCases = (text: string): readonly OnnxCase[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OnnxCase)

export function outcomeOf(onnxCase: OnnxCase): Outcome {
  try {
    const graph = readOnnx(Buffer.from(onnxCase.model, 'base64'), onnxCase.name)
    const inputs = onnxCase.inputs.map((packed, i) => ({
      name: graph.inputs[i]!.name,
      array: arrayOf(packed),
    }))
    const budget = new Budget()
    const { profile } = profileModel(graph, inputsOf(graph, inputs, budget), 1, () => {}, budget)
    const says = difference(profile.output.shape, profile.output.values ?? [], onnxCase)
    return { kind: says === '' ? 'passed' : 'wrong', says }
  } catch (error) {
    return error instanceof Failure
      ? { kind: 'refused', says: error.message }
      : { kind: 'wrong', says: String((error as Error).stack) }
  }
}

const numbersOf = ({ data }: Packed): number[] =>
  data.map((v) => (typeof v === 'number' ? v : Number(v.replace('inf', 'Infinity'))))

function arrayOf(packed: Packed): NdArray {
  const values = numbersOf(packed)
  return ndarray(
    packed.dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values),
    [...packed.shape],
  )
}

/** '' if the result agrees with ONNX, else a description of the error. */
function difference(
  shape: readonly number[],
  values: readonly number[],
  { output, rtol, atol }: OnnxCase,
): string {
  if (`${shape}` !== `${output.shape}`) return `shape [${shape}], [${output.shape}] is right`
  const reference = numbersOf(output)
  const error = reference.findIndex(
    (v, i) =>
      !Object.is(values[i], v) &&
      values[i] !== v &&
      !(Math.abs(values[i]! - v) <= atol + rtol * Math.abs(v)),
  )
  return error < 0 ? '' : `number ${error} is ${values[error]}, ${reference[error]} is right`
}
