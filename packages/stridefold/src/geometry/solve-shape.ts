/**
 * Which extent, stride or padding gives this output? One number of an axis is left out and found,
 * in the words of a given system.
 *
 * Its trick is to have none: every value that could matter is put into the dialect's own formula
 * (dialects.ts), so the answer is complete and an impossible wish can name its nearest neighbours.
 */

import { OptionError } from '../errors.ts'
import { refuseUnknown, unknownName } from '../ndarray/known-names.ts'
import { optionsObject } from './check-options.ts'
import type { Dialect, DialectName, ShapePadding } from './dialects.ts'
import { dialects } from './dialects.ts'
import { paddingNames } from './padding.ts'
import { closestName, formatValue } from './format-value.ts'

/** One axis, with one number left out. */
export interface ShapeProblem {
  readonly input?: number
  readonly kernel?: number
  readonly stride?: number
  readonly dilation?: number
  /** Samples on both sides, `[before, after]`, or a name or mode of the dialect. */
  readonly padding?: ShapePadding
  readonly output?: number
}

export type ShapeUnknown = keyof ShapeProblem

export interface ShapeAnswer {
  readonly unknown: ShapeUnknown
  /** Every value that fits, smallest first; empty where none does. */
  readonly solutions: readonly ShapePadding[]
  /** Whether every value above the last solution fits as well. */
  readonly orMore: boolean
  /** The formula with its numbers, or why there is no solution. */
  readonly sentence: string
}

const unknowns: readonly ShapeUnknown[] = [
  'output',
  'input',
  'kernel',
  'padding',
  'stride',
  'dilation',
]
const MOST_TRIALS = 10_000_000

type Known = Required<Omit<ShapeProblem, 'output'>>

/**
 * The number that was left out, with all solutions or the sentence why there is none. Of several
 * left out the first of output, input, kernel, padding, stride, dilation is the unknown; the others
 * then are stride 1, dilation 1 and the dialect's usual padding (`'pytorch'` 0, `'tensorflow'`
 * valid, `'onnx-upper'`, `'onnx-lower'` and `'article2'` same, `'scipy'` and `'numpy'` full). A
 * stride on SciPy or NumPy keeps every s-th sample of the result.
 *
 * Throws `OptionError` for numbers that are no extents, or too few of them. Searches: meant for
 * people, not for inner loops.
 *
 * @example
 * solveShape({ input: 224, kernel: 7, stride: 2, output: 112 }, { dialect: 'pytorch' }).solutions // [3]
 */
export function solveShape(
  asked: ShapeProblem,
  options: { readonly dialect: DialectName },
): ShapeAnswer {
  const dialect = dialectOf(options)
  const problem = checkedNumbers(asked)
  const unknown = unknowns.find((name) => problem[name] === undefined)
  if (unknown === undefined) {
    throw new OptionError(
      'SHAPE_PROBLEM',
      'solveShape: nothing is left out, so nothing can be found. Leave out the number you ' +
        'look for.',
    )
  }
  const missing = (['input', 'kernel', 'output'] as const).filter(
    (name) => name !== unknown && problem[name] === undefined,
  )
  if (missing.length > 0) {
    throw new OptionError(
      'SHAPE_PROBLEM',
      `solveShape: to find ${unknown}, ${missing.join(' and ')} must be given too.`,
    )
  }
  const {
    input = 0,
    kernel = 1,
    stride = 1,
    dilation = 1,
    padding = dialect.usual,
    output = 0,
  } = problem
  const known: Known = { input, kernel, stride, dilation, padding }
  if (unknown === 'output') return foundOutput(dialect, known)
  const candidates =
    unknown === 'padding' ? paddings(dialect, known, output) : numbers(known, output)
  return search(dialect, known, unknown, candidates, output)
}

function dialectOf(options: { readonly dialect: DialectName }): Dialect {
  const given = optionsObject('solveShape', options)
  refuseUnknown('solveShape', given, new Set(['dialect']))
  const name: unknown = given.dialect
  const names = Object.keys(dialects)
  if (typeof name === 'string' && Object.hasOwn(dialects, name))
    return dialects[name as DialectName]
  const near = typeof name === 'string' ? closestName(name, names) : undefined
  throw new OptionError(
    'OPTION_INVALID',
    `solveShape: option 'dialect' is ${formatValue(name)}; it must be one of ` +
      `${names.join(', ')}${near ? `: did you mean ${formatValue(near)}?` : '.'}`,
  )
}

