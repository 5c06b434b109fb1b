/**
 * The products of some outputs, one by one, in the order in which the definition sums them: each with its place in every view.
 *
 * A running sum needs every product of an output, also where a focus means one of them. So the walk makes nothing but the sum for those
 * that are not meant: which sample meets which weight is looked up per axis, once for all outputs that share the coordinate.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
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
  const channels = g.channels / g.groups
  const filters = g.filters / g.groups
  const kernelExtents = g.axes.map((axis) => axis.kernel)
  const outputExtents = g.axes.map((axis) => axis.output)
  const samplesOf = samplesByOutput(g)
  const window = [channels, ...kernelExtents]
  const rows = [g.channels, ...kernelExtents]
  const under: Int32Array[] = []
  const weights = g.axes.map(() => 0)
  const samples = g.axes.map(() => 0)
  const taps: Tap[] = []
  for (const output of selection.outputs) {
    const [n, f] = output as [number, number]
    const firstChannel = Math.floor(f / filters) * channels
    const row = placeOf(output, shapes.output)
    let column = n
    for (let a = 0; a < outputExtents.length; a++) {
      const place = output[a + 2]!
      column = column * outputExtents[a]! + place
      under[a] = samplesOf(a, place)
    }
    let sum = 0
    let number = -1
    for (const step of indicesOf(window)) {
      number++
      const local = step[0]!
      let least = 0
      for (let a = 0; a < weights.length; a++) {
        weights[a] = g.flip ? kernelExtents[a]! - 1 - step[a + 1]! : step[a + 1]!
        samples[a] = under[a]![weights[a]!]!
        least = Math.min(least, samples[a]!)
      }
      if (least === inserted) continue
      const channel = firstChannel + local
      const isReal = least !== outside
      const isMeant = selection.has(channel, weights, samples)
      if (!isMeant && !(input && kernel)) continue
      const value = input && (isReal ? input.data[elementAt(n, channel, samples, input)]! : fillAt(g, samples))
      const weight = kernel?.data[elementAt(f, local, weights, kernel)]
      const product = value === undefined || weight === undefined ? undefined : value * weight
      sum += product ?? 0
      if (!isMeant) continue
      const at = isReal ? [n, channel, ...samples] : undefined
      const position = weights.map((k, a) => positionOf(g.axes[a]!, g.flip, output[a + 2]!, k))
      const byte = isReal ? elementAt(n, channel, samples, memory) * memory.bytes : undefined
      const tap: Writable<Tap> = {
        tap: number,
        output,
        input: at,
        padded: position.some((coordinate, a) => coordinate < 0 || coordinate >= g.axes[a]!.input),
        position,
        kernel: [f, local, ...weights],
        im2col: [placeOf([channel, ...weights], rows), column],
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

/** The samples that the weights of an output meet along an axis, by weight; asked once for each coordinate. */
function samplesByOutput(g: ConvGeometry): (a: number, output: number) => Int32Array {
  const known = g.axes.map(() => new Map<number, Int32Array>())
  return (a, output) => {
    const found = known[a]!.get(output) ?? Int32Array.from({ length: g.axes[a]!.kernel }, (_, weight) => sampleAt(g, a, output, weight))
    known[a]!.set(output, found)
    return found
  }
}

/** The element of an array with two leading axes. */
function elementAt(
  first: number,
  second: number,
  rest: readonly number[],
  { strides, offset }: Pick<Memory, 'strides' | 'offset'>,
): number {
  let element = offset + first * strides[0]! + second * strides[1]!
  for (let a = 0; a < rest.length; a++) element += rest[a]! * strides[a + 2]!
  return element
}
