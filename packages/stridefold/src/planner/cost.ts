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

/** The predicted cost of running a program so many times and copying so many bytes; what is done once for a kernel is not counted. */
export function costOf(program: Program, profile: Profile, times: number, copiedBytes: number): Cost {
  const t = traffic(program)
  let [seconds, flops, bytes] = [0, 0, 0]
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
  const milliseconds = (times * (seconds + profile.run * 1e-6) + copiedBytes / (profile.copy * 1e9)) * 1000
  const ownedBytes = t.scratchBytes + t.localBytes + t.preparedBytes + t.constantBytes
  return { milliseconds, flops: times * flops, bytes: times * bytes + copiedBytes, ownedBytes }
}
