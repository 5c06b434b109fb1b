/**
 * How long will a program take? The sum over all steps. A step takes the longer of its arithmetic
 * and its memory traffic; a move takes the time of its copy.
 *
 * The steps of a stage run one after the other for each grid item. The memory traffic of one step
 * therefore does not overlap with the arithmetic of another.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { accessesOf } from '../program/accesses.ts'
import type { Rates } from '../program/backend.ts'
import type { Machine } from '../program/machine.ts'
import { type Buffer, byteLength, type Program, type Stage } from '../program/program.ts'
import type { Move, Operand, Step } from '../program/steps.ts'
import { traffic } from '../program/traffic.ts'

export interface Cost {
  /** The predicted time, in milliseconds. */
  readonly milliseconds: number
  /** The same for each stage, all its runs together, without copies. */
  readonly stages: readonly number[]
  /** Multiplications and additions. */
  readonly flops: number
  /** Bytes read and written. */
  readonly bytes: number
  /** Bytes of scratch, of the local buffers of one worker, of packed weights and of constants. */
  readonly ownedBytes: number
}

/** The predicted time of a program on one thread. */
export interface SerialTime {
  /** Of each stage, in milliseconds. */
  readonly stages: readonly number[]
  /** Bytes of the caller's arrays that are copied. */
  readonly copiedBytes: number
  /** How often the program runs: once for each box. */
  readonly runs: number
}

/**
 * Returns the predicted cost of running a program `times` times and copying `copiedBytes` bytes.
 * Stages that run once per kernel are not counted. `predicted` are the seconds of the backend
 * for each step of each stage. Without them, all arithmetic has the same rate. `pieces`: those in
 * which the arrays of boxes are copied.
 */
export const costOf = (...of: Parameters<typeof costWork>): Cost => finish(costWork(...of))

/** The work of `costOf`. */
export function* costWork(
  program: Program,
  rates: Rates,
  machine: Machine,
  times: number,
  copiedBytes: number,
  predicted?: readonly (readonly number[])[],
  pieces = 0,
): Work<Cost> {
  const t = traffic(program)
  yield
  let [flops, bytes] = [0, 0]
  const rereadable = program.buffers.filter(
    (buffer) => buffer.role === 'prepared' && byteLength(buffer) > machine.l2Bytes,
  )
  const stages: number[] = []
  for (const [index, stage] of program.stages.entries()) {
    const stageTraffic = t.perStage[index]!
    if (stage.prepare) {
      stages.push(0)
      continue
    }
    const perStep = t.perStep[index]!
    const stepBytes = perStep.map(
      (step, s) =>
        step.bytesRead + step.bytesWritten - step.bytesLocal + rereadBytes(stage, s, rereadable),
    )
    const isCached = stepBytes.reduce((sum, bytes) => sum + bytes, 0) <= machine.l2Bytes
    const bandwidth = (isCached ? rates.cached : rates.stream) * 1e9
    let seconds = rates.stage * 1e-6
    stage.steps.forEach((step, s) => {
      if (step.kind === 'move' && predicted === undefined) {
        seconds += moveSeconds(step, stage, program, rates)
        return
      }
      const scalar = step.kind === 'contract' && step.tile === 'scalar'
      const rate = (scalar ? rates.scalar : step.kind === 'fft' ? rates.fft : rates.best) * 1e9
      const arithmetic =
        predicted === undefined || scalar ? perStep[s]!.flops / rate : predicted[index]![s]!
      const scattered = scatteredBytes(step, stage, program, machine)
      const fromMemory = step.kind === 'move' && !isCached ? rates.move * 1e9 : bandwidth
      seconds +=
        Math.max(arithmetic, (stepBytes[s]! - scattered) / fromMemory) +
        scattered / (rates.scattered * 1e9)
    })
    flops += stageTraffic.flops
    bytes += stageTraffic.bytesRead + stageTraffic.bytesWritten
    stages.push(seconds)
    yield
  }
  const seconds = stages.reduce((sum, time) => sum + time, 0)
  const copy = copiedBytes / times <= machine.l2Bytes / 2 ? rates.cachedCopy : rates.copy
  const fixed = times * rates.run * 1e-6 + pieces * rates.piece * 1e-6
  const milliseconds = (times * seconds + fixed + copiedBytes / (copy * 1e9)) * 1000
  const ownedBytes = t.scratchBytes + t.localBytes + t.preparedBytes + t.constantBytes
  return {
    ...{ milliseconds, stages: stages.map((time) => times * time * 1000) },
    ...{ flops: times * flops, bytes: times * bytes + copiedBytes, ownedBytes },
  }
}

