/**
 * How long will a program take on a GPU? The arithmetic of each step, by the form that its shader
 * will have. The planner adds the traffic of memory.
 */

import { isEmpty, iterations } from '../../../ndarray/loops.ts'
import type { Program, Stage } from '../../../program/program.ts'
import type { Step } from '../../../program/steps.ts'
import { traffic } from '../../../program/traffic.ts'
import { contractionForm } from './contract.ts'
import type { ShaderLimits } from './limits.ts'

/** Rates of a device, in 10⁹ per second. */
export interface ShaderRates {
  /** Products with their sums, at best. */
  readonly products: number
  /** Operations of transforms. */
  readonly transforms: number
}

/** The seconds of arithmetic of each step of each stage; 0 for stages that prepare a kernel. */
export function arithmeticSeconds(
  program: Program,
  limits: ShaderLimits,
  rates: ShaderRates,
): number[][] {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]))
  const { perStep } = traffic(program)
  const secondsOf = (step: Step, { grid }: Stage, flops: number): number => {
    if (step.kind === 'fft') return flops / (rates.transforms * 1e9)
    if (step.kind !== 'contract' || isEmpty([...grid, ...step.result, ...step.sum])) return 0
    const { cost } = contractionForm(step, grid, buffers, limits)
    return (iterations([...grid, ...step.result, ...step.sum]) * cost) / (rates.products * 1e9)
  }
  return program.stages.map((stage, s) =>
    stage.steps.map((step, i) =>
      stage.prepare ? 0 : secondsOf(step, stage, perStep[s]![i]!.flops),
    ),
  )
}
