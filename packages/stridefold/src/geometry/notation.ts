/**
 * How does one line of text describe a problem? `2x64x56x56 * 128x64x3x3 s2 p1` is a layer,
 * `3840x2160 * 3x3 same reflect` is a filter on an image.
 *
 *   case    = extents "*" extents { token }         blanks: optional around "*", needed before a
 *                                                   token
 *   extents = whole { "x" whole }                   "×" may stand for "x"
 *   token   = ( "s" | "d" | "i" ) whole { "," whole }
 *                                                   stride, dilation, input dilation: one for all
 *                                                   axes, or one per axis
 *           | "p" sides { "," sides }               padding, likewise
 *           | "same" | "same-lower" | "full" | "valid" | "causal"
 *                                                   padding by name; "same" is that of conv2d, for
 *                                                   one or two extents that of convolve
 *           | "g" whole                             groups
 *           | border | "border=" border { "," border }
 *                                                   one for all axes, or one per axis
 *           | "flip" | "f64" | "f32"                convolution; the type of the sums
 *   sides   = integer [ ":" integer ]               both sides, or before and after
 *   border  = "zero" | "edge" | "reflect" | "symmetric" | "wrap" | "constant=" number
 *
 * Three or more extents on each side of the "*" are a layer: batch × channels × axes * filters ×
 * channels of a group × axes. One or two extents have no batch and no channels: `9 * 3` means
 * `1x1x9 * 1x1x3`. A volume therefore needs all its extents, `1x1x9x9x9 * 1x1x3x3x3`.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import type { Boundary } from './boundary.ts'
import { boundaryFrom } from './boundary.ts'
import { formatValue } from './format-value.ts'
import type { ConvGeometry } from './geometry.ts'
import { makeGeometry } from './geometry.ts'
import type { PaddingName, Sides } from './padding.ts'
import { dilatedExtent, padding, paddingNames } from './padding.ts'

export { formatCase } from './geometry.ts'

/** The values that the tokens of a case set. */
interface ParsedCase {
  stride?: readonly number[]
  dilation?: readonly number[]
  inputDilation?: readonly number[]
  padding?: PaddingName | readonly Sides[]
  groups?: number
  boundary?: readonly Boundary[]
  flip?: boolean
  dtype?: ComputeDType
}

/** One kind of token. */
interface TokenKind {
  /** Matches the beginning of such a token. */
  readonly prefix: RegExp
  readonly sets: keyof ParsedCase
  /** Reads the text after the prefix; undefined if it is malformed. */
  readonly read: (text: string) => ParsedCase | undefined
  /** A correct token in words, for the error message. */
  readonly expected: string
}

const borderSyntax = 'zero, edge, reflect, symmetric, wrap or constant=NUMBER'

const tokenKinds: readonly TokenKind[] = [
  ...paddingNames.map(
    (name): TokenKind => ({
      prefix: new RegExp(`^${name}$`),
      sets: 'padding',
      read: () => ({ padding: name }),
      expected: name,
    }),
  ),
  { prefix: /^flip$/, sets: 'flip', read: () => ({ flip: true }), expected: 'flip' },
  { prefix: /^f(?=\d)/, sets: 'dtype', read: (bits) => floats[bits], expected: 'f32 or f64' },
  {
    prefix: /^border=/,
    sets: 'boundary',
    read: (list) => caseWith('boundary', parseBorders(list)),
    expected: `border= and ${borderSyntax}, for all axes or one per axis`,
  },
  {
    prefix: /^(?=zero|edge|reflect|symmetric|wrap|constant)/,
    sets: 'boundary',
    read: (list) => caseWith('boundary', parseBorders(list)),
    expected: borderSyntax,
  },
  {
    prefix: /^s(?=[-\d.])/,
    sets: 'stride',
    read: (list) => caseWith('stride', parseIntegers(list)),
    expected: 's and whole numbers ≥ 1, such as s2 or s2,1',
  },
  {
    prefix: /^d(?=[-\d.])/,
    sets: 'dilation',
    read: (list) => caseWith('dilation', parseIntegers(list)),
    expected: 'd and whole numbers ≥ 1, such as d2 or d2,1',
  },
  {
    prefix: /^i(?=[-\d.])/,
    sets: 'inputDilation',
    read: (list) => caseWith('inputDilation', parseIntegers(list)),
    expected: 'i and whole numbers ≥ 1, such as i2 or i2,1',
  },
  {
    prefix: /^g(?=[-\d.])/,
    sets: 'groups',
    read: (text) => {
      const numbers = parseIntegers(text)
      return caseWith('groups', numbers?.length === 1 ? numbers[0] : undefined)
    },
    expected: 'g and a whole number ≥ 1, such as g4',
  },
  {
    prefix: /^p(?=[-\d.:])/,
    sets: 'padding',
    read: (list) => caseWith('padding', parseSides(list)),
    expected: 'p and whole numbers, such as p1, p1,2 or p1:2,0:3 (before:after of each axis)',
  },
]

