/**
 * Which extent, stride or padding gives this output? The caller leaves one number of an axis out;
 * the solver finds it, by the convention of a given system.
 *
 * It solves no equation. It tries every value that could matter in the formula of the convention
 * (conventions.ts). The answer is therefore complete. If there is no solution, the message names
 * the values that come closest.
 */

import { OptionError } from '../errors.ts'
import { rejectUnknown, unknownName } from '../ndarray/known-names.ts'
import { optionsObject } from './check-options.ts'
import type { Convention, ConventionName, ShapePadding } from './conventions.ts'
import { conventions } from './conventions.ts'
import { closestName, formatValue } from './format-value.ts'
import { paddingNames } from './padding.ts'

/** One axis as numbers, with one of them left out: the one to find. */
export interface ShapeProblem {
  /** Samples of the input, ≥ 1. If left out, it is the unknown. */
  readonly input?: number
  /** Weights of the kernel, ≥ 1. If left out, it is the unknown. */
  readonly kernel?: number
  /**
   * Step from one output to the next, in samples, ≥ 1. If left out, it is 1, or the unknown if all
   * others are given.
   */
  readonly stride?: number
  /**
   * Distance between neighbouring weights, in samples, ≥ 1. If left out, it is 1, or the unknown if
   * all others are given.
   */
  readonly dilation?: number
  /**
   * Samples to add on both sides, `[before, after]`, or the name of a padding in the system. If
   * left out, it has the system's default, or is the unknown if input, kernel and output are given.
   */
  readonly padding?: ShapePadding
  /** Samples of the output, ≥ 1. If left out, it is the unknown. */
  readonly output?: number
}

/** The name of a number that can be left out. */
export type ShapeUnknown = keyof ShapeProblem

