/** The shader of a Maximum: one invocation searches one window. */

import type { Buffer } from '../../../program/program.ts'
import type { Loop, Maximum } from '../../../program/steps.ts'
import { invocationsOf } from './invocations.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { loopLines, orderedNest, resultNest, sumText, termsOf } from './nest.ts'
import { float, Shader } from './shader.ts'

export function maximumKernel(
  step: Maximum,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  const { to, from, window } = step
  const loops = [...grid, ...step.result]
  const results = resultNest(loops, [to.strides, from.strides.slice(0, loops.length)])
  const samples = orderedNest(window, [from.strides.slice(loops.length)])
  const shader = Shader.ofStep(step, grid, buffers)
  const { lines, indices, workgroupSize, workgroups } = invocationsOf(results, limits)
  const first = sumText(shader.start(from.buffer, from.offset), termsOf(results, indices, 1))
  const body = [
    ...lines,
    `let first = ${first};`,
    `var best = ${float(-Infinity)};`,
    ...loopLines(samples, 's', (each) => [
      `best = largest(best, ${shader.load(from.buffer, sumText('first', termsOf(samples, each, 0)))});`,
    ]),
    ...shader.store(
      to.buffer,
      sumText(shader.start(to.buffer, to.offset), termsOf(results, indices, 0)),
      'best',
      'f32',
    ),
  ]
  const form = 'one invocation per window'
  return {
    kernels: [shader.kernel(body, { workgroupSize, workgroups, form, limits })],
    ...{ tables: [], scratch: [] },
  }
}
