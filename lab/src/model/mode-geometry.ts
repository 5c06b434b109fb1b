/**
 * A geometry with the padding of one of the padding modes.
 */

import { type ConvGeometry, formatCase, parseCase } from 'stridefold/sync'
import type { ModeName } from '../state/state.ts'

const caseWithoutPadding = (g: ConvGeometry, stride: (stride: number) => number): string =>
  formatCase({
    ...g,
    axes: g.axes.map((axis) => ({ ...axis, stride: stride(axis.stride), before: 0, after: 0 })),
  })

/**
 * Returns the geometry with the padding of a mode. SAME of signals ignores the stride: it pads as
 * for stride 1. SAME of layers pads what ⌈n/s⌉ outputs need.
 */
export function withMode(g: ConvGeometry, name: ModeName): ConvGeometry {
  if (name !== 'same-signal')
    return parseCase(`${caseWithoutPadding(g, (stride) => stride)} ${name}`)
  const sides = parseCase(`${caseWithoutPadding(g, () => 1)} same`).axes
  const axes = g.axes.map((axis, a) => ({
    ...axis,
    before: sides[a]!.before,
    after: sides[a]!.after,
  }))
  return parseCase(formatCase({ ...g, axes }))
}
