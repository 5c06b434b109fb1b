/** All texts of a language, for tests that compare languages. */

/**
 * An argument that serves as a number, a text and a list. Its number tells it from the others.
 */
const argument = (place: number): unknown => [String(71 + place)]

/** The arguments of functions that take neither numbers nor texts, by their path. */
export type Arguments = Readonly<Record<string, readonly unknown[]>>

/** Texts by their path. A function gets as many arguments as it takes, or each of `special`. */
export function textsOf(texts: unknown, special: Arguments = {}): ReadonlyMap<string, string> {
  const walk = (part: unknown, path: string): readonly (readonly [string, string])[] => {
    if (typeof part === 'string') return [[path, part]]
    if (typeof part === 'function') {
      const given = special[path]
      if (given) return given.map((value, i) => [`${path}.${i}`, String(part(value))])
      return [[path, String(part(...Array.from({ length: part.length }, (_, i) => argument(i))))]]
    }
    return Object.entries(part as object).flatMap(([name, value]) =>
      walk(value, path === '' ? name : `${path}.${name}`),
    )
  }
  return new Map(walk(texts, ''))
}

/** The numbers of the arguments in a text. */
export const numbersIn = (text: string): string =>
  [...new Set(text.match(/7[1-9]/g) ?? [])].sort().join()

/** The texts whose numbers are not the same in both languages. */
export const differing = (
  first: ReadonlyMap<string, string>,
  second: ReadonlyMap<string, string>,
): readonly string[] =>
  [...first]
    .filter(([path, text]) => numbersIn(text) !== numbersIn(second.get(path)!))
    .map(([path, text]) => `${path}: ${text} | ${second.get(path)}`)

/** More than two English words one after the other. */
export const english: RegExp = /[A-Za-z]{2,}( [A-Za-z]+){2,}/
