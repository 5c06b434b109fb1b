/** The shader of an Elementwise step: one invocation computes one element. */

import type { Formula } from '../../../program/formula.ts'
import type { Buffer } from '../../../program/program.ts'
import type { Elementwise, Loop } from '../../../program/steps.ts'
import { invocationsOf } from './invocations.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { resultNest, sumText, termsOf } from './nest.ts'
import { float, Shader } from './shader.ts'

export function elementwiseKernel(
  step: Elementwise,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  const { to, from, formula } = step
  const operands = [to, ...from]
  const nest = resultNest(
    [...grid, ...step.loops],
    operands.map(({ strides }) => strides),
  )
  const shader = Shader.ofStep(step, grid, buffers)
  const { lines, indices, workgroupSize, workgroups } = invocationsOf(nest, limits)
  const addresses = operands.map(({ buffer, offset }, o) =>
    sumText(shader.start(buffer, offset), termsOf(nest, indices, o)),
  )
  const body = [
    ...lines,
    ...from.map(({ buffer }, f) => `let x${f} = ${shader.load(buffer, addresses[f + 1]!)};`),
    ...shader.store(to.buffer, addresses[0]!, formulaCode(formula), 'f32'),
  ]
  const form = 'one invocation per element'
  return {
    kernels: [shader.kernel(body, { workgroupSize, workgroups, form, limits })],
    ...{ tables: [], scratch: [] },
  }
}

const signs = { add: '+', subtract: '-', multiply: '*', divide: '/' } as const

/** The formula as WGSL. Source number i is `xi`. No test with a NaN is true. */
function formulaCode(formula: Formula): string {
  if (typeof formula === 'number') return float(formula)
  if ('source' in formula) return `x${formula.source}`
  const [a, b] = [formulaCode(formula.a), formulaCode(formula.b)]
  if ('op' in formula) return `(${a} ${signs[formula.op]} ${b})`
  const sign = formula.test === 'less' ? '<' : '=='
  const [yes, no] = [formulaCode(formula.whenTrue), formulaCode(formula.whenFalse)]
  return `select(${no}, ${yes}, ${a} ${sign} ${b} && !isNan(${a}) && !isNan(${b}))`
}
