/**
 * Where does the time of one run go? A stopwatch listens to the parts of a run. It adds to each
 * part the flops and bytes of its stage.
 *
 * Parts with the same name are one row: in a run in boxes, each box runs all stages. The
 * compiled code does not change, so work that is fused into a stage stays in its row. Examples are
 * a bias, an activation, and a gather into a block.
 */

import type { PlanStage } from '../planner/stages.ts'
import type { StageListener } from '../program/backend.ts'

/** A timed part of a run: a stage, or a copy into or out of backend memory. */
export interface PlanPart {
  /** What the part does: the name of a stage, or of a copy. */
  readonly name: string
  /** Whether a later run with the same kernel skips this part. */
  readonly prepare: boolean
  /** How often the part ran; once per box if the problem runs in boxes. */
  readonly calls: number
  /** The time of all calls together, in milliseconds. */
  readonly milliseconds: number
  /** Multiplications and additions of all calls together. */
  readonly flops: number
  /** Bytes that the program reads and writes in all calls together; 0 for copies. */
  readonly bytes: number
}

/** Returns a stage listener for one run, and a function that returns the timed parts. */
export function stopwatch(stages: readonly PlanStage[]): {
  readonly onStage: StageListener
  readonly parts: () => PlanPart[]
} {
  const rows = new Map<string, Pick<PlanPart, 'calls' | 'milliseconds' | 'prepare'>>()
  let last = performance.now()
  const onStage: StageListener = (name, prepare) => {
    const now = performance.now()
    const { calls, milliseconds } = rows.get(name) ?? { calls: 0, milliseconds: 0 }
    rows.set(name, { calls: calls + 1, milliseconds: milliseconds + now - last, prepare })
    last = performance.now()
  }
  const parts = (): PlanPart[] =>
    [...rows].map(([name, row]) => {
      const named = stages.filter((stage) => stage.name === name)
      const perCall = (count: (stage: PlanStage) => number): number =>
        named.length === 0
          ? 0
          : (row.calls * named.reduce((sum, stage) => sum + count(stage), 0)) / named.length
      return {
        ...{ name, ...row },
        flops: perCall((stage) => stage.flops),
        bytes: perCall((stage) => stage.bytesRead + stage.bytesWritten),
      }
    })
  return { onStage, parts }
}
