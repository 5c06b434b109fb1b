/**
 * Are these the parameters of a named thing, such as a kernel? A table says what each must be; out
 * comes a value for every row, or the blame with the nearest word that was possible.
 */

import { OptionError } from '../errors.ts'
import { unknownName } from '../ndarray/known-names.ts'
import { closestName, formatValue } from './format-value.ts'

/** One parameter: its meaning and unit, its value where none is given, and what a value must be. */
export interface Parameter<V = unknown> {
  /** One phrase, with the unit. */
  readonly summary: string
  /** undefined where it follows from other parameters. */
  readonly default: V
  /** The default in words, where it is not a plain value. */
  readonly usual?: string
  readonly needed: string
  accepts(value: unknown): boolean
}

export type ParameterTable = Readonly<Record<string, Parameter>>

/** The values that a table asks for. */
export type ParameterValues<T extends ParameterTable> = {
  readonly [Name in keyof T]: T[Name] extends Parameter<infer V> ? V : never
}

/** Blames the caller for what no table can say. */
export function refuse(code: string, message: string): never {
  throw new OptionError(code, message)
}

/**
 * `name` as it stands in `names`, or `OptionError` (`NAME_UNKNOWN`) with the nearest; `kind` is
 * what messages call it.
 */
export function checkedName(kind: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name
  const near = closestName(name, names)
  const advice = near === undefined ? '' : ` Did you mean ${formatValue(near)}?`
  throw new OptionError(
    'NAME_UNKNOWN',
    `There is no ${kind} ${formatValue(name)}.${advice} There are ${names.join(', ')}.`,
  )
}

/**
 * A value for every parameter of the table; each is read once, own or inherited, and lists are
 * copied. `refuse` says in words why values do not go together. Throws `OptionError`:
 * `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function checkedParameters<T extends ParameterTable>(
  owner: string,
  table: T,
  given: unknown,
  refuse: (values: ParameterValues<T>) => string | undefined,
): ParameterValues<T> {
  if (
    typeof given !== 'object' ||
    given === null ||
    Array.isArray(given) ||
    ArrayBuffer.isView(given)
  ) {
    const [first] = Object.keys(table)
    const needed =
      first === undefined
        ? 'it has none'
        : `an object such as { ${first}: ${formatValue(table[first]!.default ?? 3)} } is needed`
    throw new OptionError(
      'OPTION_INVALID',
      `${owner}: parameters are ${formatValue(given)}; ${needed}.`,
    )
  }
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, row.default]),
  )
  const names = Object.keys(table)
  const unknown = unknownName(new Set(names), given)
  if (unknown !== undefined)
    throw new OptionError('OPTION_UNKNOWN', unknownParameter(owner, unknown, names))
  for (const [name, row] of Object.entries(table)) {
    const one = (given as Readonly<Record<string, unknown>>)[name]
    if (one === undefined) continue
    const value = Array.isArray(one) ? Object.freeze(Array.from(one as readonly unknown[])) : one
    if (!row.accepts(value)) {
      throw new OptionError(
        'OPTION_INVALID',
        `${owner}: ${name} is ${formatValue(value)}; ${row.needed} is needed (${row.summary}).`,
      )
    }
    values[name] = value
  }
  // Every row has its default or a value that it accepts.
  const complete = values as ParameterValues<T>
  const reason = refuse(complete)
  if (reason !== undefined) throw new OptionError('OPTION_CONFLICT', `${owner}: ${reason}`)
  return complete
}

function unknownParameter(owner: string, name: string, names: readonly string[]): string {
  if (names.length === 0)
    return `${owner} has no parameter ${formatValue(name)}: it takes none. Leave it out.`
  const near = closestName(name, names)
  return (
    `${owner} has no parameter ${formatValue(name)}. ` +
    `${near === undefined ? '' : `Did you mean ${formatValue(near)}? `}It takes ` +
    `${names.join(', ')}.`
  )
}
