/**
 * How large may a network be? Counted before anything is allocated, layer by layer, in whole
 * numbers: a file of a hundred bytes can ask for terabytes.
 */

import { inputError } from '../failure.ts'
import { byteSize, count as countText } from '../units.ts'
import { count, shapeText, printableName } from './graph.ts'

/** Weights, inputs and results together, where nothing else is said. */
export const defaultMaxBytes: number = 2 ** 30

/** Of one run: minutes of this machine's time. Loops do about a hundredth of what plans do. */
const maxFlop = { plan: 2e12, loop: 2e10 }

export class Budget {
  readonly #maxBytes: number
  #taken = 0
  readonly #flop = { plan: 0, loop: 0 }

  constructor(maxBytes: number = defaultMaxBytes) {
    this.#maxBytes = maxBytes
  }

  /** Takes room for an array of float32, or of as many bytes each as are said. */
  take(name: string, shape: readonly number[], bytesEach = 4): void {
    this.#check(name, shape, bytesEach)
    this.#taken += bytesEach * count(shape)
  }

  /** Throws for an array that there is no room for. */
  #check(name: string, shape: readonly number[], bytesEach = 4): void {
    if (!shape.every((n) => Number.isSafeInteger(n) && n > 0))
      throw inputError(
        `${printableName(name)} has shape ${shapeText(shape)}; whole extents from 1 on are needed.`,
      )
    // Exact up to 2^53, and beyond that it is too much anyway.
    const bytes = bytesEach * count(shape)
    if (bytes > this.#maxBytes - this.#taken)
      throw inputError(
        `${printableName(name)} has shape ${shapeText(shape)}, ${byteSize(bytes)}, beside ` +
          `${byteSize(this.#taken)} before it; weights, inputs ` +
          `and results may take ${byteSize(this.#maxBytes)} in all. Use a smaller input, or ` +
          'raise --memory-limit.',
      )
  }

  /** Takes time for the flops of one run. */
  work(name: string, how: 'plan' | 'loop', flop: number): void {
    this.#flop[how] += flop
    if (!(this.#flop[how] <= maxFlop[how]))
      throw inputError(
        `${printableName(name)} takes ${countText(flop)} flop, and one run may take ` +
          `${countText(maxFlop[how])} in ${how}s. Use a smaller input.`,
      )
  }
}
