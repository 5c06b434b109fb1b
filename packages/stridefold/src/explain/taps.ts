/**
 * Lists the products of some outputs, each with its position in every view. They are in the order
 * in which the definition sums them.
 *
 * A running sum needs every product of an output, even if a focus selects only one. For products
 * that are not selected, the loop updates only the sum.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { indicesOf, rowMajorPosition } from '../ndarray/indices.ts'
import { elementAt, elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { type Memory, type Selection, shapesOf } from './focus.ts'
import { fillAt, inserted, outside, positionOf, sampleAt } from './samples.ts'

/** One product, in every coordinate system. */
export interface Tap {
  /**
   * Its number among the taps of its output, in the order of the sum: channel by channel, then
   * along the window.
   */
  readonly tap: number
  /** The index of the result that sums it, [batch, filter, ...axes]. */
  readonly output: readonly number[]
  /**
   * The index of the sample, [batch, channel, ...axes], also if a border repeats it. Undefined for
   * a constant.
   */
  readonly input: readonly number[] | undefined
  /** Whether this tap is outside the input array. */
  readonly padded: boolean
  /**
   * The position in input samples, one coordinate per axis. Negative or ≥ the extent if `padded`.
   */
  readonly position: readonly number[]
  /**
   * The index of the weight, [filter, channel of its group, ...axes], as in the kernel array (not
   * flipped).
   */
  readonly kernel: readonly number[]
  /**
   * [row, column]: row = position in [channels, ...kernel], column = position in [batch,
   * ...outputs].
   */
  readonly im2col: readonly [row: number, column: number]
  /**
   * [row, column]: row = position in [batch, filters, ...outputs], column = position in [batch,
   * channels, ...inputs]. Undefined if `input` is.
   */
  readonly toeplitz: readonly [row: number, column: number] | undefined
  /** First byte of the sample, from the start of the input's data. Undefined if `input` is. */
  readonly byte: number | undefined
  /** Number of the 64-byte cache line that contains `byte`, if the data starts at a cache line. */
  readonly line: number | undefined
  /** The sample, or the constant of the border; undefined without the input. */
  readonly value?: number
  /** The weight; undefined without the kernel. */
  readonly weight?: number
  /** `value` · `weight`; undefined unless both arrays are given. */
  readonly product?: number
  /**
   * The sum of the products of this output up to this one, in double precision; undefined unless
   * both arrays are given.
   */
  readonly sum?: number
}

