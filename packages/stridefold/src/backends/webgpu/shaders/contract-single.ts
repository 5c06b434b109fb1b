/** The shader of a contraction that computes one result per invocation: the textbook loops. */

import type { Buffer } from '../../../program/program.ts'
import type { Contraction, Loop } from '../../../program/steps.ts'
import { finishedText } from './epilogue.ts'
import { invocationsOf } from './invocations.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { isEmpty, loopLines, orderedNest, resultNest, sumText, termsOf } from './nest.ts'
import { Shader } from './shader.ts'

export function singleKernel(
  step: Contraction,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  const { to, a, b, start, integer, epilogue } = step
  const bias = epilogue?.bias
  const loops = [...grid, ...step.result]
  const rank = loops.length
  const none = loops.map(() => 0)
  const results = resultNest(loops, [
    ...[to.strides, a.strides.slice(0, rank), b.strides.slice(0, rank)],
    bias?.strides ?? none,
  ])
  const sums = orderedNest(step.sum, [a.strides.slice(rank), b.strides.slice(rank)])
  const shader = Shader.ofStep(step, grid, buffers)
  const { lines, indices, workgroupSize, workgroups } = invocationsOf(results, limits)
  const address = (operand: { buffer: string; offset: number }, sequence: number): string =>
    sumText(shader.start(operand.buffer, operand.offset), termsOf(results, indices, sequence))
  const type = integer === undefined ? 'f32' : 'i32'
  const product = (each: readonly string[]): string[] => {
    const x = shader.load(a.buffer, sumText('a', termsOf(sums, each, 0)))
    const y = shader.load(b.buffer, sumText('b', termsOf(sums, each, 1)))
    return [type === 'f32' ? `sum = fma(${x}, ${y}, sum);` : `sum += ${x} * ${y};`]
  }
  const first = start === 'zero' ? '0' : shader.load(to.buffer, 'result')
  const value = finishedText('sum', type, step, bias && shader.load(bias.buffer, address(bias, 3)))
  const body = [
    ...lines,
    `let result = ${address(to, 0)};`,
    `var sum: ${type} = ${first};`,
    ...(isEmpty(step.sum)
      ? []
      : [
          `let a = ${address(a, 1)};`,
          `let b = ${address(b, 2)};`,
          ...loopLines(sums, 's', product),
        ]),
    ...shader.store(to.buffer, 'result', value, 'f32'),
  ]
  const form = 'one invocation per result'
  return {
    kernels: [shader.kernel(body, { workgroupSize, workgroups, form, limits })],
    ...{ tables: [], scratch: [] },
  }
}
