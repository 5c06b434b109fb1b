/**
 * Does an object of options have an unknown name? It would otherwise be ignored, and a typing error
 * would have no effect.
 */

import { OptionError } from '../errors.ts'

/** The first own name that is not in `known`, enumerable or not; undefined if there is none. */
export function unknownName(known: ReadonlySet<string>, options: object): string | undefined {
  return Object.getOwnPropertyNames(options).find((name) => !known.has(name))
}

/** Throws `OptionError` (`OPTION_UNKNOWN`) if `options` has an unknown name. */
export function rejectUnknown(call: string, options: object, known: ReadonlySet<string>): void {
  const unknown = unknownName(known, options)
  if (unknown === undefined) return
  throw new OptionError(
    'OPTION_UNKNOWN',
    `${call} has no option '${unknown}'. It takes ${[...known].join(', ')}.`,
  )
}
