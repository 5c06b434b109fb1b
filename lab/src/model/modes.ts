/**
 * The same data in the four padding modes: a view model for each, and the same window in all of
 * them.
 *
 * A window is identified by the sample under its first weight. Padding does not change that sample,
 * so the window can be found in every mode.
 */

import { type ConvGeometry, formatCase } from 'stridefold/sync'
import { type LabState, type ModeName, modeNames } from '../state/state.ts'
import { problemWith } from '../state/valid.ts'
import { withMode } from './mode-geometry.ts'
import { modelIn } from './models.ts'
import type { ViewModel } from './view-model.ts'

export interface ModeResult {
  readonly name: ModeName
  /** The problem in case notation, with the padding of the mode. */
  readonly problem: string
  /**
   * Undefined if the mode has no output, or more elements than the lab draws (see `fault`), or
   * while it is computed.
   */
  readonly viewModel: ViewModel | undefined
  readonly fault: string | undefined
}

/** `given`: the view model of the problem itself, which is that of one of the modes. */
export function modeResults(
  given: ViewModel,
  numbers: Pick<LabState, 'input' | 'kernel' | 'divisor' | 'bias'>,
): readonly ModeResult[] {
  return modeNames.map((name) => {
    const problem = formatCase(withMode(given.geometry, name))
    const fault = problemWith(problem)
    return {
      name,
      problem,
      fault,
      viewModel:
        fault !== undefined
          ? undefined
          : problem === given.geometry.key
            ? given
            : modelIn(`mode ${name}`, { ...numbers, problem }).value,
    }
  })
}

/** The window of an output: [batch item, filter, ...sample of the first weight]. */
export function windowOf(
  { axes }: ConvGeometry,
  [n = 0, f = 0, ...at]: readonly number[],
): readonly number[] {
  return [n, f, ...at.map((o, a) => o * axes[a]!.stride - axes[a]!.before)]
}

/** The output of a window; undefined if the geometry has no such window. */
export function outputAt(
  { axes }: ConvGeometry,
  [n = 0, f = 0, ...window]: readonly number[],
): readonly number[] | undefined {
  const at = window.map((first, a) => (first + axes[a]!.before) / axes[a]!.stride)
  return at.every((o, a) => Number.isInteger(o) && o >= 0 && o < axes[a]!.output)
    ? [n, f, ...at]
    : undefined
}
