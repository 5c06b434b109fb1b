/**
 * Formats numbers, exactly or rounded with “≈”, and parses typed numbers.
 */

const minus = '−'
/** Integers below this are float32 numbers with at most nine digits. */
const exactIntegers = 2 ** 24

/**
 * The shortest text that identifies the number: among the float32 numbers if it is one, else among
 * the float64 numbers.
 */
export function exactText(value: number | undefined): string {
  if (value === undefined) return ''
  if (Number.isInteger(value) && Math.abs(value) < exactIntegers) return plainText(value)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : `${minus}∞`
  return plainText(Math.fround(value) === value ? shortestSingle(value) : value)
}

/** Nine digits identify every float32 number. Most need fewer. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return text
  }
  return Number(value.toPrecision(9))
}

const plainText = (value: number): string => String(value).replaceAll('-', minus).replace('e+', 'e')

/** At most `digits` significant digits. “≈” precedes a rounded number. */
export function shortText(value: number | undefined, digits = 6): string {
  const exact = exactText(value)
  if (value === undefined || !Number.isFinite(value)) return exact
  const rounded = plainText(Number(value.toPrecision(digits)))
  return exact.length <= rounded.length ? exact : `≈${rounded}`
}

/**
 * Parses a typed number. Accepts a minus sign (U+2212) and a decimal comma. Returns NaN for
 * anything else.
 */
export function numberFrom(text: string): number {
  const normalized = text.trim().replace(minus, '-').replace(',', '.')
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(normalized) ? Number(normalized) : Number.NaN
}
