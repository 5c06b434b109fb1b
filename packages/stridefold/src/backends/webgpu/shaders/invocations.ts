/** One invocation per result: how its number becomes an index of every loop. */

import type { ShaderLimits } from './limits.ts'
import { indexLines, iterations, type StridedLoop } from './nest.ts'

/** The invocations of a workgroup that shares nothing. */
export const usualSize = 64

export interface Invocations {
  readonly workgroups: number
  readonly workgroupSize: number
  readonly lines: readonly string[]
  readonly indices: readonly string[]
}

/** `loops`: those over results. Neighbouring invocations differ in the last loop. */
export function invocationsOf(loops: readonly StridedLoop[], limits: ShaderLimits): Invocations {
  const count = iterations(loops)
  const workgroupSize = Math.min(usualSize, limits.invocations)
  const { lines, indices } = indexLines(loops, 'number', 'i')
  return {
    workgroups: Math.ceil(count / workgroupSize),
    workgroupSize,
    lines: [
      `let number = group * ${workgroupSize} + local;`,
      ...(count % workgroupSize === 0 ? [] : [`if (number >= ${count}) { return; }`]),
      ...lines,
    ],
    indices,
  }
}
