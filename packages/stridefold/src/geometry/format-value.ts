/**
 * How does a message show a value of the caller? In short, on one line, and without calling code of
 * the value.
 *
 * NaN stays NaN, which JSON would print as null. Strings keep their quotes. Long lists are cut.
 * Objects show their keys.
 */

const maxEntries = 8

/** The value as text, such as `'same'`, `[1, 2]`, `{ constant: 3 }` or `a Float32Array`. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (ArrayBuffer.isView(value)) return `a ${Object.prototype.toString.call(value).slice(8, -1)}`
  if (Array.isArray(value)) {
    const entries = value
      .slice(0, maxEntries)
      .map((entry) => (Array.isArray(entry) ? `[${formatInnerList(entry)}]` : formatValue(entry)))
    return `[${entries.join(', ')}${value.length > maxEntries ? ', …' : ''}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([name, entry]) => `${name}: ${typeof entry === 'object' ? '…' : formatValue(entry)}`,
    )
    return `{ ${entries.slice(0, maxEntries).join(', ')} }`
  }
  return String(value)
}

/**
 * The entries of a list in a list. Anything deeper becomes `…`: a list that contains itself has no
 * end.
 */
const formatInnerList = (list: readonly unknown[]): string =>
  list
    .slice(0, maxEntries)
    .map((entry) => (typeof entry === 'object' && entry !== null ? '…' : formatValue(entry)))
    .join()

/** The sentence " Did you mean 'same'?" for a message, or nothing if no name is close. */
export function didYouMean(typed: unknown, names: readonly string[]): string {
  const suggestion = typeof typed === 'string' ? closestName(typed, names) : undefined
  return suggestion === undefined ? '' : ` Did you mean ${formatValue(suggestion)}?`
}

/**
 * The name in `names` that `typed` most likely means; undefined if none is close. Allows 2 wrong
 * letters, or a third of the letters. A common beginning counts as close, also with 1 wrong letter.
 */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const lowerTyped = typed.toLowerCase()
  const [best] = names
    .map((candidate) => {
      const name = candidate.toLowerCase()
      const sharesBeginning =
        typed.length > 1 && (name.startsWith(lowerTyped) || lowerTyped.startsWith(name))
      const distances = editDistances(lowerTyped, name)
      const distance = Math.min(distances.at(-1)!, 1 + Math.min(...distances))
      // Of several names with a common beginning, the one with the most common letters.
      return { candidate, distance: sharesBeginning ? 0.5 + distance / 1000 : distance }
    })
    .sort((a, b) => a.distance - b.distance)
  return best && best.distance <= Math.max(2, typed.length / 3) ? best.candidate : undefined
}

/**
 * The number of letters to insert, delete, replace or swap with their neighbour to get from `a` to
 * each beginning of `b` (Damerau and Levenshtein). Holds two rows of the table at a time.
 */
function editDistances(a: string, b: string): readonly number[] {
  let previous: readonly number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (previous[j - 2] ?? Infinity) + 1
          : Infinity,
      )
    }
    previous = row
    row = next
  }
  return row
}
