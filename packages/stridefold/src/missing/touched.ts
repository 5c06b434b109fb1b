/**
 * Which results does a missing sample change? Those whose windows read it: for each axis the
 * outputs that read its coordinate, and of these every combination. Borders that repeat samples
 * read a coordinate from outside, too.
 */

import { readersOf } from '../geometry/border-segments.ts'
import { isConstant } from '../geometry/boundary.ts'
import { indexAt } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { Work } from '../ndarray/work.ts'
import type { Frame, WindowAxis } from './frame.ts'
import { insideRange, kindCount, outputsOf, outsideTotals } from './outside.ts'

/** Results by their row-major positions, each once. */
export interface Touched {
  readonly positions: readonly number[]
  /** For each of them Σ|k| over the weights that meet a missing sample. */
  readonly missing: readonly number[]
}

/** How many results the windows of one sample are, away from the borders. */
export const readersPerSample = ({ axes }: Frame): number =>
  axes.reduce((count, { taps, stride }) => count * Math.ceil(taps / stride), 1)

/** The results that read one of the samples at these positions, or a sample outside. */
export function* touchedWork(frame: Frame, holes: readonly number[]): Work<Touched> {
  const { axes, x, outputShape, weights } = frame
  const outputs = elementCount(outputShape)
  const positions: number[] = []
  const missing: number[] = []
  const visits = holes.length * readersPerSample(frame) + borderCount(frame)
  const numberOf = visits * 64 < outputs ? numbersInMap() : numbersInArray(outputs)
  const add = (position: number, weight: number): void => {
    const number = numberOf(position, positions.length)
    if (number < positions.length) missing[number]! += weight
    else {
      positions.push(position)
      missing.push(weight)
    }
  }
  const taps = axes.map((axis) => axis.taps)
  const readers = axes.map(readersAlong)
  for (const [i, hole] of holes.entries()) {
    const reads = indexAt(x.shape, hole).map((sample, axis) => readers[axis]!(sample))
    visitReads(reads, { outputShape, taps }, 0, 0, 0, (position, tap) =>
      add(position, weights.magnitudes[tap]!),
    )
    if (i % 512 === 511) yield
  }
  yield* borderWork(frame, add)
  return { positions, missing }
}

/** The number of a position in a list; `next`, which it then has, if it had none. */
type Numbers = (position: number, next: number) => number

/** For few positions: a large array for each call would keep the garbage collector at work. */
function numbersInMap(): Numbers {
  const numbers = new Map<number, number>()
  return (position, next) => {
    const number = numbers.get(position)
    if (number !== undefined) return number
    numbers.set(position, next)
    return next
  }
}

function numbersInArray(outputs: number): Numbers {
  // Counted from 1.
  const numbers = new Int32Array(outputs)
  return (position, next) => {
    const number = numbers[position]!
    if (number !== 0) return number - 1
    numbers[position] = next + 1
    return next
  }
}

/** Adds the results that read missing samples outside, each once. */
function* borderWork(frame: Frame, add: (position: number, weight: number) => void): Work<void> {
  const { axes, outputShape } = frame
  if (!axes.some((axis) => axis.isMissingOutside)) return
  const taps = axes.map(kindCount)
  const outsideTotal = outsideTotals(frame)
  for (const [a, axis] of axes.entries()) {
    if (!axis.isMissingOutside) continue
    // A result outside several axes belongs to the first.
    const reads = axes.map((other, b) => {
      const { outputs, kinds } = outputsOf(other, b < a ? 'inside' : b === a ? 'outside' : 'all')
      return { outputs, taps: kinds }
    })
    visitReads(reads, { outputShape, taps }, 0, 0, 0, (position, kind) =>
      add(position, outsideTotal(kind)),
    )
    yield
  }
}

/** Which outputs of an axis read a sample, and with which taps: a tap for each output. */
interface AxisReads {
  readonly outputs: readonly number[]
  readonly taps: readonly number[]
}

/** Visits the position of every combination of one entry per axis, and the number of its tap. */
function visitReads(
  reads: readonly AxisReads[],
  shapes: { readonly outputShape: readonly number[]; readonly taps: readonly number[] },
  axis: number,
  position: number,
  tap: number,
  visit: (position: number, tap: number) => void,
): void {
  const { outputs, taps } = reads[axis]!
  const isLast = axis === reads.length - 1
  for (let i = 0; i < outputs.length; i++) {
    const at = position * shapes.outputShape[axis]! + outputs[i]!
    const t = tap * shapes.taps[axis]! + taps[i]!
    if (isLast) visit(at, t)
    else visitReads(reads, shapes, axis + 1, at, t, visit)
  }
}

/** How many results read a sample outside that is missing. */
export function borderCount({ axes, outputShape }: Frame): number {
  const inside = axes.map((axis) => {
    const { start, end } = insideRange(axis)
    return axis.isMissingOutside ? end - start : axis.output
  })
  return elementCount(outputShape) - elementCount(inside)
}

/** The outputs of an axis that read a sample. Keeps what it has found. */
function readersAlong(axis: WindowAxis): (sample: number) => AxisReads {
  const known = new Map<number, AxisReads>()
  return (sample) => {
    const found = known.get(sample)
    if (found !== undefined) return found
    const reads = readsAt(sample, axis)
    known.set(sample, reads)
    return reads
  }
}

function readsAt(sample: number, axis: WindowAxis): AxisReads {
  const { input, output, taps, stride, dilation, before, boundary } = axis
  const count = (output - 1) * stride + (taps - 1) * dilation + 1
  const coordinates = isConstant(boundary)
    ? [sample]
    : readersOf(sample, { extent: input, boundary }, { first: -before, count }).map(
        (i) => i - before,
      )
  const reads = { outputs: [] as number[], taps: [] as number[] }
  for (const at of coordinates) {
    for (let t = 0; t < taps; t++) {
      const o = (at + before - t * dilation) / stride
      if (!Number.isInteger(o) || o < 0 || o >= output) continue
      reads.outputs.push(o)
      reads.taps.push(t)
    }
  }
  return reads
}
