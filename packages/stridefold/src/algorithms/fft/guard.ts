/**
 * Where to look for what is not finite in a block of points: at point 0 of the first inverse
 * transform, which is the plain sum of all points that its line had before. A transform leaves no
 * point finite where one was not.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { Contraction } from '../../program/steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import { guardStep, type GuardLoop } from '../guard.ts'
import { type Block, nameOf, transformedAxes } from './block.ts'
import { gridOf } from './samples.ts'
import type { Tiling } from './tiling.ts'

/** The step, right behind the inverse transform along the first axis that is transformed. */
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
