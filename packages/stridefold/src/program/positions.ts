/**
 * Can a backend count this program's positions? A position is where an element lies, counted from
 * its buffer's start; a coordinate is what a Move's bound is compared with.
 *
 *   position = offset + Σ iₗ · strides[l]        in bytes; so are coordinates, in samples
 *
 * Float64 arithmetic suffices: rounding is monotone, so what exceeds a limit cannot come out below.
 */

import { dtypes } from '../ndarray/dtype.ts'
import type { Program } from './program.ts'
import type { BoundsCheck, Loop, Step } from './steps.ts'
import { accessesOf } from './accesses.ts'

/** What a backend's integers can hold. */
export interface PositionLimits {
  /** Bytes between the start of a buffer and any position that is computed for it. */
  readonly bytes: number
  /** Coordinates of bounds, and how often loops run, one inside the other. */
  readonly count: number
}

/** Why a program leaves these limits, in words; undefined where it stays inside. */
export function positionsBeyond(program: Program, limits: PositionLimits): string | undefined {
  const bytesOf = new Map(program.buffers.map(({ name, dtype }) => [name, dtypes[dtype].bytes]))
  for (const { grid, steps } of program.stages) {
    for (const step of steps) {
      for (const nest of nestsOf(step, grid)) {
        const rounds = nest.reduce((n, { extent }) => n * extent, 1)
        if (!(rounds <= limits.count)) return beyond(`${rounds} rounds of its loops`, limits.count)
      }
      for (const { operand, loops } of accessesOf(step, grid)) {
        if (isEmpty(loops)) continue
        const [low, high] = ends(operand, loops)
        const bytes = bytesOf.get(operand.buffer)! * Math.max(-low, high)
        if (!(bytes <= limits.bytes && operand.strides.every(Number.isSafeInteger))) {
          return beyond(
            `a position ${bytes} bytes from the start of '${operand.buffer}'`,
            limits.bytes,
          )
        }
      }
      if (step.kind !== 'move' || isEmpty([...grid, ...step.loops])) continue
      for (const bound of step.bounds) {
        const coordinate = largestCoordinate(bound, [...grid, ...step.loops])
        if (!(coordinate <= limits.count && bound.strides.every(Number.isSafeInteger)))
          return beyond(`the coordinate ${coordinate}`, limits.count)
      }
    }
  }
  return undefined
}

/**
 * The largest number that comparing a coordinate with its bound takes: its distance from either end
 * of the bound, and a stride more, which a division that rounds up adds.
 */
export function largestCoordinate(
  { offset, strides, extent }: BoundsCheck,
  loops: readonly Loop[],
): number {
  const [low, high] = ends({ offset, strides }, loops)
  return extent + Math.max(-low, high) + Math.max(0, ...strides.map(Math.abs))
}

/** Lowest and highest value of offset + Σ index · stride; no loop is empty. */
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

const isEmpty = (loops: readonly Loop[]): boolean => loops.some(({ extent }) => extent === 0)

/** Loops that may become one: those over items, over results, and over terms of a sum. */
function nestsOf(step: Step, grid: readonly Loop[]): readonly (readonly Loop[])[] {
  if (step.kind === 'contract') return [grid, step.result, step.sum]
  return [
    grid,
    step.kind === 'fft' ? [...step.loops, { name: 'point', extent: step.points }] : step.loops,
  ]
}

const beyond = (what: string, limit: number): string =>
  `its program has ${what}, and this backend counts to ${limit}`
