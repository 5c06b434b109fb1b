/**
 * How does a value that came from outside look in a message? Short, on one line, and never by
 * calling its code: NaN stays NaN (JSON would say null), strings keep their quotes, arrays are cut,
 * objects show their names.
 */

const MOST_ENTRIES = 8

export function formatValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (ArrayBuffer.isView(value)) return `a ${Object.prototype.toString.call(value).slice(8, -1)}`
  if (Array.isArray(value)) {
    const entries = value
      .slice(0, MOST_ENTRIES)
      .map((entry) => (Array.isArray(entry) ? `[${inner(entry)}]` : formatValue(entry)))
    return `[${entries.join(', ')}${value.length > MOST_ENTRIES ? ', …' : ''}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([name, entry]) => `${name}: ${typeof entry === 'object' ? '…' : formatValue(entry)}`,
    )
    return `{ ${entries.slice(0, MOST_ENTRIES).join(', ')} }`
  }
  return String(value)
}

/**
 * The entries of a list in a list; what lies deeper, which may be anything, itself included, is not
 * looked at.
 */
const inner = (list: readonly unknown[]): string =>
  list
    .slice(0, MOST_ENTRIES)
    .map((entry) => (typeof entry === 'object' && entry !== null ? '…' : formatValue(entry)))
    .join()

/** The word of `words` that was most likely meant by `word`, or undefined where none is near. */
export function closestName(word: string, words: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  const [best] = words
    .map((candidate) => {
      const name = candidate.toLowerCase()
      const begins = typed.length > 1 && (name.startsWith(typed) || typed.startsWith(name))
      return { candidate, distance: begins ? 0.5 : editDistance(typed, name) }
    })
    .sort((a, b) => a.distance - b.distance)
  return best && best.distance <= Math.max(2, typed.length / 3) ? best.candidate : undefined
}

/**
 * Letters to insert, delete or replace to get from `a` to `b` (Levenshtein), one row of the table
 * at a time.
 */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    }
    row = next
  }
  return row[b.length]!
}
