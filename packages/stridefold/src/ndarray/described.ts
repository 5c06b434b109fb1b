/**
 * What did the caller hand over? A few words for error messages, never more than a line.
 */

/** Such as "null", "the number 3", "the string \"a\"", "a DataView", "an object with the keys data, size". */
export function described(x: unknown): string {
  if (x === null || x === undefined) return String(x)
  if (typeof x === 'string') return `the string ${JSON.stringify(x.length > 20 ? `${x.slice(0, 20)}…` : x)}`
  if (typeof x !== 'object') return typeof x === 'function' ? 'a function' : `the ${typeof x} ${String(x)}`
  const tag = Object.prototype.toString.call(x).slice(8, -1)
  if (tag === 'Array') return `an array of ${(x as readonly unknown[]).length}`
  if (tag !== 'Object') return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`
  const keys = Object.keys(x)
  if (keys.length === 0) return 'an object without keys'
  return `an object with the keys ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''}`
}
