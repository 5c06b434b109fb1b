/**
 * Are these the options of a call that makes an array? Known names are read once, own or inherited;
 * an unknown name is a mistake that would otherwise be overlooked.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'

/**
 * The known options, without those that are undefined. Throws `OptionError` (`OPTION_INVALID`,
 * `OPTION_UNKNOWN`).
 */
export function checkedOptions<T extends object>(
  call: string,
  options: T | undefined,
  names: readonly (keyof T & string)[],
): T {
  if (options === undefined) return {} as T
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    ArrayBuffer.isView(options)
  ) {
    throw new OptionError(
      'OPTION_INVALID',
      `${call}: options are ${describeValue(options)}; an object with some of ` +
        `${names.join(', ')} is needed.`,
    )
  }
  const unknown = Object.keys(options).find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) {
    throw new OptionError(
      'OPTION_UNKNOWN',
      `${call} has no option '${unknown}'. It takes ${names.join(', ')}.`,
    )
  }
  const read = names.map((name) => [name, options[name]] as const)
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as T
}
