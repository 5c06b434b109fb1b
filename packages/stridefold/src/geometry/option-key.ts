/**
 * Do these options say the same? A text that is the same for the same values and differs for any
 * others, whatever their order: unlike JSON it tells Infinity, -Infinity, NaN and null from each
 * other, -0 from 0, and numbers from their digits.
 */

/** The text of a checked record; `left out` names what does not matter. */
export function optionKey(record: object, leftOut: readonly string[] = []): string {
  const entries = Object.entries(record).filter(
    ([name, value]) => value !== undefined && !leftOut.includes(name),
  )
  return textOf(Object.fromEntries(entries))
}

/** Of plain data as the check of options leaves it. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}:${textOf(field)}`).join()}}`
}