/** The answer of `solveShape`: all values that fit, and the formula. */
export interface ShapeAnswer {
  /** The number that was left out. */
  readonly unknown: ShapeUnknown
  /** All values that fit, smallest first; empty if none fits. */
  readonly solutions: readonly ShapePadding[]
  /** Whether every value above the last solution fits as well. */
  readonly orMore: boolean
  /** The formula with its numbers, or the reason why there is no solution. */
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
const maxTrials = 10_000_000

type AxisNumbers = Required<Omit<ShapeProblem, 'output'>>

/**
 * Returns all values of the number that is left out of `problem`, or the reason why there is none.
 * Use it to find the padding, the stride or the input that gives an output.
 *
 * - `problem`: the numbers of one axis, in samples. If several are left out, the unknown is the
 *   first of output, input, kernel, padding, stride and dilation. The others then have their
 *   defaults: stride 1, dilation 1 and the system's default padding.
 * - `options.dialect`: the system whose rules apply. Default paddings: `'pytorch'` 0,
 *   `'tensorflow'` valid, `'onnx-upper'`, `'onnx-lower'` and `'article2'` same, `'scipy'` and
 *   `'numpy'` full. With SciPy and NumPy, a stride s keeps every s-th sample of the result.
 *
 * Throws `OptionError` for values that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), and if
 * too few numbers are given, or none is left out (`SHAPE_PROBLEM`). Searches among up to 10⁷
 * values: meant for interactive use, not for inner loops.
 *
 * @example
 * solveShape({ input: 224, kernel: 7, stride: 2, output: 112 }, { dialect: 'pytorch' }).solutions
 * // [3]
 */
export function solveShape(
  problem: ShapeProblem,
  options: {
    /** The system whose rules apply: `'pytorch'`, `'tensorflow'`, `'numpy'` or another. */
    readonly dialect: ConventionName
  },
): ShapeAnswer {
  const convention = conventionOf(options)
  const numbers = validateNumbers(problem)
  const unknown = unknowns.find((name) => numbers[name] === undefined)
  if (unknown === undefined) {
    throw new OptionError(
      'SHAPE_PROBLEM',
      'solveShape: nothing is left out, so there is nothing to find. Leave one number out.',
    )
  }
  const missing = (['input', 'kernel', 'output'] as const).filter(
    (name) => name !== unknown && numbers[name] === undefined,
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
    padding = convention.defaultPadding,
    output = 0,
  } = numbers
  const axis: AxisNumbers = { input, kernel, stride, dilation, padding }
  if (unknown === 'output') return solveOutput(convention, axis)
  const candidates =
    unknown === 'padding'
      ? candidatePaddings(convention, axis, output)
      : candidateNumbers(axis, output)
  return search(convention, axis, unknown, candidates, output)
}

function conventionOf(options: { readonly dialect: ConventionName }): Convention {
  const source = optionsObject('solveShape', options)
  rejectUnknown('solveShape', source, new Set(['dialect']))
  const name: unknown = source.dialect
  const names = Object.keys(conventions)
  if (typeof name === 'string' && Object.hasOwn(conventions, name))
    return conventions[name as ConventionName]
  const suggestion = typeof name === 'string' ? closestName(name, names) : undefined
  throw new OptionError(
    'OPTION_INVALID',
    `solveShape: option 'dialect' is ${formatValue(name)}; it must be one of ` +
      `${names.join(', ')}${suggestion ? `: did you mean ${formatValue(suggestion)}?` : '.'}`,
  )
}

/** Checks the numbers; reads each of them once. */
function validateNumbers(problem: ShapeProblem): ShapeProblem {
  const isInteger = (value: unknown): boolean => Number.isSafeInteger(value)
  const source = optionsObject('solveShape', problem)
  const unknown = unknownName(new Set(unknowns), source)
  if (unknown !== undefined) {
    throw new OptionError(
      'OPTION_UNKNOWN',
      `solveShape has no number ${formatValue(unknown)}. It takes ${unknowns.join(', ')}.`,
    )
  }
  const numbers: Record<string, unknown> = {}
  for (const name of unknowns) {
    const raw = source[name]
    const value: unknown = Array.isArray(raw) ? Array.from(raw as readonly unknown[]) : raw
    if (value === undefined) continue
    numbers[name] = value
    const isPair = Array.isArray(value) && value.length === 2 && value.every(isInteger)
    const isName = paddingNames.some((paddingName) => paddingName === value)
    const isValid =
      name === 'padding'
        ? isInteger(value) || isPair || isName
        : isInteger(value) && (value as number) >= 1
    const needed =
      name === 'padding' ? 'a whole number, [before, after] or a name' : 'a whole number ≥ 1'
    if (!isValid)
      throw new OptionError(
        'OPTION_INVALID',
        `solveShape: ${name} is ${formatValue(value)}; it must be ${needed}.`,
      )
  }
  return numbers
}

/** The output and its formula, or the reason why there is no output. */
function outputOf(
  convention: Convention,
  axis: AxisNumbers,
): { output: number; formula: string } | string {
  const positions = convention.positions(axis, axis.padding)
  if (typeof positions === 'string') return positions
  if (positions.count < 1) {
    const window = axis.dilation * (axis.kernel - 1) + 1
    return (
      `The window of ${window} samples does not fit: ${positions.formula} = ${positions.count} ` +
      'positions.'
    )
  }
  const formula =
    axis.stride === 1 ? positions.formula : `⌈(${positions.formula}) / ${axis.stride}⌉`
  return { output: Math.ceil(positions.count / axis.stride), formula }
}

function solveOutput(convention: Convention, axis: AxisNumbers): ShapeAnswer {
  const result = outputOf(convention, axis)
  if (typeof result === 'string')
    return { unknown: 'output', solutions: [], orMore: false, sentence: result }
  return {
    unknown: 'output',
    solutions: [result.output],
    orMore: false,
    sentence: `output ${result.output} = ${result.formula}`,
  }
}

/**
 * All numbers that could matter. Above the last one the output no longer changes: no formula needs
 * more than the sum of its other numbers.
 */
function candidateNumbers(
  { input, kernel, stride, dilation, padding }: AxisNumbers,
  output: number,
): number[] {
  const padded =
    typeof padding === 'string'
      ? 0
      : [padding].flat().reduce((sum: number, side) => sum + 2 * Math.abs(side as number), 0)
  const max = (output + 1) * stride + input + dilation * kernel + padded + 2
  if (max > maxTrials)
    throw new OptionError(
      'SHAPE_PROBLEM',
      `solveShape: these numbers need ${max} trials, but at most ${maxTrials} are possible. Use ` +
        'smaller numbers.',
    )
  return Array.from({ length: max }, (_, index) => index + 1)
}

function candidatePaddings(
  convention: Convention,
  axis: AxisNumbers,
  output: number,
): ShapePadding[] {
  const { split } = convention
  if (split === undefined) return [...convention.names]
  return [0, ...candidateNumbers({ ...axis, padding: 0 }, output)]
    .map(split)
    .filter((padding) => padding !== undefined)
}

/** Tries all candidates. Without a solution, names the closest outputs below and above. */
function search(
  convention: Convention,
  axis: AxisNumbers,
  unknown: Exclude<ShapeUnknown, 'output'>,
  candidates: readonly ShapePadding[],
  output: number,
): ShapeAnswer {
  const solutions: ShapePadding[] = []
  let formula = ''
  let failure = ''
  let below: { value: ShapePadding; output: number } | undefined
  let above: { value: ShapePadding; output: number } | undefined
  for (const value of candidates) {
    const result = outputOf(convention, { ...axis, [unknown]: value })
    if (typeof result === 'string') failure ||= result
    else if (result.output === output) {
      formula ||= result.formula
      solutions.push(value)
    } else if (result.output < output && result.output > (below?.output ?? 0))
      below = { value, output: result.output }
    else if (result.output > output && result.output < (above?.output ?? Number.POSITIVE_INFINITY))
      above = { value, output: result.output }
  }
  if (solutions.length > 0) {
    const orMore = typeof candidates.at(-1) === 'number' && solutions.at(-1) === candidates.at(-1)
    return {
      unknown,
      solutions: orMore ? withoutFinalRun(solutions) : solutions,
      orMore,
      sentence: `output ${output} = ${formula}`,
    }
  }
  const neighbours = [below, above].flatMap((neighbour) =>
    neighbour ? [`${unknown} ${formatValue(neighbour.value)} gives ${neighbour.output}`] : [],
  )
  const reason = neighbours.length > 0 ? `: ${neighbours.join(', ')}.` : `. ${failure}`
  return {
    unknown,
    solutions,
    orMore: false,
    sentence: `No ${unknown} gives output ${output}${reason}`,
  }
}

/** The solutions up to the first number of the run of consecutive numbers at their end. */
function withoutFinalRun(solutions: readonly ShapePadding[]): ShapePadding[] {
  let last = solutions.length - 1
  while (last > 0 && Number(solutions[last - 1]) === Number(solutions[last]) - 1) last--
  return solutions.slice(0, last + 1)
}
