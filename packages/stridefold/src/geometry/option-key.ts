/**
 * Are two records of options equal? Each record becomes a text; equal texts mean equal options.
 *
 * The order of the options has no effect. Unlike JSON, the text distinguishes Infinity, -Infinity,
 * NaN and null, -0 and 0, and a number and a string of its digits.
 */

/** The text of a checked record. `leftOut` lists options to ignore. */
export function optionKey(record: object, leftOut: readonly string[] = []): string {
  const entries = Object.entries(record).filter(
    ([name, value]) => value !== undefined && !leftOut.includes(name),
  )
  return textOf(Object.fromEntries(entries))
}

/** The text of a value. Needs plain data, as the check of options returns it. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}:${textOf(field)}`).join()}}`
}
