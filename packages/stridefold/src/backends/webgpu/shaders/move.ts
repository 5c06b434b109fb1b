/** The shader of a Move: one invocation copies one element. */

import type { Buffer } from '../../../program/program.ts'
import type { Loop, Move } from '../../../program/steps.ts'
import { invocationsOf } from './invocations.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { indented, resultNest, sumText, termsOf } from './nest.ts'
import { float, Shader, valueType } from './shader.ts'

export function moveKernel(
  step: Move,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  const { to, from, bounds, outside } = step
  const loops = [...grid, ...step.loops]
  const none = loops.map(() => 0)
  const nest = resultNest(loops, [
    to.strides,
    typeof from === 'number' ? none : from.strides,
    ...bounds.map(({ strides }) => strides),
  ])
  const shader = Shader.ofStep(step, grid, buffers)
  const { lines, indices, workgroupSize, workgroups } = invocationsOf(nest, limits)
  const address = (start: string | number, sequence: number): string =>
    sumText(start, termsOf(nest, indices, sequence))
  const target = address(shader.start(to.buffer, to.offset), 0)
  const tests = bounds.map(({ extent, offset }, b) => {
    const coordinate = address(offset, b + 2)
    return `(${coordinate} >= 0 && ${coordinate} < ${extent})`
  })
  const write = (value: string, type: 'f32' | 'i32'): string[] =>
    shader.store(to.buffer, target, value, type)
  const copied =
    typeof from === 'number'
      ? write(float(from), 'f32')
      : write(
          shader.load(from.buffer, address(shader.start(from.buffer, from.offset), 1)),
          valueType(shader.dtypeOf(from.buffer)),
        )
  const body = [...lines]
  if (tests.length === 0) body.push(...copied)
  else {
    body.push(`if (${tests.join(' && ')}) {`, ...copied.map(indented))
    if (outside !== 'skip') body.push('} else {', ...write(float(outside), 'f32').map(indented))
    body.push('}')
  }
  const form = 'one invocation per element'
  return {
    kernels: [shader.kernel(body, { workgroupSize, workgroups, form, limits })],
    ...{ tables: [], scratch: [] },
  }
}
