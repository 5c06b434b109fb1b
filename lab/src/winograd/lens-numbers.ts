/** The tile and the kernel of the lab's own problem, where that has kernels of 3×3. */

import { parseCase } from 'stridefold/sync'
import type { ProblemNumbers } from '../model/arrays.ts'
import { arrayOf } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { inputRange } from '../model/plain-values.ts'
import { valuesOf, weightsOf } from '../model/values-of.ts'
import { inputShape, kernelShape } from '../state/resized.ts'
import { largestTile, taps, usualSettings, type WinogradSettings } from './settings.ts'

/** Whether the problem moves one kernel of 3×3 over one plane, by one place at a time. */
export function hasTiles(problem: string): boolean {
  const g = parseCase(problem)
  return (
    g.axes.length === 2 &&
    g.batch * g.channels * g.filters === 1 &&
    g.axes.every(
      ({ kernel, stride, dilation, inputDilation, before, after }) =>
        kernel === taps && stride * dilation * inputDilation === 1 && before >= 0 && after >= 0,
    )
  )
}

/**
 * The tile whose first output is at a place, moved inside the padded input, and the kernel as it
 * multiplies. What a small input does not have stays as usual.
 */
export function lensNumbers(
  numbers: ProblemNumbers,
  place: readonly [row: number, column: number],
): Pick<WinogradSettings, 'd' | 'g'> {
  const g = { ...parseCase(numbers.problem), dtype: 'float64' as const }
  const samples = valuesOf(numbers.input, inputShape(g), inputRange)
  const { shape, data } = paddedInput(g, arrayOf(samples, inputShape(g), g)).array
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  const [top, left] = [rows, columns].map((extent, axis) =>
    Math.max(0, Math.min(place[axis]!, extent - largestTile)),
  )
  const d = usualSettings.d.map((usual, i) => {
    const [row, column] = [top! + Math.floor(i / largestTile), left! + (i % largestTile)]
    return row < rows && column < columns ? data[row * columns + column]! : usual
  })
  const weights = Array.from(weightsOf(numbers, kernelShape(g)))
  return { d, g: g.flip ? weights.reverse() : weights }
}
