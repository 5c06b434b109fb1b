/**
 * Where do results lie in the grid of the input? A result belongs to the sample under the centre of
 * its kernel. With mode same the first one is that of the first sample; with mode valid the first
 * of which the whole kernel lies inside; with mode full the first that the kernel meets, outside.
 */

import { perAxis } from './filter-checks.ts'
import type { FilterRequest } from './filter-request.ts'
import type { GridAxis } from './images/map-place.ts'

/** The grid of the results of all kernels: rows, columns. */
export function resultGrid({
  kernels,
  combine,
  options,
}: Pick<FilterRequest, 'kernels' | 'combine' | 'options'>): readonly [GridAxis, GridAxis] {
  const { mode, stride = 1, dilation = 1 } = options
  const axis = (a: number): GridAxis => {
    const step = perAxis(stride, 2)[a]!
    // Results that are combined have one grid.
    return (combine ? kernels.slice(0, 1) : kernels).reduce(
      (grid, { shape }) => {
        const extent = perAxis(dilation, 2)[a]! * (shape[a]! - 1)
        const first = firstResult(perAxis(mode, 2)[a]!, Math.floor(extent / 2), extent)
        return { first: grid.first + grid.step * first, step: grid.step * step }
      },
      { first: 0, step: 1 },
    )
  }
  return [axis(0), axis(1)]
}

/** The sample under the centre of the kernel, for the first result. */
function firstResult(mode: string, centre: number, extent: number): number {
  if (mode === 'valid') return centre
  return mode === 'full' ? centre - extent : 0
}
