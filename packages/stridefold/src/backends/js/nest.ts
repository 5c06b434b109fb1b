/**
 * Loops of several walks side by side, and an odometer that runs through them.
 *
 * Loops of one round vanish, and two neighbours become one where every walk goes from the end of
 * one row to the start of the next by its own step. Addresses move by additions only.
 */

import type { Loop } from '../../program/steps.ts'

/** One loop: how often it runs and how far it moves each walk. */
export interface NestLoop {
  readonly extent: number
  readonly steps: readonly number[]
}

/**
 * The loops, outermost first, with their stride in each walk (`walks[w][l]`); as few as possible.
 */
export function nestOf(loops: readonly Loop[], walks: readonly (readonly number[])[]): NestLoop[] {
  const nest: NestLoop[] = []
  for (const [l, { extent }] of loops.entries()) {
    if (extent === 1) continue
    const steps = walks.map((strides) => strides[l]!)
    const outer = nest.at(-1)
    if (outer?.steps.every((step, w) => step === steps[w]! * extent))
      nest[nest.length - 1] = { extent: outer.extent * extent, steps }
    else nest.push({ extent, steps })
  }
  return nest
}

export const isEmpty = (loops: readonly Loop[]): boolean => loops.some((loop) => loop.extent === 0)

/**
 * Takes the loop with the highest rank out of a nest; of equals the innermost. An empty nest gives
 * one round that moves nothing.
 */
export function takeOut(
  nest: readonly NestLoop[],
  walks: number,
  rank: (loop: NestLoop) => number,
): { inner: NestLoop; outer: NestLoop[] } {
  const best = nest.reduce(
    (sofar, loop, l) => (sofar < 0 || rank(loop) >= rank(nest[sofar]!) ? l : sofar),
    -1,
  )
  const inner = nest[best] ?? { extent: 1, steps: new Array<number>(walks).fill(0) }
  return { inner, outer: nest.filter((_, l) => l !== best) }
}

/** Runs through a nest: `at` holds the current address of each walk. No loop may be empty. */
export class Odometer {
  readonly at: number[]
  readonly #nest: readonly NestLoop[]
  readonly #index: number[]

  constructor(nest: readonly NestLoop[], walks: number) {
    this.#nest = nest
    this.at = new Array<number>(walks).fill(0)
    this.#index = nest.map(() => 0)
  }

  /** On to the next index, the last loop first; false, and back where it began, after the last. */
  next(): boolean {
    const { at } = this
    for (let l = this.#nest.length - 1; l >= 0; l--) {
      const { extent, steps } = this.#nest[l]!
      const runsOn = ++this.#index[l]! < extent
      const rounds = runsOn ? 1 : 1 - extent
      for (let w = 0; w < steps.length; w++) at[w]! += steps[w]! * rounds
      if (runsOn) return true
      this.#index[l] = 0
    }
    return false
  }
}