/** The arrays, if they are given, and the memory layout of the input. */
export interface TapOperands {
  readonly input: NdArray | undefined
  readonly kernel: NdArray | undefined
  readonly memory: Memory
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

const cacheLineBytes = 64

/** The first taps of a selection, at most `maxTaps`. */
export function tapsOf(
  g: ConvGeometry,
  selection: Selection,
  { input, kernel, memory }: TapOperands,
  maxTaps: number,
): Tap[] {
  const shapes = shapesOf(g)
  const rank = g.axes.length
  const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
  const weightCount = elementCount(shapes.kernel.slice(2))
  const steps = stepsOf(g, selection, { input, kernel, memory })
  const [perItem = 0, perChannel = 0, ...perSample] = memory.strides
  const samples = g.axes.map(() => 0)
  const taps: Tap[] = []
  for (const index of indicesOf(selection.outputs.map((places) => places.length))) {
    const output = index.map((i, axis) => selection.outputs[axis]!.at(i)!)
    const [n, f] = output as [number, number]
    const firstChannel = Math.floor(f / filters) * channels
    const row = rowMajorPosition(shapes.output, output)
    const start = memory.offset + n * perItem
    let column = n
    for (let a = 0; a < rank; a++) {
      column = column * g.axes[a]!.output + output[a + 2]!
    }
    let sum = 0
    for (let s = 0; ; s++) {
      const step = steps(s)
      if (step === undefined) break
      const { number, local, weights, place, element: weightElement, isSelected } = step
      const channel = firstChannel + local
      let element = start + channel * perChannel
      let minSample = 0
      for (let a = 0; a < rank; a++) {
        const sample = sampleAt(g, a, output[a + 2]!, weights[a]!)
        samples[a] = sample
        element += sample * perSample[a]!
        if (sample < minSample) minSample = sample
      }
      if (minSample === inserted) continue
      const isInArray = minSample !== outside
      const value = input && (isInArray ? input.data[element]! : fillAt(g, samples))
      const weight = kernel?.data[weightElement + f * kernel.strides[0]!]
      const product = value === undefined || weight === undefined ? undefined : value * weight
      sum += product ?? 0
      if (!isSelected || !isSelectedTap(selection, channel, samples)) continue
      const at = isInArray ? [n, channel, ...samples] : undefined
      const position: number[] = []
      let padded = false
      for (let a = 0; a < rank; a++) {
        const coordinate = positionOf(g.axes[a]!, g.flip, output[a + 2]!, weights[a]!)
        position.push(coordinate)
        if (coordinate < 0 || coordinate >= g.axes[a]!.input) padded = true
      }
      const byte = isInArray ? element * memory.bytes : undefined
      const tap: Writable<Tap> = {
        tap: number,
        output,
        input: at,
        padded,
        position,
        kernel: [f, local, ...weights],
        im2col: [channel * weightCount + place, column],
        toeplitz: at && [row, rowMajorPosition(shapes.input, at)],
        byte,
        line: byte === undefined ? undefined : Math.floor(byte / cacheLineBytes),
      }
      if (value !== undefined) tap.value = value
      if (weight !== undefined) tap.weight = weight
      if (product !== undefined) {
        tap.product = product
        tap.sum = sum
      }
      taps.push(tap)
      if (taps.length >= maxTaps) return taps
    }
  }
  return taps
}

/** One step of the sum, the same for every output. */
interface Step {
  /** Its number in the order of the sum. */
  readonly number: number
  /** The channel within the group. */
  readonly local: number
  readonly weights: readonly number[]
  /** The position of `weights` in the kernel's extents. */
  readonly place: number
  /** Index in the kernel's data of the weight of filter 0; 0 without a kernel. */
  readonly element: number
  /** Whether the selection includes this weight. */
  readonly isSelected: boolean
}

/**
 * The required steps, by their position in the list. Running sums need all steps up to the last
 * selected one; otherwise only selected steps are needed. Steps are created when they are
 * requested, because the first hundred of a million may suffice.
 */
function stepsOf(
  g: ConvGeometry,
  { weights: selectedWeights }: Selection,
  { input, kernel }: TapOperands,
): (place: number) => Step | undefined {
  const steps: Step[] = []
  const remainingSteps = allSteps(g, selectedWeights, kernel)
  const withSums = input !== undefined && kernel !== undefined
  return (place) => {
    while (steps.length <= place) {
      const { value } = remainingSteps.next()
      if (value === undefined) break
      if (withSums || value.isSelected) steps.push(value)
    }
    return steps[place]
  }
}

function* allSteps(
  g: ConvGeometry,
  selectedWeights: readonly number[] | undefined,
  kernel: NdArray | undefined,
): Generator<Step, undefined> {
  const extents = g.axes.map((axis) => axis.kernel)
  let number = 0
  for (const [local = 0, ...along] of indicesOf([g.channels / g.groups, ...extents])) {
    const weights = g.flip ? along.map((i, a) => extents[a]! - 1 - i) : along
    const isSelected =
      selectedWeights === undefined || weights.every((weight, a) => weight === selectedWeights[a])
    const element = kernel ? elementAt([0, local, ...weights], kernel.strides, kernel.offset) : 0
    yield {
      number: number++,
      local,
      weights,
      place: rowMajorPosition(extents, weights),
      element,
      isSelected,
    }
  }
}

function isSelectedTap(selection: Selection, channel: number, samples: readonly number[]): boolean {
  if (selection.channel !== undefined && selection.channel !== channel) return false
  const selectedSamples = selection.samples
  if (selectedSamples === undefined) return true
  for (let a = 0; a < samples.length; a++) if (samples[a] !== selectedSamples[a]) return false
  return true
}
