/**
 * How much does a program compute and move? Counted from its loops alone, before anything runs.
 *
 * An element that a step touches many times counts once for that step: caches are assumed to do
 * their work within a step and to keep nothing from one to the next.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import { type Buffer, byteLength, type Program, type Role } from './program.ts'
import type { Loop, Step } from './steps.ts'
import { type MemoryAccess, accessesOf } from './accesses.ts'

/** What one step, or all steps of a stage, do for the whole grid. */
export interface StepTraffic {
  /**
   * Multiplications and additions: two for every product of a contraction, 5·n·log₂ n (as is usual)
   * for a transform of n points.
   */
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Of both, what a worker keeps to itself: blocks that stay in its cache. */
  readonly bytesLocal: number
}

export interface StageTraffic extends StepTraffic {
  readonly name: string
  readonly prepare: boolean
}

export interface Traffic {
  /** Over all stages, those that prepare a kernel included. */
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly perStage: readonly StageTraffic[]
  /** The same for each step of each stage. */
  readonly perStep: readonly (readonly StepTraffic[])[]
  /**
   * Memory that the program owns besides the caller's arrays; `localBytes` once for every worker.
   */
  readonly scratchBytes: number
  readonly localBytes: number
  readonly preparedBytes: number
  readonly constantBytes: number
}

/**
 * Work and memory of a program. Bytes are exact for dense walks, an upper bound for walks that
 * overlap or have bounds.
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
  const owned = (role: Role): number =>
    sum(program.buffers.filter((buffer) => buffer.role === role).map(byteLength))
  return {
    flops: sum(perStage.map((stage) => stage.flops)),
    bytesRead: sum(perStage.map((stage) => stage.bytesRead)),
    bytesWritten: sum(perStage.map((stage) => stage.bytesWritten)),
    perStage,
    perStep,
    scratchBytes: owned('scratch') + owned('guard'),
    localBytes: owned('local'),
    preparedBytes: owned('prepared'),
    constantBytes: owned('constant'),
  }
}

function stepTraffic(
  step: Step,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
): StepTraffic {
  const walks = accessesOf(step, grid)
  const local = walks.filter(({ operand }) => buffers.get(operand.buffer)!.role === 'local')
  const bytes = (touched: readonly MemoryAccess[]): number =>
    sum(touched.map((walk) => bytesTouched(walk, buffers.get(walk.operand.buffer)!)))
  return {
    flops: flopsOf(step, grid),
    bytesRead: bytes(walks.filter((walk) => walk.reads)),
    bytesWritten: bytes(walks.filter((walk) => walk.writes)),
    bytesLocal:
      bytes(local.filter((walk) => walk.reads)) + bytes(local.filter((walk) => walk.writes)),
  }
}

function flopsOf(step: Step, grid: readonly Loop[]): number {
  if (step.kind === 'move') return 0
  if (step.kind === 'fft')
    return [...grid, ...step.loops].reduce(
      (flops, loop) => flops * loop.extent,
      transformFlops(step.points),
    )
  return [...grid, ...step.result, ...step.sum].reduce((flops, loop) => flops * loop.extent, 2)
}

const transformFlops = (points: number): number => 5 * points * binaryLogarithm(points)

/**
 * Different elements of a walk: no more than its indices that move it, than its span, or than the
 * buffer has.
 */
function bytesTouched({ operand, loops }: MemoryAccess, buffer: Buffer): number {
  const { bytes } = dtypes[buffer.dtype]
  if (loops.some((loop) => loop.extent === 0)) return 0
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
