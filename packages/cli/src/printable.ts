/**
 * Escapes text from outside (names in files, file names, case text) for one line on a terminal.
 * Without this, a control sequence in a file name would change the terminal.
 *
 *   'a\x1b[31m\nb'  →  'a\x1b[31m\x0ab', in letters
 */

// Control characters (C0, DEL, C1), unpaired surrogates, line separators, and characters that
// change the direction of writing.
const controlCharacters = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

export const printable = (text: string): string =>
  text.replace(controlCharacters, (character) => escapeCode(character.codePointAt(0)!))

const escapeCode = (code: number): string =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
