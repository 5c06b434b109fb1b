/**
 * The products of some outputs, one by one, in the order in which the definition sums them: each
 * with its place in every view.
 *
 * A running sum needs every product of an output, also where a focus means one of them. So the walk
 * makes nothing but the sum for those that are not meant.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { type Memory, type Selection, shapesOf } from './focus.ts'
import { indicesOf, placeOf } from './indices.ts'
import { fillAt, inserted, outside, positionOf, sampleAt } from './samples.ts'

/** One product, in every coordinate. */
export interface Tap {
  /**
   * Its number among the taps of its output, in the order of the sum: channel by channel, then
   * along the window.
   */
  readonly tap: number
  /** [batch, filter, ...axes]. */
  readonly output: readonly number[]
  /**
   * [batch, channel, ...axes] of the sample that is read, also where a border repeats it; undefined
   * where a constant stands.
   */
  readonly input: readonly number[] | undefined
  /** Whether the window reaches beyond the array here. */
  readonly padded: boolean
  /**
   * Where the window is, one coordinate per axis, in samples of the input; negative or ≥ the extent
   * where `padded`.
   */
  readonly position: readonly number[]
  /** [filter, channel of its group, ...axes], as the kernel array has it (not turned round). */
  readonly kernel: readonly number[]
  /** [row, column]: row = place in [channels, ...kernel], column = place in [batch, ...outputs]. */
  readonly im2col: readonly [row: number, column: number]
  /**
   * [row, column]: row = place in [batch, filters, ...outputs], column = place in [batch, channels,
   * ...inputs]; undefined as `input`.
   */
  readonly toeplitz: readonly [row: number, column: number] | undefined
  /** First byte of the sample, from the start of the input's data; undefined as `input`. */
  readonly byte: number | undefined
  /** Number of the 64-byte cache line that `byte` is in, if the data starts at one. */
  readonly line: number | undefined
  /** With the input: the sample, or the constant that stands there. */
  readonly value?: number
  /** With the kernel. */
  readonly weight?: number
  /** With both. */
  readonly product?: number
  /** With both: the products of this output up to this one, in double precision. */
  readonly sum?: number
}

/**
 * What the taps are told with: the arrays, where they are given, and how the input lies in memory.
 */
export interface Given {
  readonly input: NdArray | undefined
  readonly kernel: NdArray | undefined
  readonly memory: Memory
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

const LINE = 64

/** The first taps that a selection means, at most so many. */
export function tapsOf(
  g: ConvGeometry,
  selection: Selection,
  { input, kernel, memory }: Given,
  most: number,
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
    const row = placeOf(output, shapes.output)
    const start = memory.offset + n * perItem
    let column = n
    for (let a = 0; a < rank; a++) {
      column = column * g.axes[a]!.output + output[a + 2]!
    }
    let sum = 0
    for (let s = 0; ; s++) {
      const step = steps(s)
      if (step === undefined) break
      const { number, local, weights, place, element: own, isSelected } = step
      const channel = firstChannel + local
      let element = start + channel * perChannel
      let least = 0
      for (let a = 0; a < rank; a++) {
        const sample = sampleAt(g, a, output[a + 2]!, weights[a]!)
        samples[a] = sample
        element += sample * perSample[a]!
        if (sample < least) least = sample
      }
      if (least === inserted) continue
      const isReal = least !== outside
      const value = input && (isReal ? input.data[element]! : fillAt(g, samples))
      const weight = kernel?.data[own + f * kernel.strides[0]!]
      const product = value === undefined || weight === undefined ? undefined : value * weight
      sum += product ?? 0
      if (!isSelected || !isAsked(selection, channel, samples)) continue
      const at = isReal ? [n, channel, ...samples] : undefined
      const position: number[] = []
      let padded = false
      for (let a = 0; a < rank; a++) {
        const coordinate = positionOf(g.axes[a]!, g.flip, output[a + 2]!, weights[a]!)
        position.push(coordinate)
        if (coordinate < 0 || coordinate >= g.axes[a]!.input) padded = true
      }
      const byte = isReal ? element * memory.bytes : undefined
      const tap: Writable<Tap> = {
        tap: number,
        output,
        input: at,
        padded,
        position,
        kernel: [f, local, ...weights],
        im2col: [channel * weightCount + place, column],
        toeplitz: at && [row, placeOf(at, shapes.input)],
        byte,
        line: byte === undefined ? undefined : Math.floor(byte / LINE),
      }
      if (value !== undefined) tap.value = value
      if (weight !== undefined) tap.weight = weight
      if (product !== undefined) {
        tap.product = product
        tap.sum = sum
      }
      taps.push(tap)
      if (taps.length >= most) return taps
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
  /** The place of `weights` in the kernel's extents. */
  readonly place: number
  /** Where the weight of filter 0 lies in the kernel's data, where there is a kernel. */
  readonly element: number
  /** Whether the selection means this weight. */
  readonly isSelected: boolean
}

/**
 * The steps that must be done, by their place in the list: for running sums all up to the last that
 * is meant, else those that are meant. Made when they are asked for: of a million, the first
 * hundred may do.
 */
function stepsOf(
  g: ConvGeometry,
  { weights: asked }: Selection,
  { input, kernel }: Given,
): (place: number) => Step | undefined {
  const made: Step[] = []
  const rest = allSteps(g, asked, kernel)
  const withSums = input !== undefined && kernel !== undefined
  return (place) => {
    while (made.length <= place) {
      const { value } = rest.next()
      if (value === undefined) break
      if (withSums || value.isSelected) made.push(value)
    }
    return made[place]
  }
}

function* allSteps(
  g: ConvGeometry,
  asked: readonly number[] | undefined,
  kernel: NdArray | undefined,
): Generator<Step, undefined> {
  const extents = g.axes.map((axis) => axis.kernel)
  let number = 0
  for (const [local = 0, ...along] of indicesOf([g.channels / g.groups, ...extents])) {
    const weights = g.flip ? along.map((i, a) => extents[a]! - 1 - i) : along
    const isSelected = asked === undefined || weights.every((weight, a) => weight === asked[a])
    const element = kernel
      ? [0, local, ...weights].reduce((sum, i, a) => sum + i * kernel.strides[a]!, kernel.offset)
      : 0
    yield {
      number: number++,
      local,
      weights,
      place: placeOf(weights, extents),
      element,
      isSelected,
    }
  }
}

function isAsked(selection: Selection, channel: number, samples: readonly number[]): boolean {
  if (selection.channel !== undefined && selection.channel !== channel) return false
  const asked = selection.samples
  if (asked === undefined) return true
  for (let a = 0; a < samples.length; a++) if (samples[a] !== asked[a]) return false
  return true
}
