/**
 * Where in a block of points does a guard find non-finite values? At point 0 of the first inverse
 * transform: it is the plain sum of all points of its line. If one point of a line is not finite, a
 * transform makes all of them non-finite.
 */

import { at, type BufferView, loop } from '../../program/elements.ts'
import type { Contraction } from '../../program/steps.ts'
import type { Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import { guardStep } from '../guard.ts'
import { type Cut, pointsOf, type TiledComponent, transformedAxes } from './block.ts'

/**
 * Returns the guard step. It runs right after the inverse transform along the first transformed
 * axis.
 */
export function spectralGuard(
  builder: ProgramBuilder,
  { tiling, blocks, tiles }: TiledComponent,
  block: BufferView,
  cut?: Cut,
): Written<Contraction> {
  const [first, ...others] = transformedAxes(tiling)
  const { loops: points, indices } = pointsOf(
    'p',
    tiling.axes.map((axis, a) => (a === first ? 1 : axis.points)),
    cut,
  )
  const grid = cut === undefined ? blocks : [...blocks, cut.item]
  const [part, f] = [loop('part', 2), loop('f', builder.g.filters)]
  const kept = tiling.channelsLast ? [f] : points.filter((_, a) => a === others.at(-1))
  const summed = [...points, ...tiles, part, f].filter((each) => !kept.includes(each))
  return guardStep(builder, at(block, part, f, ...indices, ...tiles), { grid, kept, summed })
}
