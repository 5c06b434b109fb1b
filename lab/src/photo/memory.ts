/**
 * Arrays that runs use one after the other. The system clears new memory page by page before it
 * gives it, which takes longer than the sums that are written there: a frame of 640 × 480 pixels
 * needs 12 MB of it.
 */

export class Memory {
  readonly #arrays = new Map<string, Float32Array<ArrayBuffer>>()

  /** The array of this name. It has the numbers of the last run. */
  floats(name: string, length: number): Float32Array<ArrayBuffer> {
    const kept = this.#arrays.get(name)
    if (kept?.length === length) return kept
    const made = new Float32Array(length)
    this.#arrays.set(name, made)
    return made
  }
}
