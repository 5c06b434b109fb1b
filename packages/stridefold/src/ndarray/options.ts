/**
 * Are these valid options of a function that makes an array? Reads each known name once, own or
 * inherited. An unknown name throws, because it would otherwise be ignored.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'

/**
 * The options as a new object, without those that are undefined. Throws `OptionError`:
 * `OPTION_INVALID` if `options` is not an object, `OPTION_UNKNOWN` for an unknown name.
 */
export function validateOptions<T extends object>(
  call: string,
  options: T | undefined,
  names: readonly (keyof T & string)[],
): T {
  if (options === undefined) return {} as T
  if (!isOptionsObject(options)) {
    throw new OptionError(
      'OPTION_INVALID',
      `${call}: options are ${describeValue(options)}; an object with some of ` +
        `${names.join(', ')} is needed.`,
    )
  }
  const unknown = Object.keys(options).find((key) => !names.some((name) => name === key))
  if (unknown !== undefined) {
    throw new OptionError(
      'OPTION_UNKNOWN',
      `${call} has no option '${unknown}'. It takes ${names.join(', ')}.`,
    )
  }
  const entries = names.map((name) => [name, options[name]] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T
}

/** Whether a value can be a record of options: an object, but neither a list nor an array. */
export const isOptionsObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
