/**
 * The products of some outputs, one by one, in the order in which the definition sums them: each with its place in every view.
 *
 * A running sum needs every product of an output, also where a focus means one of them. So the walk makes nothing but the sum for those
 * that are not meant: which sample meets which weight is looked up per axis, once for all outputs that share the coordinate.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { type Memory, type Selection, shapesOf } from './focus.ts'
import { indicesOf, placeOf } from './indices.ts'
import { fillAt, inserted, outside, positionOf, sampleAt } from './samples.ts'

/** One product, in every coordinate. */
export interface Tap {
  /** Its number among the taps of its output, in the order of the sum: channel by channel, then along the window. */
  readonly tap: number
  /** [batch, filter, ...axes]. */
  readonly output: readonly number[]
  /** [batch, channel, ...axes] of the sample that is read, also where a border repeats it; undefined where a constant stands. */
  readonly input: readonly number[] | undefined
  /** Whether the window reaches beyond the array here. */
  readonly padded: boolean
  /** Where the window is, one coordinate per axis, in samples of the input; negative or ≥ the extent where `padded`. */
  readonly position: readonly number[]
  /** [filter, channel of its group, ...axes], as the kernel array has it (not turned round). */
  readonly kernel: readonly number[]
  /** [row, column]: row = place in [channels, ...kernel], column = place in [batch, ...outputs]. */
  readonly im2col: readonly [row: number, column: number]
  /** [row, column]: row = place in [batch, filters, ...outputs], column = place in [batch, channels, ...inputs]; undefined as `input`. */
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

/** What the taps are told with: the arrays, where they are given, and how the input lies in memory. */
export interface Given {
  readonly input: NdArray | undefined
  readonly kernel: NdArray | undefined
  readonly memory: Memory
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

const LINE = 64

/** The taps that a selection means. */
export function tapsOf(g: ConvGeometry, selection: Selection, { input, kernel, memory }: Given): Tap[] {
  const shapes = shapesOf(g)
  const rank = g.axes.length
  const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
  const weightCount = elementCount(shapes.kernel.slice(2))
  const steps = stepsOf(g, selection, { input, kernel, memory })
  const [perItem = 0, perChannel = 0, ...perSample] = memory.strides
  const meetingsOf = meetingsByOutput(g)
  const under: Meetings[] = []
  const samples = g.axes.map(() => 0)
  const taps: Tap[] = []
  for (const output of selection.outputs) {
    const [n, f] = output as [number, number]
    const firstChannel = Math.floor(f / filters) * channels
    const row = placeOf(output, shapes.output)
    const start = memory.offset + n * perItem
    let column = n
    for (let a = 0; a < rank; a++) {
      const place = output[a + 2]!
      column = column * g.axes[a]!.output + place
      under[a] = meetingsOf(a, place)
    }
    let sum = 0
    for (const { number, local, weights, place, element: own, isMeant } of steps) {
      const channel = firstChannel + local
      let element = start + channel * perChannel
      let least = 0
      for (let a = 0; a < rank; a++) {
        const sample = under[a]!.samples[weights[a]!]!
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
      if (!isMeant || !isAsked(selection, channel, samples)) continue
      const at = isReal ? [n, channel, ...samples] : undefined
      const position: number[] = []
      let padded = false
      for (let a = 0; a < rank; a++) {
        const coordinate = under[a]!.positions[weights[a]!]!
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
  readonly isMeant: boolean
}

/** The steps that must be walked: for running sums all up to the last that is meant, else those that are meant. */
function stepsOf(g: ConvGeometry, { weights: asked }: Selection, { input, kernel }: Given): Step[] {
  const extents = g.axes.map((axis) => axis.kernel)
  const steps: Step[] = []
  for (const [local = 0, ...along] of indicesOf([g.channels / g.groups, ...extents])) {
    const weights = g.flip ? along.map((i, a) => extents[a]! - 1 - i) : along
    const isMeant = asked === undefined || weights.every((weight, a) => weight === asked[a])
    const element = kernel ? [0, local, ...weights].reduce((sum, i, a) => sum + i * kernel.strides[a]!, kernel.offset) : 0
    steps.push({ number: steps.length, local, weights, place: placeOf(weights, extents), element, isMeant })
  }
  return input && kernel ? steps.slice(0, steps.findLastIndex(({ isMeant }) => isMeant) + 1) : steps.filter(({ isMeant }) => isMeant)
}

function isAsked(selection: Selection, channel: number, samples: readonly number[]): boolean {
  if (selection.channel !== undefined && selection.channel !== channel) return false
  const asked = selection.samples
  if (asked === undefined) return true
  for (let a = 0; a < samples.length; a++) if (samples[a] !== asked[a]) return false
  return true
}

/** What the weights of an output meet along an axis, by weight. */
interface Meetings {
  readonly samples: Int32Array
  readonly positions: Float64Array
}

/** Asked once for each coordinate: outputs share them. */
function meetingsByOutput(g: ConvGeometry): (a: number, output: number) => Meetings {
  const known = g.axes.map(() => new Map<number, Meetings>())
  return (a, output) => {
    const found = known[a]!.get(output)
    if (found) return found
    const axis = g.axes[a]!
    const made: Meetings = {
      samples: Int32Array.from({ length: axis.kernel }, (_, weight) => sampleAt(g, a, output, weight)),
      positions: Float64Array.from({ length: axis.kernel }, (_, weight) => positionOf(axis, g.flip, output, weight)),
    }
    known[a]!.set(output, made)
    return made
  }
}
