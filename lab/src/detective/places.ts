/**
 * The sums at all places at which the kernel meets the input, from one call of the library. Stride
 * and padding choose some of them, which are compared with the outputs that were pasted.
 */

import { definition } from 'stridefold/verify'
import {
  type Ending,
  type EndingFacts,
  endingFacts,
  filterOffsets,
  fittingEnding,
  isTelling,
  matches,
} from './endings.ts'
import { geometryOf, operandsOf, type Structure } from './structures.ts'
import { mostPadding, type Windows, windowExtent } from './windows.ts'

const maxSamples = 16
/** Outputs that read the number around the input, so that it does not fit by chance. */
const fewestOutside = 3

/** The sums at all places, and the outputs that were pasted. */
export class Places {
  readonly structure: Structure
  readonly values: Float64Array
  readonly outputs: Float64Array
  readonly #facts: EndingFacts
  readonly #extents: readonly number[]
  readonly #counts: readonly number[]
  readonly #filters: number
  readonly #samples: Int32Array
  readonly #axes: Windows['axes']
  /** What ones around the input add to every place. */
  #onesOutside: Float64Array | undefined

  constructor(structure: Structure) {
    this.structure = structure
    const { x, k, y } = structure.arrangement
    const axes = structure.dilations.map((dilation, a) => {
      const [input, kernel] = [x.shape[a + 2]!, k.shape[a + 2]!]
      const pad = mostPadding({ kernel, dilation })
      const output = input + 2 * pad - windowExtent({ kernel, dilation }) + 1
      return { input, kernel, dilation, stride: 1, before: pad, after: pad, output }
    })
    this.#axes = axes
    const operands = operandsOf(structure)
    this.values = definition(geometryOf(structure, axes), operands).values
    this.outputs = y.values
    this.#extents = [1, 1, ...axes.map(({ output }) => output)].slice(-2)
    this.#counts = [1, ...y.shape.slice(2)].slice(-2)
    this.#filters = y.shape[1]!
    const weights = operands.kernel.data as Float64Array
    const greatest = x.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const taps = weights.length / operands.kernel.shape[0]!
    this.#facts = endingFacts(weights, taps, greatest, this.outputs)
    const count = this.outputs.length
    const samples = Math.min(count, maxSamples)
    this.#samples = Int32Array.from({ length: samples }, (_, i) =>
      Math.floor((i * count) / samples),
    )
  }

  readonly filterAt = (place: number): number =>
    Math.floor(place / (this.#counts[0]! * this.#counts[1]!)) % this.#filters

  /** The sum that belongs to an output. */
  #reader(windows: Windows, values: Float64Array = this.values): (place: number) => number {
    const [rows, columns] = [this.#extents[0]!, this.#extents[1]!]
    const [high, wide] = [this.#counts[0]!, this.#counts[1]!]
    const firsts = windows.axes.map((axis) => mostPadding(axis) - axis.before)
    const steps = windows.axes.map(({ stride }) => stride)
    const [top, left] = [0, ...firsts].slice(-2) as [number, number]
    const [down, right] = [1, ...steps].slice(-2) as [number, number]
    return (place) => {
      const column = place % wide
      const line = Math.floor(place / wide)
      const plane = Math.floor(line / high)
      const row = top + (line % high) * down
      return values[(plane * rows + row) * columns + left + column * right]!
    }
  }

  /** The ending with at most so many changes that makes the outputs of the sums. */
  endingWith(windows: Windows, mostChanges: number): Ending | undefined {
    const sumAt = this.#reader(windows)
    const facts = this.#facts
    const sampled = Float64Array.from(this.#samples, (place) => sumAt(place))
    const wanted = Float64Array.from(this.#samples, (place) => this.outputs[place]!)
    const atSample = (i: number): number => this.filterAt(this.#samples[i]!)
    let all: Float64Array | undefined
    const sums = (): Float64Array => {
      all ??= this.outputs.map((_, place) => sumAt(place))
      return all
    }
    const fits = (ending: Ending): boolean =>
      matches(ending, sampled, wanted, facts, atSample) &&
      matches(ending, sums(), this.outputs, facts, this.filterAt) &&
      isTelling(ending, this.outputs)
    const found = fittingEnding(sampled, wanted, facts, mostChanges, fits)
    if (found) return found
    if (this.#filters === 1 || mostChanges < 1) return undefined
    if (!filterOffsets(sampled, wanted, facts, atSample)) return undefined
    const ending = filterOffsets(sums(), this.outputs, facts, this.filterAt)
    return ending && isTelling(ending, this.outputs) ? ending : undefined
  }

  /** The number around the input with which the sums are the outputs. */
  valueOutside(windows: Windows): number | undefined {
    if (!this.#onesOutside) {
      const outside = { ...this.structure, boundary: { constant: 1 } }
      const { values } = definition(geometryOf(outside, this.#axes), operandsOf(outside))
      this.#onesOutside = values.map((sum, i) => sum - this.values[i]!)
    }
    const sumAt = this.#reader(windows)
    const shareAt = this.#reader(windows, this.#onesOutside)
    let value: number | undefined
    let count = 0
    for (const [place, output] of this.outputs.entries()) {
      const [sum, share] = [sumAt(place), shareAt(place)]
      if (Math.abs(share) > this.#facts.tolerance) {
        value ??= (output - sum) / share
        count++
      }
      const error = Math.abs(output - sum - (value ?? 0) * share)
      if (error > this.#facts.tolerance * (1 + Math.abs(value ?? 0))) return undefined
    }
    const isTold = count >= fewestOutside && count < this.outputs.length
    return value !== undefined && value !== 0 && isTold ? Number(value.toPrecision(7)) : undefined
  }

  /** How many outputs differ from the sums; not counted further than `most`. */
  differences(windows: Windows, most: number): number {
    const sumAt = this.#reader(windows)
    let count = 0
    for (let place = 0; place < this.outputs.length && count < most; place++)
      if (Math.abs(sumAt(place) - this.outputs[place]!) > this.#facts.tolerance) count++
    return count
  }
}
