/**
 * Are two questions the same? Each becomes a text; equal texts mean equal questions.
 *
 * Unlike JSON, the text distinguishes Infinity, -Infinity, NaN and null, -0 and 0, and a number and
 * a string of its digits.
 */

import { changedOptions } from '../geometry/check-options.ts'
import type { CheckedOptions } from '../geometry/checked-options.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'

/**
 * The key of a call on arrays of these shapes. `operandType` is their compute type, and the options
 * are checked. A plan serves every `out`, `memory`, signal and bias array, so they are not part of
 * the key.
 */
export function questionKey(
  call: string,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  operandType: ComputeDType,
  options: CheckedOptions,
): string {
  let key = `${call} ${inputShape} ${kernelShape} ${operandType}`
  for (const [name, value] of changedOptions(call, options)) {
    if (name === 'out' || name === 'memory' || name === 'signal') continue
    const isArray = name === 'bias' && typeof value === 'object'
    key += ` ${name}:${isArray ? 'array' : textOf(value)}`
  }
  return key
}

/** The text of a value. Needs plain data, as the check of options returns it. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}:${textOf(field)}`).join()}}`
}
