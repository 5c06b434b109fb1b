/**
 * Lists in JavaScript syntax, for the JavaScript translators.
 */

export const array = (items: readonly (number | string)[]): string => `[${items.join(', ')}]`

export const pairs = (items: readonly (readonly [number, number])[]): string =>
  array(items.map((pair) => array(pair)))

/** One value if all are equal, else a list. */
export function oneOrAll<T extends number | string>(values: readonly T[]): string {
  return values.every((value) => value === values[0]) ? String(values[0]) : array(values)
}