const floats: Readonly<Record<string, ParsedCase>> = {
  32: { dtype: 'float32' },
  64: { dtype: 'float64' },
}

function caseWith<Name extends keyof ParsedCase>(
  name: Name,
  value: ParsedCase[Name] | undefined,
): ParsedCase | undefined {
  return value === undefined ? undefined : { [name]: value }
}

/**
 * Returns the geometry of a case, a problem as one line of text. `formatCase` of the result is the
 * canonical spelling. If the window does not fit an axis, its output is 0; `checkedFit` throws for
 * it.
 *
 * - `text`: a case, such as `'9x9 * 3x3 same'`; docs/notation.md has the grammar.
 *
 * Throws `OptionError` (`CASE_INVALID`) with the position of the first wrong character and the text
 * that is expected there, and `GEOMETRY_TOO_LARGE` for positions above 2⁵³. The cost grows with the
 * length of the text.
 *
 * @example
 * parseCase('2x64x56x56 * 128x64x3x3 s2 p1').axes[0].output // 28
 */
export function parseCase(text: string): ConvGeometry {
  const fail = (at: number, expected: string): never => {
    const word = text.slice(at).split(/\s/, 1)[0]
    const found = word ? formatValue(word) : 'the end'
    throw new OptionError(
      'CASE_INVALID',
      `case ${formatValue(text)}, character ${at + 1}: found ${found}, expected ${expected}.`,
    )
  }
  const left = extentsAt(text, 0, fail)
  const star = skipBlanks(text, left.end)
  if (text[star] !== '*')
    fail(
      star,
      left.extents.length === 0 ? 'extents such as 1x3x32x32' : "'*' between input and kernel",
    )
  const right = extentsAt(text, star + 1, fail)
  const isSignal = left.extents.length <= 2
  const rank = isSignal ? left.extents.length : left.extents.length - 2
  if (right.extents.length !== left.extents.length) {
    fail(right.start, `${left.extents.length} extents, as many as the input has`)
  }
  const [batch = 1, channels = 1, ...inputs] = isSignal ? [1, 1, ...left.extents] : left.extents
  const [filters = 1, channelsOfGroup = 1, ...kernels] = isSignal
    ? [1, 1, ...right.extents]
    : right.extents
  if (kernels.includes(0)) fail(right.start, 'kernel extents ≥ 1')

  const { groups = 1, ...tokens } = parseTokens(text, right.end, rank, fail)
  if (channels !== channelsOfGroup * groups) {
    const inferred =
      channels % Math.max(channelsOfGroup, 1) === 0
        ? `, or groups g${channels / Math.max(channelsOfGroup, 1)}`
        : ''
    const volume =
      rank === 1
        ? `; a volume is written 1x1x${left.extents.join('x')} * 1x1x${right.extents.join('x')}`
        : ''
    fail(
      right.start,
      `filters × ${channels / groups} channels (${channels} in ${groups} ` +
        `group${groups > 1 ? 's' : ''})${inferred}${volume}`,
    )
  }
  if (filters % groups !== 0) fail(right.start, `filters that ${groups} groups can share evenly`)
  const axes = inputs.map((input, a) => {
    const kernel = kernels[a]!
    const [stride, dilation, inputDilation] = [
      tokens.stride,
      tokens.dilation,
      tokens.inputDilation,
    ].map((list) => list?.[a] ?? 1) as [number, number, number]
    const padded = { input: dilatedExtent(input, inputDilation), kernel, stride, dilation }
    const named =
      typeof tokens.padding === 'string'
        ? padding(tokens.padding, padded, isSignal ? 'signal' : 'layer')
        : tokens.padding?.[a]
    const [before, after] = named ?? [0, 0]
    return { input, kernel, stride, dilation, inputDilation, before, after }
  })
  const { boundary = 'zero', flip = false, dtype = 'float32' } = tokens
  return makeGeometry({ batch, groups, channels, filters, axes, boundary, flip, dtype })
}

