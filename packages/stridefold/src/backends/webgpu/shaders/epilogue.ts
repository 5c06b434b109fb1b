/** What a shader does with a finished sum: unit, bias, offset, activation. */

import type { EpilogueActivation } from '../../../ndarray/activation.ts'
import type { Contraction } from '../../../program/steps.ts'
import { float, type ValueType } from './shader.ts'

/** The finished result, of type f32. `bias`: the number to add, as WGSL. */
export function finishedText(
  sum: string,
  type: ValueType,
  { integer, epilogue = {} }: Contraction,
  bias: string | undefined,
): string {
  const { unit, offset = 0, activation } = epilogue
  let value = type === 'i32' ? `f32(${sum})` : sum
  const scale = integer?.scale ?? 1
  if (scale !== 1) value = `(${value} * ${float(scale)})`
  if (unit !== undefined) value = `(round(${value} * ${float(1 / unit)}) * ${float(unit)})`
  if (bias !== undefined) value = `(${value} + ${bias})`
  if (offset !== 0) value = `(${value} + ${float(offset)})`
  return activation === undefined ? value : activated(value, activation)
}

function activated(value: string, activation: EpilogueActivation): string {
  switch (activation.kind) {
    case 'clamp':
      return `clamped(${value}, ${float(activation.min)}, ${float(activation.max)})`
    case 'leaky':
      return `leaky(${value}, ${float(activation.slope)})`
    case 'sigmoid':
      return `sigmoid(${value})`
    case 'tanh':
      return `hyperbolicTangent(${value})`
  }
}
