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

/** Row-major positions of results, each once. */
export type Positions = readonly number[]

/** How many results the windows of one sample are, away from the borders. */
export const readersPerSample = ({ axes }: Frame): number =>
  axes.reduce((count, { taps, stride }) => count * Math.ceil(taps / stride), 1)

/** The results that read one of the samples at these positions, or a sample outside. */
export function* touchedWork(frame: Frame, holes: readonly number[]): Work<Positions> {
  const { axes, x, outputShape } = frame
  const marks = new Uint8Array(elementCount(outputShape))
  const positions: number[] = []
  const mark = (lists: readonly (readonly number[])[]): void =>
    combine(lists, outputShape, 0, 0, (position) => {
      if (marks[position] === 0) {
        marks[position] = 1
        positions.push(position)
      }
    })
  const readers = axes.map(readersAlong)
  for (const [i, hole] of holes.entries()) {
    mark(indexAt(x.shape, hole).map((sample, axis) => readers[axis]!(sample)))
    if (i % 512 === 511) yield
  }
  const all = outputShape.map((extent) => Array.from({ length: extent }, (_, o) => o))
  for (const [axis, outside] of axes.map(outputsAtBorder).entries()) {
    if (outside.length === 0) continue
    mark(all.map((outputs, other) => (other === axis ? outside : outputs)))
    yield
  }
  return positions
}

/** How many results read a sample outside that is missing. */
export function borderCount({ axes, outputShape }: Frame): number {
  const inside = axes.map((axis) => axis.output - outputsAtBorder(axis).length)
  return elementCount(outputShape) - elementCount(inside)
}

/** The outputs of an axis that read missing samples outside. */
function outputsAtBorder(axis: WindowAxis): number[] {
  const outputs: number[] = []
  if (!axis.isMissingOutside) return outputs
  const last = (axis.taps - 1) * axis.dilation
  for (let o = 0; o < axis.output; o++) {
    const first = o * axis.stride - axis.before
    if (first < 0 || first + last >= axis.input) outputs.push(o)
  }
  return outputs
}

/** The outputs of an axis that read a sample, in ascending order. Keeps what it has found. */
function readersAlong(axis: WindowAxis): (sample: number) => readonly number[] {
  const known = new Map<number, readonly number[]>()
  return (sample) => {
    const found = known.get(sample)
    if (found !== undefined) return found
    const outputs = outputsOf(sample, axis)
    known.set(sample, outputs)
    return outputs
  }
}

function outputsOf(sample: number, axis: WindowAxis): readonly number[] {
  const { input, output, taps, stride, dilation, before, boundary } = axis
  const last = (taps - 1) * dilation
  const count = (output - 1) * stride + last + 1
  const coordinates = isConstant(boundary)
    ? [sample]
    : readersOf(sample, { extent: input, boundary }, { first: -before, count }).map(
        (i) => i - before,
      )
  const outputs = new Set<number>()
  for (const at of coordinates) {
    for (let t = 0; t < taps; t++) {
      const o = (at + before - t * dilation) / stride
      if (Number.isInteger(o) && o >= 0 && o < output) outputs.add(o)
    }
  }
  return [...outputs].sort((a, b) => a - b)
}

/** Visits the position of every combination of one entry per list. */
function combine(
  lists: readonly (readonly number[])[],
  shape: readonly number[],
  axis: number,
  before: number,
  visit: (position: number) => void,
): void {
  const list = lists[axis]!
  const isLast = axis === lists.length - 1
  for (let i = 0; i < list.length; i++) {
    const position = before * shape[axis]! + list[i]!
    if (isLast) visit(position)
    else combine(lists, shape, axis + 1, position, visit)
  }
}
