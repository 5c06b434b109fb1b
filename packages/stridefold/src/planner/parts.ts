/**
 * Where did the time of one run go? A stopwatch that hears each part of a run when it is done, and
 * knows what its stage computes and moves.
 *
 * Parts of one name are one row: a strip's stages run once a strip. Nothing is added to the
 * compiled code, so what is fused in a stage (a bias, an activation, a gather into a block) stays
 * in its row.
 */

import type { StageListener } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { traffic } from '../program/traffic.ts'

/** What one stage of a program computes and moves, counted from its loops before anything runs. */
export interface PlanStage {
  readonly name: string
  /** True where it is done once for a kernel. */
  readonly prepare: boolean
  /** Multiplications and additions. */
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
}

/** A part of a run that was timed: a stage, or a copy into or out of the backend's memory. */
export interface PlanPart {
  readonly name: string
  /** True where a run with the same kernel does not do it again. */
  readonly prepare: boolean
  readonly calls: number
  /** Of all calls together. */
  readonly milliseconds: number
  readonly flops: number
  /** Read and written, as far as the program says it; 0 for copies. */
  readonly bytes: number
}

/** What backends add of their own to the stages that are done once for a kernel. */
const ofKernel = /^(compile$|copy the kernel in$|pack )/

export const stagesOf = (program: Program): readonly PlanStage[] => traffic(program).perStage

/** A watch for one run, and the rows of what it heard. */
export function stopwatch(stages: readonly PlanStage[]): {
  readonly onStage: StageListener
  readonly parts: () => PlanPart[]
} {
  const heard = new Map<string, { calls: number; milliseconds: number }>()
  let last = performance.now()
  const onStage: StageListener = (name) => {
    const now = performance.now()
    const row = heard.get(name) ?? { calls: 0, milliseconds: 0 }
    heard.set(name, { calls: row.calls + 1, milliseconds: row.milliseconds + now - last })
    last = performance.now()
  }
  const parts = (): PlanPart[] =>
    [...heard].map(([name, { calls, milliseconds }]) => {
      const named = stages.filter((stage) => stage.name === name)
      const perCall = (what: (stage: PlanStage) => number): number =>
        named.length === 0
          ? 0
          : (calls * named.reduce((sum, stage) => sum + what(stage), 0)) / named.length
      return {
        ...{ name, calls, milliseconds },
        prepare: named.some((stage) => stage.prepare) || ofKernel.test(name),
        flops: perCall((stage) => stage.flops),
        bytes: perCall((stage) => stage.bytesRead + stage.bytesWritten),
      }
    })
  return { onStage, parts }
}
