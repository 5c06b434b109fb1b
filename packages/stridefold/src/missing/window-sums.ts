/**
 * One result by the definition, in float64:
 *
 *   y = Σ_present k·x + (Σ_missing k) · (Σ_present |k|·x / Σ_present |k|)
 *
 * For results under a few holes, and for those whose sums elsewhere would lose digits. A window
 * inside the input is one loop over its taps. At the border each axis knows what its taps read.
 */

import { fillValue, sourceIndex } from '../geometry/boundary.ts'
import { advanceIndex } from '../ndarray/indices.ts'
import { elementAt } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Frame, Weights, WindowAxis } from './frame.ts'

/** What the taps of one axis read for its current output. */
interface Reads {
  output: number
  /** The coordinate of the first tap. */
  first: number
  /** Whether no tap reads outside. */
  isInside: boolean
  /** If one does: for each tap the index of a sample, `constant`, or `missingOutside`. */
  readonly samples: Int32Array
}

const constant = -1
const missingOutside = -2

// The places of the sums in an array of float64, which holds numbers without an allocation.
const [present, missing, weighted, presentTotal, missingTotal] = [0, 1, 2, 3, 4] as const

export class WindowSums {
  readonly #x: NdArray
  readonly #mask: NdArray | undefined
  readonly #axes: readonly WindowAxis[]
  readonly #weights: Weights
  readonly #reads: readonly Reads[]
  /** The number of taps of one step along each axis. */
  readonly #taps: readonly number[]
  /** The elements of all taps, from that of the first. */
  readonly #elements: Int32Array
  readonly #maskElements: Int32Array
  readonly #sums = new Float64Array(5)

