/**
 * Which results do SciPy and PyTorch give for small problems, and how much may a direct sum differ?
 * The script scripts/fixtures.py writes the results.
 *
 * The numbers are decimals without loss of digits. A float64 sum differs from them only by the
 * rounding errors of the operands, of each product and of each addition.
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

/** The name of a fixture in a test report. */
export function fixtureName({ source, call, inputShape, kernelShape, options }: Fixture): string {
  return (
    `${source}: ${call} ${inputShape.join('×')} * ${kernelShape.join('×')} ` +
    `${JSON.stringify(options)}`
  )
}

/** The largest rounding error of a direct float64 sum. */
export function roundingBound(
  { input, kernel, output, options }: Fixture,
  g: ConvGeometry,
): number {
  const taps = (g.channels / g.groups) * g.axes.reduce((n, axis) => n * axis.kernel, 1)
  const border = Math.abs((options.boundary as { constant?: number } | undefined)?.constant ?? 0)
  const maxSample = Math.max(border, ...input.map(Math.abs))
  const weightSum = kernel.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return epsilon.float64 * ((taps + 4) * maxSample * weightSum + Math.max(...output.map(Math.abs)))
}

/** The largest absolute difference. NaN if any difference is NaN. */
export function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)))
}
