/**
 * Draws a word without a font. Each letter is seven rows of five dots, stored as one 5-bit number
 * per row. A point tests whether it is on a dot. Neighbouring dots share their edges, so strokes
 * have no gaps.
 */

const columnsPerLetter = 6

const glyphs: Readonly<Record<string, readonly number[]>> = {
  s: [0b00000, 0b00000, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110],
  t: [0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0b00101, 0b00010],
  r: [0b00000, 0b00000, 0b10110, 0b11001, 0b10000, 0b10000, 0b10000],
  i: [0b00100, 0b00000, 0b01100, 0b00100, 0b00100, 0b00100, 0b01110],
  d: [0b00001, 0b00001, 0b01101, 0b10011, 0b10001, 0b10011, 0b01101],
  e: [0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110],
  f: [0b00110, 0b01001, 0b01000, 0b11100, 0b01000, 0b01000, 0b01000],
  o: [0b00000, 0b00000, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110],
  l: [0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
}

/** Whether the word covers a point; `x` and `y` count dots from its top left corner. */
export function isWritten(word: string, x: number, y: number): boolean {
  const letter = word[Math.floor(x / columnsPerLetter)]
  const row = letter === undefined ? undefined : glyphs[letter]?.[Math.floor(y)]
  if (row === undefined) return false
  const column = Math.floor(x - columnsPerLetter * Math.floor(x / columnsPerLetter))
  return column < 5 && ((row >> (4 - column)) & 1) === 1
}

/** Width in dots, without the gap after the last letter. */
export function wordWidth(word: string): number {
  return word.length * columnsPerLetter - 1
}
