/**
 * Does an object of options have a name that nobody reads?
 */

import { OptionError } from '../errors.ts'

/** The first own name that is unknown, enumerable or not, or undefined. */
export function unknownName(known: ReadonlySet<string>, options: object): string | undefined {
  return Object.getOwnPropertyNames(options).find((name) => !known.has(name))
}

/** Throws `OptionError` (`OPTION_UNKNOWN`) where there is one. */
export function refuseUnknown(call: string, options: object, known: ReadonlySet<string>): void {
  const unknown = unknownName(known, options)
  if (unknown === undefined) return
  throw new OptionError(
    'OPTION_UNKNOWN',
    `${call} has no option '${unknown}'. It takes ${[...known].join(', ')}.`,
  )
}
