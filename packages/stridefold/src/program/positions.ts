/**
 * Do the positions of a program fit in the integers of a backend? A position is the distance of an
 * element from the start of its buffer. A coordinate is the number that a bound of a Move compares.
 *
 *   position = offset + Σ iₗ · strides[l]        in bytes; so are coordinates, in samples
 *
 * Float64 arithmetic is enough: rounding is monotone, so a number above a limit never rounds below
 * it.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { isEmpty, iterations } from '../ndarray/loops.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { accessesOf } from './accesses.ts'
import type { Program } from './program.ts'
import type { BoundsCheck, Loop, Step } from './steps.ts'

/** The largest numbers that a backend's integers can hold. */
export interface PositionLimits {
  /** The largest distance in bytes between the start of a buffer and a computed position. */
  readonly bytes: number
  /** The largest coordinate of a bound, and the largest number of iterations of nested loops. */
  readonly count: number
}

/** The reason why a program exceeds these limits. Undefined if it does not. */
export const positionsBeyond = (program: Program, limits: PositionLimits): string | undefined =>
  finish(positionsWork(program, limits))

/** The work of `positionsBeyond`. */
export function* positionsWork(program: Program, limits: PositionLimits): Work<string | undefined> {
  const bytesOf = new Map(program.buffers.map(({ name, dtype }) => [name, dtypes[dtype].bytes]))
  for (const { grid, steps } of program.stages) {
    for (const step of steps) {
      for (const nest of nestsOf(step, grid)) {
        const count = iterations(nest)
        if (!(count <= limits.count))
          return limitMessage(`${count} iterations of nested loops`, limits.count)
      }
      for (const { operand, loops } of accessesOf(step, grid)) {
        if (isEmpty(loops)) continue
        const [low, high] = ends(operand, loops)
        const bytes = bytesOf.get(operand.buffer)! * Math.max(-low, high)
        if (!(bytes <= limits.bytes && operand.strides.every(Number.isSafeInteger))) {
          return limitMessage(
            `a position ${bytes} bytes from the start of '${operand.buffer}'`,
            limits.bytes,
          )
        }
      }
      if (step.kind !== 'move' || isEmpty([...grid, ...step.loops])) continue
      for (const bound of step.bounds) {
        const coordinate = largestCoordinate(bound, [...grid, ...step.loops])
        if (!(coordinate <= limits.count && bound.strides.every(Number.isSafeInteger)))
          return limitMessage(`the coordinate ${coordinate}`, limits.count)
      }
    }
    yield
  }
  return undefined
}

/**
 * The largest number that a comparison of a coordinate with its bound computes: its distance from
 * either end of the bound, plus one stride for a division that rounds up.
 */
export function largestCoordinate(
  { offset, strides, extent }: BoundsCheck,
  loops: readonly Loop[],
): number {
  const [low, high] = ends({ offset, strides }, loops)
  return extent + Math.max(-low, high) + Math.max(0, ...strides.map(Math.abs))
}

/** Bounds of Σ index · stride with and without the offset. No loop may be empty. */
function ends(
  { offset, strides }: { readonly offset: number; readonly strides: readonly number[] },
  loops: readonly Loop[],
): readonly [low: number, high: number] {
  let [low, high] = [Math.min(offset, 0), Math.max(offset, 0)]
  for (const [l, { extent }] of loops.entries()) {
    const span = (extent - 1) * strides[l]!
    if (span < 0) low += span
    else high += span
  }
  return [low, high]
}

/**
 * Lists of loops that a backend may flatten into one: over items, over results, over terms of a
 * sum.
 */
function nestsOf(step: Step, grid: readonly Loop[]): readonly (readonly Loop[])[] {
  if (step.kind === 'contract') return [grid, step.result, step.sum]
  if (step.kind === 'maximum') return [grid, step.result, step.window]
  return [
    grid,
    step.kind === 'fft' ? [...step.loops, { name: 'point', extent: step.points }] : step.loops,
  ]
}

const limitMessage = (what: string, limit: number): string =>
  `its program has ${what}, and this backend counts to ${limit}`
