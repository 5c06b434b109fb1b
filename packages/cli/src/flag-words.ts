/**
 * How does a message of the library read on the command line? The library names its calls and
 * options (`correlate: option 'boundary' is …`). The user gave flags (`--boundary`). Only these
 * words change.
 */

const flagOf = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

type Words = (match: string, name: string, rest: string) => string

/** Words of the library → words of the command line. */
const rules: readonly (readonly [pattern: RegExp, words: Words])[] = [
  [/^(?:convolve|correlate): (?=option )/, () => ''],
  [/\boption '(\w+)'/, (_, option) => flagOf(option)],
  [/^(--[\w-]+) is \[([^\]]*)\]/, (_, flag, list) => `${flag} is ${list.replace(/[' ]/g, '')}`],
  [/or a list with one per axis/, () => 'or one per axis, with commas between'],
  [/\{ constant: (\w+) \}/, (_, value) => `constant=${value.toUpperCase()}`],
  [/^algorithm (?=')/, () => '--algorithm '],
  [/Use another algorithm, or 'auto'\./, () => 'Use another --algorithm, or leave it out.'],
  [/\bbackend: '(\w+)'/g, (_, name) => `--backend ${name}`],
  [/\bmemoryLimit\b/g, () => '--memory-limit'],
  [/ \(pass options\.kernel to plan\)/g, () => ', which a case does not have'],
  [/^explain: (?=\w+ \[)/, () => '--at '],
  [/^explain: byte /, () => '--at byte:'],
  [/\[before, after\]/, () => 'BEFORE:AFTER'],
  [
    /^solveShape: to find \w+, (.*) must be given too\.$/,
    (_, missing) =>
      `Too little is given. Give ${missing.split(' and ').map(flagOf).join(' and ')}.`,
  ],
  [
    /^solveShape: nothing is left out, .*$/,
    () => 'Every number is given, so there is nothing to find. Leave one out.',
  ],
  [/^solveShape: (\w+)(?= is )/, (_, number) => flagOf(number)],
]

/** The message with the flags of the user instead of the library's options. */
export const inFlagWords = (message: string): string =>
  rules.reduce((text, [pattern, words]) => text.replace(pattern, words), message)