/** Every number, read once. */
function checkedNumbers(asked: ShapeProblem): ShapeProblem {
  const isInteger = (value: unknown): boolean => Number.isSafeInteger(value)
  const given = optionsObject('solveShape', asked)
  const other = unknownName(new Set(unknowns), given)
  if (other !== undefined) {
    throw new OptionError(
      'OPTION_UNKNOWN',
      `solveShape has no number ${formatValue(other)}. It takes ${unknowns.join(', ')}.`,
    )
  }
  const numbers: Record<string, unknown> = {}
  for (const name of unknowns) {
    const one = given[name]
    const value: unknown = Array.isArray(one) ? Array.from(one as readonly unknown[]) : one
    if (value === undefined) continue
    numbers[name] = value
    const pair = Array.isArray(value) && value.length === 2 && value.every(isInteger)
    const isName = paddingNames.some((known) => known === value)
    const fine =
      name === 'padding'
        ? isInteger(value) || pair || isName
        : isInteger(value) && (value as number) >= 1
    const needed =
      name === 'padding' ? 'a whole number, [before, after] or a name' : 'a whole number ≥ 1'
    if (!fine)
      throw new OptionError(
        'OPTION_INVALID',
        `solveShape: ${name} is ${formatValue(value)}; it must be ${needed}.`,
      )
  }
  return numbers
}

/** The output and the formula that gives it, or why there is none. */
function outputOf(dialect: Dialect, known: Known): { output: number; formula: string } | string {
  const places = dialect.places(known, known.padding)
  if (typeof places === 'string') return places
  if (places.count < 1) {
    const window = known.dilation * (known.kernel - 1) + 1
    return (
      `The window of ${window} samples does not fit: ${places.formula} = ${places.count} ` +
      'places.'
    )
  }
  const formula = known.stride === 1 ? places.formula : `⌈(${places.formula}) / ${known.stride}⌉`
  return { output: Math.ceil(places.count / known.stride), formula }
}

function foundOutput(dialect: Dialect, known: Known): ShapeAnswer {
  const found = outputOf(dialect, known)
  if (typeof found === 'string')
    return { unknown: 'output', solutions: [], orMore: false, sentence: found }
  return {
    unknown: 'output',
    solutions: [found.output],
    orMore: false,
    sentence: `output ${found.output} = ${found.formula}`,
  }
}

/**
 * All values up to one beyond which nothing changes: no formula needs more than all its other
 * numbers together.
 */
function numbers({ input, kernel, stride, dilation, padding }: Known, output: number): number[] {
  const padded =
    typeof padding === 'string'
      ? 0
      : [padding].flat().reduce((sum: number, side) => sum + 2 * Math.abs(side as number), 0)
  const most = (output + 1) * stride + input + dilation * kernel + padded + 2
  if (most > MOST_TRIALS)
    throw new OptionError(
      'SHAPE_PROBLEM',
      `solveShape: these numbers ask for ${most} trials; at most ${MOST_TRIALS} are made.`,
    )
  return Array.from({ length: most }, (_, index) => index + 1)
}

function paddings(dialect: Dialect, known: Known, output: number): ShapePadding[] {
  const { split } = dialect
  if (split === undefined) return [...dialect.names]
  return [0, ...numbers({ ...known, padding: 0 }, output)]
    .map(split)
    .filter((padding) => padding !== undefined)
}

function search(
  dialect: Dialect,
  known: Known,
  unknown: Exclude<ShapeUnknown, 'output'>,
  candidates: readonly ShapePadding[],
  output: number,
): ShapeAnswer {
  const solutions: ShapePadding[] = []
  let formula = ''
  let refusal = ''
  let below: { value: ShapePadding; output: number } | undefined
  let above: { value: ShapePadding; output: number } | undefined
  for (const value of candidates) {
    const found = outputOf(dialect, { ...known, [unknown]: value })
    if (typeof found === 'string') refusal ||= found
    else if (found.output === output) {
      formula ||= found.formula
      solutions.push(value)
    } else if (found.output < output && found.output > (below?.output ?? 0))
      below = { value, output: found.output }
    else if (found.output > output && found.output < (above?.output ?? Number.POSITIVE_INFINITY))
      above = { value, output: found.output }
  }
  if (solutions.length > 0) {
    const orMore = typeof candidates.at(-1) === 'number' && solutions.at(-1) === candidates.at(-1)
    return {
      unknown,
      solutions: orMore ? withoutTail(solutions) : solutions,
      orMore,
      sentence: `output ${output} = ${formula}`,
    }
  }
  const neighbours = [below, above].flatMap((near) =>
    near ? [`${unknown} ${formatValue(near.value)} gives ${near.output}`] : [],
  )
  const why = neighbours.length > 0 ? `: ${neighbours.join(', ')}.` : `. ${refusal}`
  return {
    unknown,
    solutions,
    orMore: false,
    sentence: `No ${unknown} gives output ${output}${why}`,
  }
}

/** The solutions up to the first of the unbroken run at their end. */
function withoutTail(solutions: readonly ShapePadding[]): ShapePadding[] {
  let last = solutions.length - 1
  while (last > 0 && Number(solutions[last - 1]) === Number(solutions[last]) - 1) last--
  return solutions.slice(0, last + 1)
}
