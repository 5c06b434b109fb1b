/**
 * The boxes of a cut, axis by axis: where each begins, which samples it reads, and which results it
 * writes. Used by those that run boxes: here (box-executable.ts), and elsewhere (box-transfer.ts).
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { wordBytes } from '../ndarray/memory.ts'
import { modulo } from '../ndarray/modulo.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Cut } from '../planner/cut.ts'
import type { Problem } from '../problem/problem.ts'
import { type CopyOrder, copyOrderOf, type Run, runsInside, runsOf } from './box-arrays.ts'

/** Where one box begins along one axis, and what it reads and writes there. */
export interface Part {
  /** The samples of its window. */
  readonly runs: readonly Run[]
  readonly firstSample: number
  /** Whether the window lies in the input, as one run. */
  readonly isInside: boolean
  readonly firstResult: number
  readonly results: number
  /** Whether it ends behind the last result. */
  readonly leaves: boolean
}

/** What the boxes read and write along each axis. */
export function partsOf({ geometry: g }: Problem, { starts, batch, outputs, box }: Cut): Part[][] {
  const items = starts[0]!.map((start) => partInside(start, batch, g.batch))
  const channels = [{ ...partInside(0, g.channels, g.channels), results: g.filters }]
  const axes = g.axes.map((axis, a) =>
    starts[a + 1]!.map((start): Part => {
      const window = box.windows[a]!
      const by = (start * axis.stride) / axis.inputDilation
      const runs = runsOf(window, by, axis.input)
      return {
        ...partInside(start, outputs[a]!, axis.output),
        runs,
        firstSample: window.first + by,
        isInside: runs.length === 1 && runs[0]!.source === window.first + by,
      }
    }),
  )
  return [items, channels, ...axes]
}

/** Box number i: the last axis is the fastest. */
export function partsOfBox(all: readonly (readonly Part[])[], i: number): Part[] {
  const parts: Part[] = []
  let remaining = i
  for (let axis = all.length - 1; axis >= 0; axis--) {
    const { length } = all[axis]!
    parts[axis] = all[axis]![remaining % length]!
    remaining = Math.floor(remaining / length)
  }
  return parts
}

/** How the windows of a cut are copied from the input, and its results to the output. */
export function copyOrdersOf(
  { descriptors, geometry }: Problem,
  { box, starts }: Cut,
): { readonly windows: CopyOrder; readonly results: CopyOrder } {
  const [shapes, whole] = [canonicalShapes(box.geometry), canonicalShapes(geometry)]
  return {
    windows: copyOrderOf(
      descriptors.input,
      box.descriptors.input,
      shapes.input,
      [starts[0]!.length === 1, true, ...box.windows.map(({ isWhole }) => isWhole)],
      true,
    ),
    results: copyOrderOf(
      descriptors.output,
      box.descriptors.output,
      shapes.output,
      shapes.output.map((extent, a) => extent === whole.output[a]!),
      false,
    ),
  }
}

function partInside(start: number, size: number, extent: number): Part {
  const results = Math.min(size, extent - start)
  const leaves = results < size
  return {
    runs: runsInside([start, start + size], extent),
    ...{ firstSample: start, isInside: !leaves, firstResult: start, results, leaves },
  }
}

export const offsetOf = (
  { offset }: NdArray,
  strides: readonly number[],
  indexAlong: (axis: number) => number,
): number => strides.reduce((at, stride, a) => at + stride * indexAlong(a), offset)

/**
 * Returns the offset of element `at` from the start of its word, in elements. `at` may be negative,
 * before the start of the array.
 */
export function offsetInWord({ data }: NdArray, at: number): number {
  const bytes = data.BYTES_PER_ELEMENT
  return modulo(data.byteOffset / bytes + at, wordBytes / bytes)
}
