/** Which word did the user mean? Only for words of the command line: the library has its own. */

/** The sentence " Did you mean 'pytorch'?", or nothing if no word is within two letters. */
export function didYouMean(typed: string, words: readonly string[]): string {
  const [best] = words
    .map((word) => ({ word, distance: distanceBetween(typed.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return best !== undefined && best.distance <= Math.min(2, typed.length - 1)
    ? ` Did you mean '${best.word}'?`
    : ''
}

/** The number of letters to insert, delete or replace to get from `a` to `b`. */
function distanceBetween(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, letter] of [...a].entries()) {
    let diagonal = row[0]!
    row[0] = i + 1
    for (let j = 1; j <= b.length; j++) {
      const replaced = diagonal + (letter === b[j - 1] ? 0 : 1)
      diagonal = row[j]!
      row[j] = Math.min(replaced, row[j]! + 1, row[j - 1]! + 1)
    }
  }
  return row[b.length]!
}
