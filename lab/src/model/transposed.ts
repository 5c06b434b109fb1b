/**
 * The transposed matrix applied to the output. A transposed layer with the same geometry computes
 * this.
 *
 * The library's `convInputGradient` computes the numbers. With input dilation no call has this
 * matrix, so the entries of the library's matrix are summed here.
 */

import { convInputGradient, type NdArray } from 'stridefold/sync'
import { correlationKernel } from './layer-call.ts'
import { arrayOf, product } from './numbers.ts'
import { isDilated, layerOptions, type ViewModel } from './view-model.ts'

/**
 * The result, in the shape of the input. Undefined while the matrix is computed, and if the matrix
 * is too large for the page.
 */
export function transposedResult(viewModel: ViewModel): NdArray | undefined {
  const { geometry: g, shapes, output, kernel, hasRows, rows } = viewModel
  if (!hasRows) return undefined
  if (!isDilated(g))
    return convInputGradient(output, correlationKernel(g, kernel), shapes.input, layerOptions(g))
  const matrix = rows()
  if (!matrix) return undefined
  const sums = new Float64Array(product(shapes.input))
  for (let row = 0; row < shapes.toeplitz[0]; row++) {
    for (let i = matrix.indptr[row]!; i < matrix.indptr[row + 1]!; i++)
      sums[matrix.indices[i]!]! += matrix.data[i]! * output.data[row]!
  }
  return arrayOf(sums, shapes.input, g)
}

/** The source text of the call that computes it. */
export function transposedCallText({ geometry: g, shapes }: ViewModel): string {
  const rank = g.axes.length
  const list = (numbers: readonly number[]): string =>
    new Set(numbers).size === 1 ? String(numbers[0]) : `[${numbers.join(', ')}]`
  const isPlain =
    g.boundary.every((border) => border === 'zero') &&
    g.axes.every(
      ({ before, after, inputDilation }) => before >= 0 && after >= 0 && inputDilation === 1,
    )
  const weight = g.flip ? 'flip(k)' : 'k'
  if (!isPlain) return `convInputGradient(y, ${weight}, [${shapes.input.join(', ')}], …)`
  const options = [
    ['stride', list(g.axes.map((axis) => axis.stride)), '1'],
    ['dilation', list(g.axes.map((axis) => axis.dilation)), '1'],
    [
      'padding',
      `[${g.axes.map(({ before, after }) => `[${before}, ${after}]`).join(', ')}]`,
      `[${g.axes.map(() => '[0, 0]').join(', ')}]`,
    ],
    ['groups', String(g.groups), '1'],
    ['outputShape', `[${g.axes.map((axis) => axis.input).join(', ')}]`, ''],
  ] as const
  const optionTexts = options.flatMap(([name, value, usual]) =>
    value === usual ? [] : [`${name}: ${value}`],
  )
  return `convTranspose${rank}d(y, ${weight}, { ${optionTexts.join(', ')} })`
}
