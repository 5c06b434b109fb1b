/**
 * Limits the size of a network. A file of a hundred bytes can describe terabytes. So every array is
 * counted, layer by layer, before anything is allocated.
 */

import { inputError } from '../failure.ts'
import { elementCount } from '../layout.ts'
import { byteSize, count as countText } from '../units.ts'
import { printableName, shapeText } from './graph.ts'

/** Default limit in bytes for weights, inputs and results together. */
export const defaultMaxBytes: number = 2 ** 30

/**
 * Limits for one run, in flops: some minutes of time. Loops are about a hundred times slower than
 * plans.
 */
const maxFlop = { plan: 2e12, loop: 2e10 }

export class Budget {
  readonly #maxBytes: number
  #taken = 0
  readonly #flop = { plan: 0, loop: 0 }

  constructor(maxBytes: number = defaultMaxBytes) {
    this.#maxBytes = maxBytes
  }

  /** Counts the bytes of an array, by default of float32. Throws if they do not fit. */
  take(name: string, shape: readonly number[], bytesEach = 4): void {
    this.#check(name, shape, bytesEach)
    this.#taken += bytesEach * elementCount(shape)
  }

  /** Throws for an invalid shape, and for an array that does not fit. */
  #check(name: string, shape: readonly number[], bytesEach = 4): void {
    if (!shape.every((n) => Number.isSafeInteger(n) && n > 0))
      throw inputError(
        `${printableName(name)} has shape ${shapeText(shape)}; extents must be integers from 1 ` +
          'on.',
      )
    // Exact up to 2^53. Larger sizes exceed the limit anyway.
    const bytes = bytesEach * elementCount(shape)
    if (bytes > this.#maxBytes - this.#taken)
      throw inputError(
        `${printableName(name)} has shape ${shapeText(shape)}, ${byteSize(bytes)}, after ` +
          `${byteSize(this.#taken)} of other arrays; weights, inputs ` +
          `and results may take ${byteSize(this.#maxBytes)} in total. Use a smaller input, or ` +
          'raise --memory-limit.',
      )
  }

  /** Counts the flops of one run. Throws if they exceed the limit. */
  work(name: string, how: 'plan' | 'loop', flop: number): void {
    this.#flop[how] += flop
    if (!(this.#flop[how] <= maxFlop[how]))
      throw inputError(
        `${printableName(name)} takes ${countText(flop)} flop, but one run may take ` +
          `${countText(maxFlop[how])} in ${how}s. Use a smaller input.`,
      )
  }
}
