/**
 * The shapes of the operands in canonical axis order, which the code behind the geometry uses
 * whatever the layout of the caller's arrays is.
 */

import type { ConvGeometry } from './geometry.ts'

export interface CanonicalShapes {
  /** [batch, channels, ...axes]. */
  readonly input: readonly number[]
  /** [filters, channels of a group, ...axes]. */
  readonly kernel: readonly number[]
  /** [batch, filters, ...axes]. */
  readonly output: readonly number[]
}

export function canonicalShapes(g: ConvGeometry): CanonicalShapes {
  return {
    input: [g.batch, g.channels, ...g.axes.map((axis) => axis.input)],
    kernel: [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)],
    output: [g.batch, g.filters, ...g.axes.map((axis) => axis.output)],
  }
}
