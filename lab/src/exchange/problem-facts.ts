/** A problem in case notation as the parts of a sentence. */

import { type AxisGeometry, parseCase } from 'stridefold/sync'
import type { ProblemFacts } from './messages/types.ts'

export function problemFacts(problem: string): ProblemFacts {
  const g = parseCase(problem)
  const all = (of: (axis: AxisGeometry) => string | number, usual: string | number) => {
    const words = g.axes.map(of)
    if (words.every((word) => word === usual)) return undefined
    const [first] = words
    return words.every((word) => word === first) ? String(first) : words.join(' × ')
  }
  const extents = (of: 'input' | 'kernel' | 'output', leading: readonly number[]): string =>
    [
      ...leading.slice(leading.findIndex((extent) => extent > 1) < 0 ? leading.length : 0),
      ...g.axes.map((axis) => axis[of]),
    ].join(' × ')
  const [border] = g.boundary
  const borderName = typeof border === 'object' ? String(border.constant) : border
  return {
    input: extents('input', [g.batch, g.channels]),
    kernel: extents('kernel', [g.filters, g.channels / g.groups]),
    output: extents('output', [g.batch, g.filters]),
    flip: g.flip,
    stride: all(({ stride }) => stride, 1),
    dilation: all(({ dilation }) => dilation, 1),
    padding: all(({ before, after }) => (before === after ? before : `${before}:${after}`), 0),
    groups: g.groups === 1 ? undefined : String(g.groups),
    border: borderName === 'zero' ? undefined : borderName,
  }
}
