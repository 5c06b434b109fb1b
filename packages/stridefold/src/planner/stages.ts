/** The stages of a program, each with its work, counted before any run. */

import type { Program } from '../program/program.ts'
import { traffic } from '../program/traffic.ts'

/** The work of one stage of a program, counted from its loops before any run. */
export interface PlanStage {
  /** What the stage does, such as `'gather padded'`. For people; may change. */
  readonly name: string
  /** Whether the stage runs once per kernel, not in every run. */
  readonly prepare: boolean
  /** Multiplications and additions. */
  readonly flops: number
  /** Bytes that its loops read, each access counted. */
  readonly bytesRead: number
  /** Bytes that its loops write, each access counted. */
  readonly bytesWritten: number
}

/** Returns the stages of a program with their flops and bytes. */
export const stagesOf = (program: Program): readonly PlanStage[] => traffic(program).perStage