type Fail = (at: number, expected: string) => never

function skipBlanks(text: string, from: number): number {
  return from + text.slice(from).search(/\S|$/)
}

function extentsAt(
  text: string,
  from: number,
  fail: Fail,
): { extents: number[]; start: number; end: number } {
  const start = skipBlanks(text, from)
  const word =
    /^\d+(?:[xX×]\d+)*/.exec(text.slice(start))?.[0] ?? fail(start, 'extents such as 1x3x32x32')
  const extents = word.split(/[xX×]/).map(Number)
  if (!extents.every(Number.isSafeInteger)) fail(start, 'extents that a double holds exactly')
  return { extents, start, end: start + word.length }
}

/** The values of all tokens. A list with one entry becomes a list with one entry per axis. */
function parseTokens(text: string, from: number, rank: number, fail: Fail): ParsedCase {
  let parsed: ParsedCase = {}
  if (from < text.length && !/\s/.test(text[from]!))
    fail(from, "'x' and another extent, or a blank and a token")
  for (const match of text.slice(from).matchAll(/\S+/g)) {
    const at = from + match.index
    const kind =
      tokenKinds.find(({ prefix }) => prefix.test(match[0])) ??
      fail(
        at,
        `a token: s, d, i, p or g with numbers, ${paddingNames.join(', ')}, a border, flip, f64`,
      )
    const token = kind.read(match[0].replace(kind.prefix, '')) ?? fail(at, kind.expected)
    if (kind.sets in parsed) fail(at, `${kind.sets} only once`)
    const list = token[kind.sets]
    if (!Array.isArray(list)) parsed = { ...parsed, ...token }
    else if (list.length === 1)
      parsed = { ...parsed, [kind.sets]: Array.from({ length: rank }, () => list[0]) }
    else if (list.length === rank) parsed = { ...parsed, ...token }
    else fail(at, `one value for all axes, or ${rank}: one per axis`)
  }
  return parsed
}

function parseIntegers(list: string): number[] | undefined {
  if (!/^\d+(?:,\d+)*$/.test(list)) return undefined
  const numbers = list.split(',').map(Number)
  return numbers.every((value) => Number.isSafeInteger(value) && value >= 1) ? numbers : undefined
}

function parseSides(list: string): Sides[] | undefined {
  if (!/^-?\d+(?::-?\d+)?(?:,-?\d+(?::-?\d+)?)*$/.test(list)) return undefined
  const pairs = list.split(',').map((entry): Sides => {
    const [before = 0, after = before] = entry.split(':').map(Number)
    return [before, after]
  })
  return pairs.flat().every(Number.isSafeInteger) ? pairs : undefined
}

function parseBorders(list: string): Boundary[] | undefined {
  const parsed = list.split(',').map((entry) => {
    const [name, value, more] = entry.split('=')
    if (value === undefined) return boundaryFrom(name)
    const number = value === 'NaN' ? Number.NaN : Number(value)
    const isConstant =
      name === 'constant' &&
      more === undefined &&
      value !== '' &&
      (value === 'NaN' || !Number.isNaN(number))
    return isConstant ? boundaryFrom({ constant: number }) : undefined
  })
  const borders = parsed.filter((border) => border !== undefined)
  return borders.length === parsed.length ? borders : undefined
}
