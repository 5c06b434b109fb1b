/**
 * Merges the loops of several address sequences, and runs through them with an odometer.
 *
 * Loops of extent 1 are removed. Two neighbouring loops become one if this holds in every sequence:
 * outer stride = inner stride × inner extent. Addresses change by additions only.
 */

import type { Loop } from '../../program/steps.ts'

/** One loop: its extent, and its stride in each address sequence. */
export interface NestLoop {
  readonly extent: number
  readonly steps: readonly number[]
}

/**
 * As few loops as possible, outermost first. `sequences[w][l]` is the stride of loop l in
 * sequence w.
 */
export function nestOf(
  loops: readonly Loop[],
  sequences: readonly (readonly number[])[],
): NestLoop[] {
  const nest: NestLoop[] = []
  for (const [l, { extent }] of loops.entries()) {
    if (extent === 1) continue
    const steps = sequences.map((strides) => strides[l]!)
    const outer = nest.at(-1)
    if (outer?.steps.every((step, w) => step === steps[w]! * extent))
      nest[nest.length - 1] = { extent: outer.extent * extent, steps }
    else nest.push({ extent, steps })
  }
  return nest
}

export const isEmpty = (loops: readonly Loop[]): boolean => loops.some((loop) => loop.extent === 0)

/**
 * Removes the loop with the highest rank from a nest; of equal loops the innermost. An empty nest
 * returns a loop of extent 1 with strides 0.
 */
export function extractLoop(
  nest: readonly NestLoop[],
  sequences: number,
  rank: (loop: NestLoop) => number,
): { inner: NestLoop; outer: NestLoop[] } {
  const bestIndex = nest.reduce(
    (bestSoFar, loop, l) => (bestSoFar < 0 || rank(loop) >= rank(nest[bestSoFar]!) ? l : bestSoFar),
    -1,
  )
  const inner = nest[bestIndex] ?? { extent: 1, steps: new Array<number>(sequences).fill(0) }
  return { inner, outer: nest.filter((_, l) => l !== bestIndex) }
}

/** Runs through a nest. `at` holds the current address of each sequence. No loop may be empty. */
export class Odometer {
  readonly at: number[]
  readonly #nest: readonly NestLoop[]
  readonly #index: number[]

  constructor(nest: readonly NestLoop[], sequences: number) {
    this.#nest = nest
    this.at = new Array<number>(sequences).fill(0)
    this.#index = nest.map(() => 0)
  }

  /**
   * Moves to the next index, last loop fastest. After the last index it returns false, and the
   * addresses are back at the start.
   */
  next(): boolean {
    const { at } = this
    for (let l = this.#nest.length - 1; l >= 0; l--) {
      const { extent, steps } = this.#nest[l]!
      const hasNext = ++this.#index[l]! < extent
      const stepCount = hasNext ? 1 : 1 - extent
      for (let w = 0; w < steps.length; w++) at[w]! += steps[w]! * stepCount
      if (hasNext) return true
      this.#index[l] = 0
    }
    return false
  }
}
