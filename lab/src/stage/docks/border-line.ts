/**
 * What each rule reads outside: the end of one line of the input, with a few places beyond it.
 */

import { type Border, borderSamples } from '../../model/border-samples.ts'
import type { Direction } from '../change-sizes.ts'
import type { Place, StageModel } from '../stage-model.ts'

export type Rule = Border
/** In the order of distance: a number, then samples at the end, then those of the other end. */
export const ruleNames = ['zero', 'constant', 'edge', 'symmetric', 'reflect', 'wrap'] as const
export type RuleName = (typeof ruleNames)[number]

export const nameOfRule = (rule: Rule): RuleName => (typeof rule === 'string' ? rule : 'constant')

/** The rule of a name. The constant stays the one that the problem has. */
export const ruleOf = (name: RuleName, now: readonly Rule[]): Rule =>
  name === 'constant' ? (now.find((rule) => typeof rule === 'object') ?? { constant: 1 }) : name

export interface BorderCell {
  readonly value: number
  readonly isOutside: boolean
}

const mostOutside = 2
const mostCells = 5

/** Where the line of the input under the middle of the window is: its row, or its column. */
export function middleAt(
  { input, before, stride, window }: StageModel,
  direction: Direction,
  place: Place,
): number {
  const other = direction === 'x' ? 'y' : 'x'
  const middle = place[other] * stride[other] - before[other] + ((window[other] - 1) >> 1)
  return Math.max(0, Math.min((other === 'y' ? input.height : input.width) - 1, middle))
}

export const lineAt = (
  { input: { width, height, data } }: StageModel,
  direction: Direction,
  at: number,
): readonly number[] =>
  direction === 'x'
    ? Array.from({ length: width }, (_, x) => data[at * width + x]!)
    : Array.from({ length: height }, (_, y) => data[y * width + at]!)

/** Where a place reads: the number of a sample, or undefined for the constant of the rule. */
export interface Source {
  readonly sample: number | undefined
  readonly isOutside: boolean
}

/**
 * A few places outside a line and the samples next to them. Places after the line are taken only if
 * there is no padding before it.
 */
export function sourcesOf(
  length: number,
  [before, after]: readonly [number, number],
  rule: Rule,
): readonly Source[] {
  const outside = Math.min(mostOutside, before || after)
  const samples = borderSamples(length, [outside, outside], rule)
  const count = Math.min(mostCells, length + outside)
  const first = before > 0 ? 0 : length + 2 * outside - count
  return Array.from({ length: count }, (_, i) => {
    const sample = samples[first + i]!
    return {
      sample: sample < 0 ? undefined : sample,
      isOutside: first + i < outside || first + i >= outside + length,
    }
  })
}

export const cellsOf = (
  sources: readonly Source[],
  line: readonly number[],
  rule: Rule,
): readonly BorderCell[] =>
  sources.map(({ sample, isOutside }) => ({
    value: sample === undefined ? (typeof rule === 'object' ? rule.constant : 0) : line[sample]!,
    isOutside,
  }))
