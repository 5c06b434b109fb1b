/**
 * Did anything not finite, or too large, get into a block? One step in a block tells, for all of its samples.
 *
 *   guard[block] = 0 · Σ (what the first inverse transform left at point 0)          0 · finite = 0, anything else is NaN
 *
 * A transform spreads a NaN or an infinity over all of its points, and point 0 of an inverse is the plain sum of all points it had before. So
 * neither the input nor the result is ever searched: a whole pass over memory is saved.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { elementCount, rowMajorStrides } from '../../ndarray/layout.ts'
import type { Contract } from '../../program/steps.ts'
import { loop, type ProgramBuilder } from '../builder.ts'
import { type Block, nameOf, transformedAxes } from './block.ts'
import { gridOf } from './samples.ts'
import type { Tiling } from './tiling.ts'

/** The step, right behind the inverse transform along the first axis that is transformed. */
export function guardStep(builder: ProgramBuilder, g: ConvGeometry, tiling: Tiling, { buffer, layout }: Block): Contract {
  const grid = gridOf(tiling)
  const [first, ...others] = transformedAxes(tiling)
  const last = others.at(-1)
  const points = tiling.axes.map(({ points }, a) => ({
    name: nameOf('p', a, grid.length),
    extent: a === first ? 1 : points,
    stride: layout.points[a]!,
  }))
  const filters = { name: 'f', extent: g.filters, stride: layout.channel }
  // Neighbours stay apart, so that vectors can run along them.
  const kept = tiling.channelsLast ? [filters] : points.filter((_, a) => a === last)
  const summed = [
    ...points,
    ...tiling.axes.map(({ together }, a) => ({ name: nameOf('tile ', a, grid.length), extent: together, stride: layout.tiles[a]! })),
    { name: 'part', extent: 2, stride: layout.part },
    filters,
  ].filter((dimension) => !kept.includes(dimension))
  const shape = [...grid, ...kept].map(({ extent }) => extent)
  const guard = builder.buffer('guard', 'guard', elementCount(shape))
  const zero = builder.buffer('zero', 'constant', 1, [0])
  const still = grid.map(() => 0)
  const walked = [...kept, ...summed]
  return {
    kind: 'contract',
    result: kept.map(({ name, extent }) => loop(name, extent)),
    sum: summed.map(({ name, extent }) => loop(name, extent)),
    to: { buffer: guard, offset: 0, strides: rowMajorStrides(shape) },
    a: { buffer, offset: 0, strides: [...still, ...walked.map(({ stride }) => stride)] },
    b: { buffer: zero, offset: 0, strides: [...still, ...walked.map(() => 0)] },
    start: 'zero',
  }
}
