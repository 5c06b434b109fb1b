/**
 * Does an object of options have a name that nobody reads?
 */

import { OptionError } from '../errors.ts'

/** An own enumerable name that is not known; undefined where there is none. */
export function unknownName(known: ReadonlySet<string>, options: object): string | undefined {
  for (const name in options) if (!known.has(name) && Object.hasOwn(options, name)) return name
  return undefined
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
