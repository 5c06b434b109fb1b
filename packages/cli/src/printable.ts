/**
 * Text from elsewhere (names in files, file names, case text) for one line on a terminal: what a
 * terminal would obey is shown instead.
 *
 *   'a\x1b[31m\nb'  →  'a\x1b[31m\x0ab', in letters
 */

// Controls (C0, DEL, C1) and surrogates without a partner; separators of lines, and what turns the
// direction of writing.
const controlCharacters = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

export const printable = (text: string): string =>
  text.replace(controlCharacters, (character) => escapeCode(character.codePointAt(0)!))

const escapeCode = (code: number): string =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
