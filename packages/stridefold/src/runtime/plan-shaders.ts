/**
 * The shaders that the GPU would run for the problem of a plan, as text. No GPU is needed: without
 * one they are written for the least limits that every GPU has.
 */

import { writtenForGpu } from '../backends/webgpu/webgpu.ts'
import { finish } from '../ndarray/work.ts'
import { decideWork } from '../planner/decide.ts'
import { type PlanStage, stagesOf } from '../planner/stages.ts'
import type { Problem } from '../problem/problem.ts'
import { fissioned } from '../program/fission.ts'

/** What one stage of a program does on the GPU. */
export interface PlanShaderStage extends PlanStage {
  /** What the stage starts on the GPU, in this order. */
  readonly dispatches: readonly PlanDispatch[]
}

/** A shader that the GPU runs once, in many workgroups. */
export interface PlanDispatch {
  /** How the shader computes, in one line. For people; may change. */
  readonly form: string
  /** The number of workgroups. */
  readonly workgroups: number
  /** What the buffers b0, b1, … of the shader hold. */
  readonly buffers: readonly string[]
  /** The shader, in WGSL. */
  readonly code: string
}

/** The shaders of a plan on the GPU: what `shaders` of a plan resolves with. */
export interface PlanShaders {
  /** The name of the GPU whose limits were used; undefined: the limits that every GPU has. */
  readonly adapter: string | undefined
  /** The name of the algorithm that the GPU would run. It may differ from that of the plan. */
  readonly algorithm: string
  /** The reason for the choice, in one line. */
  readonly decision: string
  /** The number of boxes in which the problem runs. Each box runs all stages. */
  readonly boxes: number
  /** The stages, one for each step of the program, with their bytes and dispatches. */
  readonly stages: readonly PlanShaderStage[]
}

/**
 * Chooses among the algorithms as a call with `backend: 'webgpu'` does. Rejects with the errors of
 * such a call if none of them can run on a GPU.
 */
export async function shadersOf(problem: Problem): Promise<PlanShaders> {
  const { description, adapter, shadersFor } = writtenForGpu()
  const onGpu: Problem = { ...problem, options: { ...problem.options, backend: 'webgpu' } }
  const { program, algorithm, reason, cut } = finish(decideWork(onGpu, [description]))
  // The stages of the shaders are those of the program without local buffers, in the same order.
  const stages = stagesOf(fissioned(program, 0))
  return {
    ...{ adapter, algorithm, decision: reason, boxes: cut?.boxes ?? 1 },
    stages: shadersFor(program).stages.map(({ kernels }, s) => ({
      ...plain(stages[s]!),
      dispatches: kernels.map(({ form, workgroups, buffers, code }) => ({
        ...{ form, workgroups, buffers, code },
      })),
    })),
  }
}

const plain = ({ name, prepare, flops, bytesRead, bytesWritten }: PlanStage): PlanStage => ({
  ...{ name, prepare, flops, bytesRead, bytesWritten },
})
