/**
 * How long will a program take? For each step the larger of its arithmetic and its memory traffic,
 * or what it copies; added up. Steps of a stage run one after the other for an item of its grid:
 * what one of them reads does not come while another one computes.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { byteLength, type Program, type Stage } from '../program/program.ts'
import type { Move, Operand, Step } from '../program/steps.ts'
import { traffic } from '../program/traffic.ts'
import { accessesOf } from '../program/accesses.ts'
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
 * How long will a program take? `cycles` are the prices of a backend that knows its code; without
 * them arithmetic has one rate for all.
 *
 * The predicted cost of running a program so many times and copying so many bytes; what is done
 * once for a kernel is not counted.
 */
export function costOf(
  program: Program,
  profile: Profile,
  times: number,
  copiedBytes: number,
  cycles?: readonly (readonly number[])[],
): Cost {
  const t = traffic(program)
  let [seconds, flops, bytes] = [0, 0, 0]
  program.stages.forEach((stage, index) => {
    const one = t.perStage[index]!
    if (stage.prepare) return
    const touched = one.bytesRead + one.bytesWritten
    const perStep = t.perStep[index]!
    const streamed = perStep.map(
      (step, s) =>
        step.bytesRead + step.bytesWritten - step.bytesLocal + readAgain(stage, s, program),
    )
    const isNear = streamed.reduce((sum, bytes) => sum + bytes, 0) <= secondCache
    const bandwidth = (isNear ? profile.cached : profile.stream) * 1e9
    seconds += profile.stage * 1e-6
    stage.steps.forEach((step, s) => {
      if (step.kind === 'move') {
        seconds += moveSeconds(step, stage, program, profile)
        return
      }
      const scalar = step.kind === 'contract' && step.tile === 'scalar'
      const rate = (scalar ? profile.scalar : profile.best) * 1e9
      const arithmetic =
        cycles === undefined || scalar
          ? perStep[s]!.flops / rate
          : cycles[index]![s]! / (profile.clock * 1e9)
      const apart = bytesApart(step, stage, program)
      seconds +=
        Math.max(arithmetic, (streamed[s]! - apart) / bandwidth) + apart / (profile.apart * 1e9)
    })
    flops += one.flops
    bytes += touched
  })
  const milliseconds =
    (times * (seconds + profile.run * 1e-6) + copiedBytes / (profile.copy * 1e9)) * 1000
  const ownedBytes = t.scratchBytes + t.localBytes + t.preparedBytes + t.constantBytes
  return { milliseconds, flops: times * flops, bytes: times * bytes + copiedBytes, ownedBytes }
}

/**
 * Bytes of weights that a contraction fetches from memory in short pieces: one for every index that
 * both operands share, such as the points of a spectrum. Nothing fetches the next piece before it
 * is asked for, so this time comes on top of the arithmetic.
 */
function bytesApart(step: Step, { grid }: Stage, program: Program): number {
  if (step.kind !== 'contract') return 0
  const loops = [...step.result, ...step.sum]
  const bytes = (weights: Operand, other: Operand): number => {
    const buffer = program.buffers.find(({ name }) => name === weights.buffer)!
    if (buffer.role !== 'prepared' || byteLength(buffer) <= thirdCache) return 0
    const [steps, others] = [weights.strides.slice(grid.length), other.strides.slice(grid.length)]
    // Real and imaginary parts are two streams, not pieces.
    const own = loops.flatMap(({ extent }, l) => {
      const isShared = l < step.result.length && others[l] !== 0
      return steps[l] === 0 || isShared || extent <= 2
        ? []
        : [{ extent, stride: Math.abs(steps[l]!) }]
    })
    const piece = own
      .toSorted((x, y) => x.stride - y.stride)
      .reduce((run, { extent, stride }) => (stride === run ? run * extent : run), 1)
    if (own.length === 0 || piece * dtypes[buffer.dtype].bytes >= longPiece) return 0
    const times = grid.reduce((n, { extent }, l) => (weights.strides[l] === 0 ? n * extent : n), 1)
    return times * byteLength(buffer)
  }
  return bytes(step.a, step.b) + bytes(step.b, step.a)
}

/** Bytes in a row from which on memory is read as fast as it streams. */
const longPiece = 2 ** 14

/**
 * Bytes of weights that do not stay in the cache from one item of the grid to the next, and that a
 * step reads again for each.
 */
function readAgain(stage: Stage, step: number, program: Program): number {
  const prepared = program.buffers.filter(
    (buffer) => buffer.role === 'prepared' && byteLength(buffer) > secondCache,
  )
  const walks = accessesOf(stage.steps[step]!, stage.grid)
  return prepared.reduce((sum, buffer) => {
    const times = walks
      .filter(({ operand }) => operand.buffer === buffer.name)
      .map(({ operand }) =>
        stage.grid.reduce((n, { extent }, l) => (operand.strides[l] === 0 ? n * extent : n), 1),
      )
    return sum + (Math.max(1, ...times) - 1) * byteLength(buffer)
  }, 0)
}

/** Bytes of a second-level cache, and of what one core may count on in the third. */
const [secondCache, thirdCache] = [2 ** 21, 2 ** 23]

/** Runs of neighbours go by their bytes, single elements each at its price. */
function moveSeconds(move: Move, stage: Stage, program: Program, profile: Profile): number {
  const elements = [...stage.grid, ...move.loops].reduce((n, loop) => n * loop.extent, 1)
  const { from, to } = move
  if (typeof from === 'number') return (elements * bytesOf(to, program)) / (profile.move * 1e9)
  const first = stage.grid.length
  const isRun = move.loops.some(
    (loop, l) => loop.extent >= 4 && to.strides[first + l] === 1 && from.strides[first + l] === 1,
  )
  if (!isRun) return elements / (profile.elements * 1e9)
  return (elements * (bytesOf(to, program) + bytesOf(from, program))) / (profile.move * 1e9)
}

const bytesOf = (operand: Operand, program: Program): number =>
  dtypes[program.buffers.find((buffer) => buffer.name === operand.buffer)!.dtype].bytes
