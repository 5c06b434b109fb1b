/**
 * Numbers as text: exact, or short with a sign that says so; and text as numbers.
 */

const MINUS = '−'

/**
 * The shortest text that tells the number from all others: of the float32 numbers where it is one,
 * else of all numbers.
 */
export function exactText(value: number | undefined): string {
  if (value === undefined) return ''
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : `${MINUS}∞`
  return plainText(Math.fround(value) === value ? shortestSingle(value) : value)
}

/** Nine digits tell any two float32 numbers apart; most need fewer. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return text
  }
  return Number(value.toPrecision(9))
}

const plainText = (value: number): string => String(value).replaceAll('-', MINUS).replace('e+', 'e')

/** At most `digits` significant digits; "≈" stands before a number that has more. */
export function shortText(value: number | undefined, digits = 6): string {
  const exact = exactText(value)
  if (value === undefined || !Number.isFinite(value)) return exact
  const rounded = plainText(Number(value.toPrecision(digits)))
  return exact.length <= rounded.length ? exact : `≈${rounded}`
}

/** The number that a person typed, with a real minus or a decimal comma; NaN for anything else. */
export function numberFrom(text: string): number {
  const normalized = text.trim().replace(MINUS, '-').replace(',', '.')
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(normalized) ? Number(normalized) : Number.NaN
}
