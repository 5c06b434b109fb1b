/**
 * How long will a program take? For each stage what its copies cost, and the larger of its arithmetic and its memory traffic; added up.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { byteLength, type Program, type Stage } from '../program/program.ts'
import type { Move, Operand } from '../program/steps.ts'
import { traffic } from '../program/traffic.ts'
import { walksOf } from '../program/walks.ts'
import type { Profile } from './profile.ts'

export interface Cost {
  readonly milliseconds: number
  readonly flops: number
  /** Bytes read and written. */
  readonly bytes: number
  /** Memory the program owns: scratch, one worker's local buffers, prepared weights, constants. */
  readonly ownedBytes: number
}

/**
 * How long will a program take? `cycles` are the prices of a backend that knows its code; without them arithmetic has one rate for all.
 *
 * The predicted cost of running a program so many times and copying so many bytes; what is done once for a kernel is not counted.
 */
export function costOf(program: Program, profile: Profile, times: number, copiedBytes: number, cycles?: readonly number[]): Cost {
  const t = traffic(program)
  let [seconds, flops, bytes] = [0, 0, 0]
  program.stages.forEach((stage, index) => {
    const one = t.perStage[index]!
    if (stage.prepare) return
    const touched = one.bytesRead + one.bytesWritten
    const scalar = stage.steps.some((step) => step.kind === 'contract' && step.tile === 'scalar')
    const rate = (scalar ? profile.scalar : profile.best) * 1e9
    const arithmetic = cycles === undefined || scalar ? one.flops / rate : cycles[index]! / (profile.clock * 1e9)
    const moves = stage.steps.filter((step) => step.kind === 'move')
    const copying = moves.reduce((sum, move) => sum + moveSeconds(move, stage, program, profile), 0)
    const streamed = touched - one.bytesLocal + readAgain(stage, program)
    const streaming =
      moves.length === stage.steps.length ? 0 : streamed / ((streamed <= secondCache ? profile.cached : profile.stream) * 1e9)
    seconds += copying + Math.max(arithmetic, streaming) + profile.stage * 1e-6
    flops += one.flops
    bytes += touched
  })
  const milliseconds = (times * (seconds + profile.run * 1e-6) + copiedBytes / (profile.copy * 1e9)) * 1000
  const ownedBytes = t.scratchBytes + t.localBytes + t.preparedBytes + t.constantBytes
  return { milliseconds, flops: times * flops, bytes: times * bytes + copiedBytes, ownedBytes }
}

/** Bytes of weights that do not stay in the cache from one item of the grid to the next, and are read again for each. */
function readAgain(stage: Stage, program: Program): number {
  const prepared = program.buffers.filter((buffer) => buffer.role === 'prepared' && byteLength(buffer) > secondCache)
  const walks = stage.steps.flatMap((step) => walksOf(step, stage.grid))
  return prepared.reduce((sum, buffer) => {
    const times = walks
      .filter(({ operand }) => operand.buffer === buffer.name)
      .map(({ operand }) => stage.grid.reduce((n, { extent }, l) => (operand.strides[l] === 0 ? n * extent : n), 1))
    return sum + (Math.max(1, ...times) - 1) * byteLength(buffer)
  }, 0)
}

/** Bytes of a second-level cache. */
const secondCache = 2 ** 21

/** Runs of neighbours go by their bytes, single elements each at its price. */
function moveSeconds(move: Move, stage: Stage, program: Program, profile: Profile): number {
  const elements = [...stage.grid, ...move.loops].reduce((n, loop) => n * loop.extent, 1)
  const { from, to } = move
  if (typeof from === 'number') return (elements * bytesOf(to, program)) / (profile.move * 1e9)
  const first = stage.grid.length
  const isRun = move.loops.some((loop, l) => loop.extent >= 4 && to.strides[first + l] === 1 && from.strides[first + l] === 1)
  if (!isRun) return elements / (profile.elements * 1e9)
  return (elements * (bytesOf(to, program) + bytesOf(from, program))) / (profile.move * 1e9)
}

const bytesOf = (operand: Operand, program: Program): number =>
  dtypes[program.buffers.find((buffer) => buffer.name === operand.buffer)!.dtype].bytes
