/**
 * Where in a block of points does a guard find non-finite values? At point 0 of the first inverse
 * transform: it is the plain sum of all points of its line. If one point of a line is not finite, a
 * transform makes all of them non-finite.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { Contraction } from '../../program/steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import { type GuardLoop, guardStep } from '../guard.ts'
import { type Block, nameOf, transformedAxes } from './block.ts'
import { gridOf } from './samples.ts'
import type { Tiling } from './tiling.ts'

/**
 * Returns the guard step. It runs right after the inverse transform along the first transformed
 * axis.
 */
export function spectralGuard(
  builder: ProgramBuilder,
  g: ConvGeometry,
  tiling: Tiling,
  { buffer, layout }: Block,
): Contraction {
  const rank = tiling.axes.length
  const [first, ...others] = transformedAxes(tiling)
  const points = tiling.axes.map(
    ({ points }, a): GuardLoop => ({
      name: nameOf('p', a, rank),
      extent: a === first ? 1 : points,
      stride: layout.points[a]!,
    }),
  )
  const tiles = tiling.axes.map(
    ({ tilesPerBlock }, a): GuardLoop => ({
      name: nameOf('tile ', a, rank),
      extent: tilesPerBlock,
      stride: layout.tiles[a]!,
    }),
  )
  const filters: GuardLoop = { name: 'f', extent: g.filters, stride: layout.channel }
  const kept = tiling.channelsLast ? [filters] : points.filter((_, a) => a === others.at(-1))
  const summed = [
    ...points,
    ...tiles,
    { name: 'part', extent: 2, stride: layout.part },
    filters,
  ].filter((loop) => !kept.includes(loop))
  return guardStep(builder, gridOf(tiling), { buffer, offset: 0 }, kept, summed)
}