  constructor({ x, mask, axes, weights }: Pick<Frame, 'x' | 'mask' | 'axes' | 'weights'>) {
    this.#x = x
    this.#mask = mask
    this.#axes = axes
    this.#weights = weights
    this.#reads = axes.map(({ taps }) => ({
      ...{ output: -1, first: 0, isInside: false, samples: new Int32Array(taps) },
    }))
    this.#taps = axes.map((_, axis) =>
      axes.slice(axis + 1).reduce((count, { taps }) => count * taps, 1),
    )
    this.#elements = tapElements(axes, x.strides)
    this.#maskElements = mask === undefined ? this.#elements : tapElements(axes, mask.strides)
  }

  /** The result at this index, without the bias. */
  at(index: readonly number[]): number {
    const sums = this.#sums
    sums.fill(0)
    const [x, mask] = [this.#x, this.#mask]
    if (this.#moveTo(index)) {
      let [first, maskFirst] = [x.offset, mask === undefined ? 0 : mask.offset]
      for (let axis = 0; axis < index.length; axis++) {
        first += this.#reads[axis]!.first * x.strides[axis]!
        if (mask !== undefined) maskFirst += this.#reads[axis]!.first * mask.strides[axis]!
      }
      if (mask === undefined) addPresent(sums, this.#weights, x, this.#elements, first)
      else {
        addMasked(
          ...([sums, this.#weights, x, this.#elements, first] as const),
          ...([mask, this.#maskElements, maskFirst] as const),
        )
      }
    } else this.#visit(0, x.offset, mask?.offset ?? 0, 0)
    return result(sums, this.#weights.smallest)
  }

  /** Whether the window at this index reads nothing outside. */
  #moveTo(index: readonly number[]): boolean {
    let isInside = true
    for (let axis = 0; axis < index.length; axis++) {
      const reads = this.#reads[axis]!
      if (reads.output !== index[axis]) moveAlong(reads, this.#axes[axis]!, index[axis]!)
      isInside &&= reads.isInside
    }
    return isInside
  }

  /** Adds up the taps of this axis and of all after it. `weight` is the first of their weights. */
  #visit(axis: number, element: number, maskElement: number, weight: number): void {
    const { samples } = this.#reads[axis]!
    const { boundary } = this.#axes[axis]!
    const [count, stride] = [this.#taps[axis]!, this.#x.strides[axis]!]
    const maskStride = this.#mask === undefined ? 0 : this.#mask.strides[axis]!
    for (let t = 0; t < samples.length; t++) {
      const [sample, next] = [samples[t]!, weight + t * count]
      // Of the borders of two axes, a constant decides, and of two constants that of the first.
      if (sample === missingOutside) this.#addMissing(next, next + count)
      else if (sample === constant) this.#addConstant(fillValue(boundary), next, next + count)
      else if (axis < this.#axes.length - 1)
        this.#visit(axis + 1, element + sample * stride, maskElement + sample * maskStride, next)
      else this.#addSample(element + sample * stride, maskElement + sample * maskStride, next)
    }
  }

  #addSample(element: number, maskElement: number, weight: number): void {
    const value = this.#x.data[element]!
    const isMissing =
      this.#mask === undefined ? Number.isNaN(value) : this.#mask.data[maskElement] === 0
    if (isMissing) this.#addMissing(weight, weight + 1)
    else this.#addConstant(value, weight, weight + 1)
  }

  #addMissing(first: number, end: number): void {
    const { values, magnitudes } = this.#weights
    for (let i = first; i < end; i++) {
      this.#sums[missing]! += values[i]!
      this.#sums[missingTotal]! += magnitudes[i]!
    }
  }

  #addConstant(value: number, first: number, end: number): void {
    const { values, magnitudes } = this.#weights
    for (let i = first; i < end; i++) {
      this.#sums[present]! += values[i]! * value
      this.#sums[weighted]! += magnitudes[i]! * value
      this.#sums[presentTotal]! += magnitudes[i]!
    }
  }
}

/** The elements of all taps, from that of the first. */
function tapElements(axes: readonly WindowAxis[], strides: readonly number[]): Int32Array {
  const shape = axes.map(({ taps }) => taps)
  const steps = axes.map(({ dilation }, axis) => dilation * strides[axis]!)
  const elements = new Int32Array(shape.reduce((count, taps) => count * taps, 1))
  const index = shape.map(() => 0)
  for (let t = 0; t < elements.length; t++) {
    elements[t] = elementAt(index, steps, 0)
    advanceIndex(shape, index)
  }
  return elements
}

function moveAlong(reads: Reads, axis: WindowAxis, output: number): void {
  const { input, taps, stride, dilation, before, boundary, isMissingOutside } = axis
  const first = output * stride - before
  reads.output = output
  reads.first = first
  reads.isInside = first >= 0 && first + (taps - 1) * dilation < input
  for (let t = 0; t < taps; t++) {
    const at = first + t * dilation
    const isInside = at >= 0 && at < input
    reads.samples[t] = isInside
      ? at
      : isMissingOutside
        ? missingOutside
        : sourceIndex(at, input, boundary)
  }
}

/** Adds up the taps of a window inside, in which NaN is missing. */
function addPresent(
  sums: Float64Array,
  { values, magnitudes }: Weights,
  { data }: NdArray,
  elements: Int32Array,
  first: number,
): void {
  let p = 0
  let m = 0
  let w = 0
  let pt = 0
  let mt = 0
  for (let t = 0; t < elements.length; t++) {
    const value = data[first + elements[t]!]!
    const k = values[t]!
    const magnitude = magnitudes[t]!
    if (Number.isNaN(value)) {
      m += k
      mt += magnitude
    } else {
      p += k * value
      w += magnitude * value
      pt += magnitude
    }
  }
  sums[present] = p
  sums[missing] = m
  sums[weighted] = w
  sums[presentTotal] = pt
  sums[missingTotal] = mt
}

/** The same with a mask. */
function addMasked(
  sums: Float64Array,
  { values, magnitudes }: Weights,
  { data }: NdArray,
  elements: Int32Array,
  first: number,
  mask: NdArray,
  maskElements: Int32Array,
  maskFirst: number,
): void {
  let p = 0
  let m = 0
  let w = 0
  let pt = 0
  let mt = 0
  for (let t = 0; t < elements.length; t++) {
    const k = values[t]!
    const magnitude = magnitudes[t]!
    if (mask.data[maskFirst + maskElements[t]!] === 0) {
      m += k
      mt += magnitude
    } else {
      const value = data[first + elements[t]!]!
      p += k * value
      w += magnitude * value
      pt += magnitude
    }
  }
  sums[present] = p
  sums[missing] = m
  sums[weighted] = w
  sums[presentTotal] = pt
  sums[missingTotal] = mt
}

/**
 * A window without a missing sample that counts gives Σ k·x, which an infinite mean must not
 * change.
 */
function result(sums: Float64Array, smallest: number): number {
  if (sums[missingTotal] === 0) return sums[present]!
  if (sums[presentTotal] === 0 || sums[presentTotal]! < smallest) return NaN
  if (sums[missing] === 0) return sums[present]!
  return sums[present]! + sums[missing]! * (sums[weighted]! / sums[presentTotal]!)
}
