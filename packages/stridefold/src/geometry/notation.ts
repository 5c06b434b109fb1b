/**
 * One sentence names a problem: `2x64x56x56 * 128x64x3x3 s2 p1` is a layer, `3840x2160 * 3x3 same
 * reflect` a picture under a filter.
 *
 *   case    = extents "*" extents { token }                          blanks are free around "*", needed before a token
 *   extents = whole { "x" whole }                                    "×" for "x" is understood
 *   token   = ( "s" | "d" | "i" ) whole { "," whole }                stride, dilation, dilation of the input: for all axes, or one per axis
 *           | "p" sides { "," sides }                                padding; sides = integer [ ":" integer ], before and after
 *           | "same" | "same-lower" | "full" | "valid" | "causal"    padding by name (same: the rule of conv2d; in a picture that of convolve)
 *           | "g" whole                                              groups
 *           | border | "border=" border { "," border }               one for all axes, or one per axis
 *           | "flip" | "f64" | "f32"                                 convolution; the type of the sums
 *   border  = "zero" | "edge" | "reflect" | "symmetric" | "wrap" | "constant=" number
 *
 * Sides of three extents or more are layers: batch × channels × axes * filters × channels of a
 * group × axes. Sides of one or two extents have no batch and no channels: `9 * 3` means `1x1x9 *
 * 1x1x3`. A volume is written in full, `1x1x9x9x9 * 1x1x3x3x3`.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import type { Boundary } from './boundary.ts'
import { boundaryFrom } from './boundary.ts'
import type { ConvGeometry } from './geometry.ts'
import { makeGeometry } from './geometry.ts'
import type { PaddingName, Sides } from './padding.ts'
import { dilatedExtent, padding, paddingNames } from './padding.ts'
import { formatValue } from './format-value.ts'

export { formatCase } from './geometry.ts'

/** What the tokens of a case have said so far. */
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

/**
 * How one kind of token is recognised, what it says (undefined: malformed), and what a malformed
 * one should look like.
 */
interface TokenForm {
  readonly word: RegExp
  readonly says: keyof ParsedCase
  readonly read: (rest: string) => ParsedCase | undefined
  readonly expected: string
}

const borderWords = 'zero, edge, reflect, symmetric, wrap or constant=NUMBER'

const forms: readonly TokenForm[] = [
  ...paddingNames.map(
    (name): TokenForm => ({
      word: new RegExp(`^${name}$`),
      says: 'padding',
      read: () => ({ padding: name }),
      expected: name,
    }),
  ),
  { word: /^flip$/, says: 'flip', read: () => ({ flip: true }), expected: 'flip' },
  { word: /^f(?=\d)/, says: 'dtype', read: (rest) => floats[rest], expected: 'f32 or f64' },
  {
    word: /^border=/,
    says: 'boundary',
    read: (rest) => said('boundary', borders(rest)),
    expected: `border= and ${borderWords}, for all axes or one per axis`,
  },
  {
    word: /^(?=zero|edge|reflect|symmetric|wrap|constant)/,
    says: 'boundary',
    read: (word) => said('boundary', borders(word)),
    expected: borderWords,
  },
  {
    word: /^s(?=[-\d.])/,
    says: 'stride',
    read: (rest) => said('stride', parseIntegers(rest)),
    expected: 's and whole numbers ≥ 1, such as s2 or s2,1',
  },
  {
    word: /^d(?=[-\d.])/,
    says: 'dilation',
    read: (rest) => said('dilation', parseIntegers(rest)),
    expected: 'd and whole numbers ≥ 1, such as d2 or d2,1',
  },
  {
    word: /^i(?=[-\d.])/,
    says: 'inputDilation',
    read: (rest) => said('inputDilation', parseIntegers(rest)),
    expected: 'i and whole numbers ≥ 1, such as i2 or i2,1',
  },
  {
    word: /^g(?=[-\d.])/,
    says: 'groups',
    read: (rest) =>
      said('groups', parseIntegers(rest)?.length === 1 ? parseIntegers(rest)?.[0] : undefined),
    expected: 'g and a whole number ≥ 1, such as g4',
  },
  {
    word: /^p(?=[-\d.:])/,
    says: 'padding',
    read: (rest) => said('padding', sides(rest)),
    expected: 'p and whole numbers, such as p1, p1,2 or p1:2,0:3 (before:after of each axis)',
  },
]

