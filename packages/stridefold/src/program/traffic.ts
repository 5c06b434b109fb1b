/**
 * How much does a program compute and move? Counted from its loops, before anything runs.
 *
 * An element that a step accesses many times counts once per step. The model assumes that a cache
 * keeps it during a step, and keeps nothing from one step to the next.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import { isEmpty, iterations } from '../ndarray/loops.ts'
import { accessesOf, type MemoryAccess } from './accesses.ts'
import { operationCount } from './formula.ts'
import { type Buffer, byteLength, type Program, type Role } from './program.ts'
import type { Loop, Step } from './steps.ts'

/** The work and the traffic of one step, or of all steps of a stage, for the whole grid. */
export interface StepTraffic {
  /**
   * Multiplications and additions: two per product of a contraction; 5·n·log₂ n, as is usual, for a
   * transform of n points; one per element that a maximum compares; one per operation of a formula.
   */
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** The part of both that belongs to local buffers: blocks that stay in the cache of a worker. */
  readonly bytesLocal: number
}

export interface StageTraffic extends StepTraffic {
  readonly name: string
  readonly prepare: boolean
}

export interface Traffic {
  /** Over all stages, including those that prepare a kernel. */
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly perStage: readonly StageTraffic[]
  /** The same for each step of each stage. */
  readonly perStep: readonly (readonly StepTraffic[])[]
  /**
   * The memory that the program owns besides the caller's arrays. `localBytes` counts once per
   * worker.
   */
  readonly scratchBytes: number
  readonly localBytes: number
  readonly preparedBytes: number
  readonly constantBytes: number
}

/**
 * Returns the work and the memory of a program. Bytes are exact for contiguous accesses, and an
 * upper bound for accesses that overlap or have bounds.
 */
export function traffic(program: Program): Traffic {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]))
  const perStep = program.stages.map(({ grid, steps }) =>
    steps.map((step) => stepTraffic(step, grid, buffers)),
  )
  const perStage = program.stages.map(({ name, prepare }, index): StageTraffic => {
    const steps = perStep[index]!
    return {
      ...{ name, prepare },
      flops: sum(steps.map((step) => step.flops)),
      bytesRead: sum(steps.map((step) => step.bytesRead)),
      bytesWritten: sum(steps.map((step) => step.bytesWritten)),
      bytesLocal: sum(steps.map((step) => step.bytesLocal)),
    }
  })
  const bytesOfRole = (role: Role): number =>
    sum(program.buffers.filter((buffer) => buffer.role === role).map(byteLength))
  return {
    flops: sum(perStage.map((stage) => stage.flops)),
    bytesRead: sum(perStage.map((stage) => stage.bytesRead)),
    bytesWritten: sum(perStage.map((stage) => stage.bytesWritten)),
    perStage,
    perStep,
    scratchBytes: bytesOfRole('scratch') + bytesOfRole('guard'),
    localBytes: bytesOfRole('local'),
    preparedBytes: bytesOfRole('prepared'),
    constantBytes: bytesOfRole('constant'),
  }
}

function stepTraffic(
  step: Step,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
): StepTraffic {
  const accesses = accessesOf(step, grid)
  const local = accesses.filter(({ operand }) => buffers.get(operand.buffer)!.role === 'local')
  const bytes = (touched: readonly MemoryAccess[]): number =>
    sum(touched.map((access) => bytesTouched(access, buffers.get(access.operand.buffer)!)))
  return {
    flops: flopsOf(step, grid),
    bytesRead: bytes(accesses.filter((access) => access.reads)),
    bytesWritten: bytes(accesses.filter((access) => access.writes)),
    bytesLocal:
      bytes(local.filter((access) => access.reads)) +
      bytes(local.filter((access) => access.writes)),
  }
}

function flopsOf(step: Step, grid: readonly Loop[]): number {
  if (step.kind === 'move') return 0
  if (step.kind === 'fft') return iterations([...grid, ...step.loops]) * transformFlops(step.points)
  if (step.kind === 'maximum') return iterations([...grid, ...step.result, ...step.window])
  if (step.kind === 'elementwise')
    return iterations([...grid, ...step.loops]) * operationCount(step.formula)
  return 2 * iterations([...grid, ...step.result, ...step.sum])
}

const transformFlops = (points: number): number => 5 * points * binaryLogarithm(points)

/**
 * The bytes of the different elements of an access: at most the indices that move it, its span, and
 * the length of the buffer.
 */
function bytesTouched({ operand, loops }: MemoryAccess, buffer: Buffer): number {
  const { bytes } = dtypes[buffer.dtype]
  if (isEmpty(loops)) return 0
  let indices = 1
  let span = 1
  for (const [l, { extent }] of loops.entries()) {
    const stride = operand.strides[l]!
    if (stride === 0) continue
    indices *= extent
    span += Math.abs(stride) * (extent - 1)
  }
  return Math.min(indices, span, buffer.length > 0 ? buffer.length : Infinity) * bytes
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0)
