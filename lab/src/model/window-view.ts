/**
 * The windows as a view of the padded input, and the address of each cell of the window matrix in
 * it. Nothing is copied, so the matrix may have more cells than the memory of the page.
 */

import { flip, type NdArray, slice, slidingWindows } from 'stridefold/sync'
import type { Frame } from './frame.ts'
import { indexAt } from './numbers.ts'
import type { Padded } from './padded.ts'

/**
 * The same windows without a copy: a view [batch, channels, ...outputs, ...kernel] of the padded
 * input.
 */
export function windowView({
  geometry: g,
  shapes,
  padded,
}: Pick<Frame, 'geometry' | 'shapes'> & { readonly padded: Padded }): NdArray {
  const axes = g.axes.map((_, a) => a + 2)
  const within = g.axes.map(({ before, after }, a) => {
    const extent = padded.array.shape[a + 2]!
    return [Math.max(0, -before), extent - Math.max(0, -after)] as const
  })
  const cropped = slice(padded.array, null, null, ...within)
  const windows = slidingWindows(cropped, shapes.kernel.slice(2), {
    axes,
    step: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
  })
  return g.flip
    ? flip(
        windows,
        axes.map((axis) => axis + axes.length),
      )
    : windows
}

/**
 * The address of a cell of the window matrix: an element of the padded input, by the strides of the
 * view.
 */
export function addressIn(
  view: NdArray,
  { geometry: g, shapes }: Pick<Frame, 'geometry' | 'shapes'>,
  row: number,
  column: number,
): number {
  const [channel = 0, ...weights] = indexAt(row, [g.channels, ...shapes.kernel.slice(2)])
  const [item = 0, ...outputs] = indexAt(column, [g.batch, ...shapes.output.slice(2)])
  return [item, channel, ...outputs, ...weights].reduce(
    (sum, i, axis) => sum + i * view.strides[axis]!,
    view.offset,
  )
}