const floats: Readonly<Record<string, ParsedCase>> = {
  32: { dtype: 'float32' },
  64: { dtype: 'float64' },
}

function said<Name extends keyof ParsedCase>(
  name: Name,
  value: ParsedCase[Name] | undefined,
): ParsedCase | undefined {
  return value === undefined ? undefined : { [name]: value }
}

/**
 * Reads a case; `formatCase` of the result is its canonical spelling. A window that fits nowhere
 * gives output 0 (see `checkedFit`).
 *
 * Throws `OptionError` (`CASE_INVALID`) saying at which character what was expected.
 *
 * @example
 * parseCase('2x64x56x56 * 128x64x3x3 s2 p1').axes[0].output // 28
 */
export function parseCase(text: string): ConvGeometry {
  const fail = (at: number, expected: string): never => {
    const found = text.slice(at).split(/\s/, 1)[0]
    const came = found ? formatValue(found) : 'the end'
    throw new OptionError(
      'CASE_INVALID',
      `case ${formatValue(text)}, character ${at + 1}: found ${came}, expected ${expected}.`,
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
  const picture = left.extents.length <= 2
  const rank = picture ? left.extents.length : left.extents.length - 2
  if (right.extents.length !== left.extents.length) {
    fail(right.start, `${left.extents.length} extents, as many as the input has`)
  }
  const [batch = 1, channels = 1, ...inputs] = picture ? [1, 1, ...left.extents] : left.extents
  const [filters = 1, channelsOfGroup = 1, ...kernels] = picture
    ? [1, 1, ...right.extents]
    : right.extents
  if (kernels.includes(0)) fail(right.start, 'kernel extents ≥ 1')

  const { groups = 1, ...tokens } = saidBy(text, right.end, rank, fail)
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
        ? padding(tokens.padding, padded, picture ? 'signal' : 'layer')
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

/** Everything the tokens say, lists stretched to one entry per axis. */
function saidBy(text: string, from: number, rank: number, fail: Fail): ParsedCase {
  let all: ParsedCase = {}
  if (from < text.length && !/\s/.test(text[from]!))
    fail(from, "'x' and another extent, or a blank and a token")
  for (const match of text.slice(from).matchAll(/\S+/g)) {
    const at = from + match.index
    const form =
      forms.find(({ word }) => word.test(match[0])) ??
      fail(
        at,
        `a token: s, d, i, p or g with numbers, ${paddingNames.join(', ')}, a border, flip, f64`,
      )
    const one = form.read(match[0].replace(form.word, '')) ?? fail(at, form.expected)
    if (form.says in all) fail(at, `${form.says} only once`)
    const list = one[form.says]
    if (!Array.isArray(list)) all = { ...all, ...one }
    else if (list.length === 1)
      all = { ...all, [form.says]: Array.from({ length: rank }, () => list[0]) }
    else if (list.length === rank) all = { ...all, ...one }
    else fail(at, `one value for all axes, or ${rank}: one per axis`)
  }
  return all
}

function parseIntegers(list: string): number[] | undefined {
  if (!/^\d+(?:,\d+)*$/.test(list)) return undefined
  const numbers = list.split(',').map(Number)
  return numbers.every((value) => Number.isSafeInteger(value) && value >= 1) ? numbers : undefined
}

function sides(list: string): Sides[] | undefined {
  if (!/^-?\d+(?::-?\d+)?(?:,-?\d+(?::-?\d+)?)*$/.test(list)) return undefined
  const pairs = list.split(',').map((entry): Sides => {
    const [before = 0, after = before] = entry.split(':').map(Number)
    return [before, after]
  })
  return pairs.flat().every(Number.isSafeInteger) ? pairs : undefined
}

function borders(list: string): Boundary[] | undefined {
  const found = list.split(',').map((word) => {
    const [name, value, more] = word.split('=')
    if (value === undefined) return boundaryFrom(name)
    const number = value === 'NaN' ? Number.NaN : Number(value)
    const readable =
      name === 'constant' &&
      more === undefined &&
      value !== '' &&
      (value === 'NaN' || !Number.isNaN(number))
    return readable ? boundaryFrom({ constant: number }) : undefined
  })
  const known = found.filter((border) => border !== undefined)
  return known.length === found.length ? known : undefined
}
