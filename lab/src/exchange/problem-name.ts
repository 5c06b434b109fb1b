/** The problem in the name of a file: `5x7-kernel-3x2`. */

import { parseCase } from 'stridefold/sync'
import { state } from '../state/store.ts'

export function problemName(): string {
  const { axes } = parseCase(state.peek().problem)
  const extents = (of: 'input' | 'kernel'): string => axes.map((axis) => axis[of]).join('x')
  return `${extents('input')}-kernel-${extents('kernel')}`
}
