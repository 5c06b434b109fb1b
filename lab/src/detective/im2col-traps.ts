/**
 * Two slips with the window matrix of im2col, which the articles show too. The kernel row times the
 * matrix is right if every window is a column. Code that lists the windows row by row has the
 * transposed matrix. Without a transpose the product does not fit, unless there are as many windows
 * as weights; and a `reshape` in its place makes it fit with wrong numbers.
 */

import { im2col, ndarray } from 'stridefold/sync'
import { arrangementsOf, isReshaped, type Pastes, weightsOf } from './arrangements.ts'
import { plainEnding } from './endings.ts'
import type { Finding } from './finding.ts'
import { windowsOf } from './windows.ts'

const trapChanges = 2
const maxWindows = 8
/** A larger matrix would hold up the page. */
const maxCells = 2 ** 17
const closeness = 2 ** -20

export function trapFindings(pastes: Pastes): readonly Finding[] {
  const found: Finding[] = []
  for (const arrangement of arrangementsOf(pastes)) {
    const { x, k, y, groups, sharing } = arrangement
    const isPlain = [x, k, y].every((each) => !each.isTransposed && !isReshaped(each))
    if (!isPlain || groups > 1 || sharing !== 'own' || x.shape[0] !== 1) continue
    if ((y.values.length / y.shape[1]!) * (k.values.length / k.shape[0]!) > maxCells) continue
    const axes = k.shape.slice(2).map((kernel, a) => ({
      input: x.shape[a + 2]!,
      kernel,
      dilation: 1,
      output: y.shape[a + 2]!,
    }))
    for (const windows of windowsOf(axes).slice(0, maxWindows)) {
      const matrix = im2col(ndarray(x.values, x.shape), k.shape, {
        call: axes.length === 1 ? 'conv1d' : 'conv2d',
        padding: windows.axes.map(({ before, after }) => [before, after] as const),
        stride: windows.axes.map(({ stride }) => stride),
      }).data as Float64Array
      const { values: weights } = weightsOf(arrangement)
      const filters = y.shape[1]!
      if (!isEqual(withoutTranspose(matrix, weights, filters), y.values)) continue
      found.push({
        arrangement,
        orientation: 'as-is',
        dilations: axes.map(() => 1),
        boundary: 'zero',
        windows,
        ending: plainEnding,
        trap: weights.length === y.values.length ? 'rows' : 'reshaped',
        changes: arrangement.changes + windows.changes + trapChanges,
      })
    }
  }
  return found
}

/** The kernel rows times the matrix whose numbers lie window by window. */
export function withoutTranspose(
  matrix: ArrayLike<number>,
  weights: ArrayLike<number>,
  filters: number,
): Float64Array {
  const taps = weights.length / filters
  const windows = matrix.length / taps
  const listed = (i: number): number => matrix[(i % taps) * windows + Math.floor(i / taps)]!
  return Float64Array.from({ length: filters * windows }, (_, place) => {
    const [filter, column] = [Math.floor(place / windows), place % windows]
    let sum = 0
    for (let tap = 0; tap < taps; tap++)
      sum += weights[filter * taps + tap]! * listed(tap * windows + column)
    return sum
  })
}

function isEqual(sums: Float64Array, outputs: Float64Array): boolean {
  const greatest = outputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return (
    sums.length === outputs.length &&
    sums.every((sum, i) => Math.abs(sum - outputs[i]!) <= closeness * greatest)
  )
}
