/**
 * The same data under the four ways to pad: a scene for each, and where one window is in all of
 * them.
 *
 * Its trick: a window is named by the sample its first weight stands on, which no padding changes;
 * so one window is found in every mode.
 */

import { type ConvGeometry, formatCase, parseCase } from 'stridefold/sync'
import { problemWith } from '../state/link.ts'
import { type LabState, type ModeName, modeNames } from '../state/state.ts'
import type { ViewModel } from './view-model.ts'
import { viewModelOf } from './view-model.ts'

export interface ModeResult {
  readonly name: ModeName
  /** The problem in case notation, padded as the mode has it. */
  readonly problem: string
  /** Undefined where the mode has no output, or more than the lab draws. */
  readonly viewModel: ViewModel | undefined
  readonly fault: string | undefined
}

const caseWithoutPadding = (g: ConvGeometry, stride: (stride: number) => number): string =>
  formatCase({
    ...g,
    axes: g.axes.map((axis) => ({ ...axis, stride: stride(axis.stride), before: 0, after: 0 })),
  })

/**
 * SAME of signals does not look at the stride: its sides are those of stride 1. That of layers pads
 * what ⌈n/s⌉ outputs need.
 */
export function withMode(g: ConvGeometry, name: ModeName): ConvGeometry {
  if (name !== 'same-signal')
    return parseCase(`${caseWithoutPadding(g, (stride) => stride)} ${name}`)
  const sides = parseCase(`${caseWithoutPadding(g, () => 1)} same`).axes
  const axes = g.axes.map((axis, a) => ({
    ...axis,
    before: sides[a]!.before,
    after: sides[a]!.after,
  }))
  return parseCase(formatCase({ ...g, axes }))
}

export function modeResults(
  g: ConvGeometry,
  numbers: Pick<LabState, 'input' | 'kernel' | 'bias'>,
): readonly ModeResult[] {
  return modeNames.map((name) => {
    const problem = formatCase(withMode(g, name))
    const fault = problemWith(problem)
    return {
      name,
      problem,
      fault,
      viewModel: fault === undefined ? viewModelOf({ ...numbers, problem }) : undefined,
    }
  })
}

/** [batch item, filter, ...sample of the first weight] of an output's window. */
export function windowOf(
  { axes }: ConvGeometry,
  [n = 0, f = 0, ...at]: readonly number[],
): readonly number[] {
  return [n, f, ...at.map((o, a) => o * axes[a]!.stride - axes[a]!.before)]
}

/** The output whose window this is, or undefined where the geometry does not stop there. */
export function outputAt(
  { axes }: ConvGeometry,
  [n = 0, f = 0, ...window]: readonly number[],
): readonly number[] | undefined {
  const at = window.map((first, a) => (first + axes[a]!.before) / axes[a]!.stride)
  return at.every((o, a) => Number.isInteger(o) && o >= 0 && o < axes[a]!.output)
    ? [n, f, ...at]
    : undefined
}
