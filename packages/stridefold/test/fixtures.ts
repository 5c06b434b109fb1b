/**
 * Answers of SciPy and PyTorch to small problems (scripts/fixtures.py), and how close a direct sum
 * must come to them.
 *
 * Their numbers are decimals written down exactly, so all that separates a float64 sum from them is
 * rounding: of the operands, of each product, of each addition.
 */

import type { ConvGeometry } from '../src/geometry/geometry.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import scipy from './fixtures/scipy.json' with { type: 'json' }
import torch from './fixtures/torch.json' with { type: 'json' }

export interface Fixture {
  readonly source: string
  readonly call: string
  readonly inputShape: readonly number[]
  readonly kernelShape: readonly number[]
  readonly options: Readonly<Record<string, unknown>>
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly bias?: readonly number[]
  readonly outputShape: readonly number[]
  readonly output: readonly number[]
}

export const fixtures: readonly Fixture[] = [...scipy.entries, ...torch.entries]

/** A line that names a fixture in a test report. */
export function fixtureName({ source, call, inputShape, kernelShape, options }: Fixture): string {
  return (
    `${source}: ${call} ${inputShape.join('×')} * ${kernelShape.join('×')} ` +
    `${JSON.stringify(options)}`
  )
}

/** The largest difference that rounding can make in a direct float64 sum. */
export function roundingBound(
  { input, kernel, output, options }: Fixture,
  g: ConvGeometry,
): number {
  const taps = (g.channels / g.groups) * g.axes.reduce((n, axis) => n * axis.kernel, 1)
  const border = Math.abs((options.boundary as { constant?: number } | undefined)?.constant ?? 0)
  const largest = Math.max(border, ...input.map(Math.abs))
  const weights = kernel.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return epsilon.float64 * ((taps + 4) * largest * weights + Math.max(...output.map(Math.abs)))
}

/** The largest absolute difference; NaN where one of them is NaN. */
export function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)))
}
