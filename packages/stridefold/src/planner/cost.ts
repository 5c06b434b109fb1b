/**
 * How long will a program take? For each stage the larger of what its arithmetic and what its memory traffic cost; added up.
 */

import type { Program } from '../program/program.ts'
import { traffic } from '../program/traffic.ts'
import type { Profile } from './profile.ts'

export interface Cost {
  readonly milliseconds: number
  readonly flops: number
  /** Bytes read and written. */
  readonly bytes: number
  /** Memory the program owns: scratch, one worker's local buffers, prepared weights, constants. */
  readonly ownedBytes: number
}

/** The predicted cost of one run; what is done once for a kernel is not counted. */
export function costOf(program: Program, profile: Profile): Cost {
  const t = traffic(program)
  let [seconds, flops, bytes] = [profile.run * 1e-6, 0, 0]
  program.stages.forEach((stage, index) => {
    const one = t.perStage[index]!
    if (stage.prepare) return
    const moved = one.bytesRead + one.bytesWritten
    const contracts = stage.steps.filter((step) => step.kind === 'contract')
    const scalar = contracts.some((step) => step.tile === 'scalar')
    const arithmetic = one.flops / ((scalar ? profile.scalar : profile.best) * 1e9)
    const memory = moved / ((contracts.length > 0 ? profile.stream : profile.move) * 1e9)
    seconds += Math.max(arithmetic, memory) + profile.stage * 1e-6
    flops += one.flops
    bytes += moved
  })
  return { milliseconds: seconds * 1000, flops, bytes, ownedBytes: t.scratchBytes + t.localBytes + t.preparedBytes + t.constantBytes }
}