/**
 * Returns the bytes of weights that a contraction reads from memory in short pieces: one piece for
 * every index that both operands share, such as the points of a spectrum. The processor does not
 * prefetch the next piece, so this time is added to the arithmetic.
 */
function scatteredBytes(
  step: Step,
  { grid }: Stage,
  program: Program,
  { l3Bytes }: Machine,
): number {
  if (step.kind !== 'contract') return 0
  const loops = [...step.result, ...step.sum]
  const bytes = (weights: Operand, other: Operand): number => {
    const buffer = program.buffers.find(({ name }) => name === weights.buffer)!
    if (buffer.role !== 'prepared' || byteLength(buffer) <= l3Bytes) return 0
    const strides = weights.strides.slice(grid.length)
    const otherStrides = other.strides.slice(grid.length)
    // Real and imaginary parts (extent 2) are two streams, not pieces.
    const pieceLoops = loops.flatMap(({ extent }, l) => {
      const isShared = l < step.result.length && otherStrides[l] !== 0
      return strides[l] === 0 || isShared || extent <= 2
        ? []
        : [{ extent, stride: Math.abs(strides[l]!) }]
    })
    const piece = pieceLoops
      .toSorted((x, y) => x.stride - y.stride)
      .reduce((run, { extent, stride }) => (stride === run ? run * extent : run), 1)
    if (pieceLoops.length === 0 || piece * dtypes[buffer.dtype].bytes >= minStreamBytes) return 0
    const times = grid.reduce((n, { extent }, l) => (weights.strides[l] === 0 ? n * extent : n), 1)
    return times * byteLength(buffer)
  }
  return bytes(step.a, step.b) + bytes(step.b, step.a)
}

/** From this many contiguous bytes on, memory is read at the full rate. */
const minStreamBytes = 2 ** 14

/**
 * Returns the bytes of weights that a step reads again for each grid item. `buffers` are those that
 * do not stay in the cache.
 */
function rereadBytes(stage: Stage, step: number, buffers: readonly Buffer[]): number {
  if (buffers.length === 0) return 0
  const accesses = accessesOf(stage.steps[step]!, stage.grid)
  return buffers.reduce((sum, buffer) => {
    const times = accesses
      .filter(({ operand }) => operand.buffer === buffer.name)
      .map(({ operand }) =>
        stage.grid.reduce((n, { extent }, l) => (operand.strides[l] === 0 ? n * extent : n), 1),
      )
    return sum + (Math.max(1, ...times) - 1) * byteLength(buffer)
  }, 0)
}

/** Returns the time of a move. Contiguous runs cost per byte, other elements per element. */
function moveSeconds(move: Move, stage: Stage, program: Program, rates: Rates): number {
  const elements = [...stage.grid, ...move.loops].reduce((n, loop) => n * loop.extent, 1)
  const { from, to } = move
  if (typeof from === 'number') return (elements * bytesOf(to, program)) / (rates.move * 1e9)
  const first = stage.grid.length
  const isRun = move.loops.some(
    (loop, l) => loop.extent >= 4 && to.strides[first + l] === 1 && from.strides[first + l] === 1,
  )
  if (!isRun) return elements / (rates.elements * 1e9)
  return (elements * (bytesOf(to, program) + bytesOf(from, program))) / (rates.move * 1e9)
}

const bytesOf = (operand: Operand, program: Program): number =>
  dtypes[program.buffers.find((buffer) => buffer.name === operand.buffer)!.dtype].bytes
