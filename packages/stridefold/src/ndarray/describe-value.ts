/**
 * What did the caller pass? A few words for error messages, at most one line.
 */

/**
 * The value in words: "null", "the number 3", "the string \"a\"", "a DataView", "an object with the
 * keys data, size".
 */
export function describeValue(x: unknown): string {
  if (x === null || x === undefined) return String(x)
  if (typeof x === 'string')
    return `the string ${JSON.stringify(x.length > 20 ? `${x.slice(0, 20)}…` : x)}`
  if (typeof x !== 'object')
    return typeof x === 'function' ? 'a function' : `the ${typeof x} ${formatEntry(x)}`
  const tag = Object.prototype.toString.call(x).slice(8, -1)
  if (tag === 'Array') return `an array of ${(x as readonly unknown[]).length}`
  if (tag !== 'Object') return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`
  const keys = Object.keys(x)
  if (keys.length === 0) return 'an object without keys'
  return `an object with the keys ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''}`
}

/** The first twelve entries of any list, such as "2,1n,an object without keys". */
export function formatList(list: ArrayLike<unknown>): string {
  const maxEntries = 12
  const count = Math.min(list.length, maxEntries)
  const entries = Array.from({ length: count }, (_, i) => formatEntry(list[i]))
  return `${entries.join()}${list.length > maxEntries ? ',…' : ''}`
}

function formatEntry(x: unknown): string {
  if (typeof x === 'bigint') return `${x}n`
  return typeof x === 'object' || typeof x === 'function' || typeof x === 'string'
    ? describeValue(x)
    : String(x)
}

/** Whether `x` can be a list of numbers: an array or a typed array. */
export function isArray(x: unknown): x is readonly unknown[] {
  return Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))
}
