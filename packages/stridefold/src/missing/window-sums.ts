/**
 * One result by the definition, in float64:
 *
 *   y = Σ_present k·x + (Σ_missing k) · (Σ_present |k|·x / Σ_present |k|)
 *
 * For results under a few holes, and for those whose sums elsewhere would lose digits. The window
 * is visited axis by axis; each axis knows what its taps read.
 */

import { fillValue, sourceIndex } from '../geometry/boundary.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Frame, Weights, WindowAxis } from './frame.ts'

/** What the taps of one axis read for its current output. */
interface Reads {
  output: number
  /** For each tap the index of a sample, −1 for a constant, or −2 for a missing sample. */
  readonly samples: Int32Array
}

const constant = -1
const missingOutside = -2

export class WindowSums {
  readonly #x: NdArray
  readonly #mask: NdArray | undefined
  readonly #axes: readonly WindowAxis[]
  readonly #weights: Weights
  readonly #reads: readonly Reads[]
  /** The number of taps of one step along each axis. */
  readonly #taps: readonly number[]
  #present = 0
  #missing = 0
  #weighted = 0
  #presentTotal = 0
  #missingTotal = 0

  constructor({ x, mask, axes, weights }: Pick<Frame, 'x' | 'mask' | 'axes' | 'weights'>) {
    this.#x = x
    this.#mask = mask
    this.#axes = axes
    this.#weights = weights
    this.#reads = axes.map(({ taps }) => ({ output: -1, samples: new Int32Array(taps) }))
    this.#taps = axes.map((_, axis) =>
      axes.slice(axis + 1).reduce((count, { taps }) => count * taps, 1),
    )
  }

  /** The result at this index, without the bias. */
  at(index: readonly number[]): number {
    for (let axis = 0; axis < index.length; axis++) this.#moveTo(axis, index[axis]!)
    this.#present = this.#missing = this.#weighted = 0
    this.#presentTotal = this.#missingTotal = 0
    this.#visit(0, this.#x.offset, this.#mask?.offset ?? 0, 0)
    return interpolated(
      this.#present,
      this.#missing,
      this.#missingTotal,
      this.#weighted,
      this.#presentTotal,
      this.#weights.smallest,
    )
  }

  #moveTo(axis: number, output: number): void {
    const reads = this.#reads[axis]!
    if (reads.output === output) return
    reads.output = output
    const { input, taps, stride, dilation, before, boundary, isMissingOutside } = this.#axes[axis]!
    const first = output * stride - before
    for (let t = 0; t < taps; t++) {
      const at = first + t * dilation
      reads.samples[t] =
        at >= 0 && at < input
          ? at
          : isMissingOutside
            ? missingOutside
            : sourceIndex(at, input, boundary)
    }
  }

  /** Adds up the taps of this axis and of all after it. `weight` is the first of their weights. */
  #visit(axis: number, element: number, maskElement: number, weight: number): void {
    if (axis === this.#axes.length - 1) return this.#visitLine(element, maskElement, weight)
    const { samples } = this.#reads[axis]!
    const [count, stride] = [this.#taps[axis]!, this.#x.strides[axis]!]
    const maskStride = this.#mask?.strides[axis] ?? 0
    for (let t = 0; t < samples.length; t++) {
      const [sample, first] = [samples[t]!, weight + t * count]
      // Of the borders of two axes, a constant decides, and of two constants that of the first.
      if (sample === missingOutside) this.#addMissing(first, first + count)
      else if (sample >= 0)
        this.#visit(axis + 1, element + sample * stride, maskElement + sample * maskStride, first)
      else this.#addConstant(fillValue(this.#axes[axis]!.boundary), first, first + count)
    }
  }

  #visitLine(element: number, maskElement: number, weight: number): void {
    const axis = this.#axes.length - 1
    const { samples } = this.#reads[axis]!
    const { data, strides } = this.#x
    const { values, magnitudes } = this.#weights
    const [stride, mask] = [strides[axis]!, this.#mask]
    const maskStride = mask?.strides[axis] ?? 0
    const outside = fillValue(this.#axes[axis]!.boundary)
    let [present, missing, weighted, presentTotal, missingTotal] = [0, 0, 0, 0, 0]
    for (let t = 0; t < samples.length; t++) {
      const sample = samples[t]!
      const [k, magnitude] = [values[weight + t]!, magnitudes[weight + t]!]
      const value =
        sample >= 0 ? data[element + sample * stride]! : sample === constant ? outside : NaN
      const isMissing =
        sample < 0
          ? sample === missingOutside
          : mask === undefined
            ? Number.isNaN(value)
            : mask.data[maskElement + sample * maskStride] === 0
      if (isMissing) {
        missing += k
        missingTotal += magnitude
      } else {
        present += k * value
        weighted += magnitude * value
        presentTotal += magnitude
      }
    }
    this.#present += present
    this.#missing += missing
    this.#weighted += weighted
    this.#presentTotal += presentTotal
    this.#missingTotal += missingTotal
  }

  #addMissing(first: number, end: number): void {
    for (let i = first; i < end; i++) {
      this.#missing += this.#weights.values[i]!
      this.#missingTotal += this.#weights.magnitudes[i]!
    }
  }

  #addConstant(value: number, first: number, end: number): void {
    for (let i = first; i < end; i++) {
      this.#present += this.#weights.values[i]! * value
      this.#weighted += this.#weights.magnitudes[i]! * value
      this.#presentTotal += this.#weights.magnitudes[i]!
    }
  }
}

/**
 * The result from its sums. A window without a missing sample that counts gives Σ k·x, which an
 * infinite mean must not change.
 */
function interpolated(
  present: number,
  missing: number,
  missingTotal: number,
  weighted: number,
  presentTotal: number,
  smallest: number,
): number {
  if (missingTotal === 0) return present
  if (presentTotal === 0 || presentTotal < smallest) return NaN
  return missing === 0 ? present : present + missing * (weighted / presentTotal)
}
