/**
 * Are these valid parameters of something with a name, such as a kernel? A table describes each
 * parameter. The check returns a value for every row of the table, or throws with advice.
 */

import { OptionError } from '../errors.ts'
import { unknownName } from '../ndarray/known-names.ts'
import { isOptionsObject } from '../ndarray/options.ts'
import { didYouMean, formatValue } from './format-value.ts'

/** One parameter: its meaning and unit, its default, and the values that it accepts. */
export interface Parameter<V = unknown> {
  /** The meaning in one phrase, with the unit. */
  readonly summary: string
  /** The value if the caller gives none; undefined if it follows from other parameters. */
  readonly default: V
  /** The default in words, if it follows from other parameters. */
  readonly usual?: string
  /** The accepted values in words, for error messages. */
  readonly needed: string
  accepts(value: unknown): boolean
}

export type ParameterTable = Readonly<Record<string, Parameter>>

/** A value for each row of a table. */
export type ParameterValues<T extends ParameterTable> = {
  readonly [Name in keyof T]: T[Name] extends Parameter<infer V> ? V : never
}

/** Throws `OptionError`, for rules that a table cannot express. */
export function reject(code: string, message: string): never {
  throw new OptionError(code, message)
}

/**
 * Returns `name` if `names` contains it. Throws `OptionError` (`NAME_UNKNOWN`) that suggests the
 * closest name. `kind` says in the message what has the name, such as `'kernel'`.
 */
export function validateName(kind: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name
  throw new OptionError(
    'NAME_UNKNOWN',
    `There is no ${kind} ${formatValue(name)}.${didYouMean(name, names)} There are ${names.join(', ')}.`,
  )
}

/**
 * A value for each parameter of the table. Reads each parameter once, own or inherited, and copies
 * lists. `conflictIn` returns the reason if the values do not fit together, else undefined.
 *
 * Throws `OptionError`: `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function validateParameters<T extends ParameterTable>(
  owner: string,
  table: T,
  parameters: unknown,
  conflictIn: (values: ParameterValues<T>) => string | undefined,
): ParameterValues<T> {
  if (!isOptionsObject(parameters)) {
    const [first] = Object.keys(table)
    const needed =
      first === undefined
        ? 'it has none'
        : `an object such as { ${first}: ${formatValue(table[first]!.default ?? 3)} } is needed`
    throw new OptionError(
      'OPTION_INVALID',
      `${owner}: parameters are ${formatValue(parameters)}; ${needed}.`,
    )
  }
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, row.default]),
  )
  const names = Object.keys(table)
  const unknown = unknownName(new Set(names), parameters)
  if (unknown !== undefined)
    throw new OptionError('OPTION_UNKNOWN', unknownParameter(owner, unknown, names))
  for (const [name, row] of Object.entries(table)) {
    const raw = (parameters as Readonly<Record<string, unknown>>)[name]
    if (raw === undefined) continue
    const value = Array.isArray(raw) ? Object.freeze(Array.from(raw as readonly unknown[])) : raw
    if (!row.accepts(value)) {
      throw new OptionError(
        'OPTION_INVALID',
        `${owner}: ${name} is ${formatValue(value)}; ${row.needed} is needed (${row.summary}).`,
      )
    }
    values[name] = value
  }
  // The cast is safe: each row has its default, or a value that it accepts.
  const checkedValues = values as ParameterValues<T>
  const conflict = conflictIn(checkedValues)
  if (conflict !== undefined) throw new OptionError('OPTION_CONFLICT', `${owner}: ${conflict}`)
  return checkedValues
}

function unknownParameter(owner: string, name: string, names: readonly string[]): string {
  if (names.length === 0)
    return `${owner} has no parameter ${formatValue(name)}: it takes none. Leave it out.`
  return (
    `${owner} has no parameter ${formatValue(name)}.${didYouMean(name, names)} It takes ` +
    `${names.join(', ')}.`
  )
}
