/**
 * Reads a box of a file in which elements lie one after another. Neighbouring runs are read as one
 * piece, with what lies between them, where that is less than one more call of the system costs.
 *
 *   file   ....[run]..[run]..[run]............[run]..[run]..[run]....
 *               └── one piece ──┘              └── one piece ──┘
 */

import { type Box, checkBox, copyElements, denseStrides, product, shapeOf } from '../boxes.ts'
import { elementTypes, samplesOf, swapBytes } from '../element-types.ts'
import { inFlight } from '../in-flight.ts'
import type { Place } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import type { LinearLayout } from './layout.ts'

const maxPieceBytes = 4 * 2 ** 20
const piecesInFlight = 4

/** The most bytes that a read of this box holds, its result included. */
export function bytesOfRead(box: Box, { elementType }: LinearLayout): number {
  const { bytes, dtype } = elementTypes[elementType]
  const count = product(shapeOf(box))
  const inFlightElements = Math.min(count * 2, (piecesInFlight * maxPieceBytes) / bytes)
  return count * elementBytes(dtype) + inFlightElements * (bytes + elementBytes(dtype))
}

const elementBytes = (dtype: 'uint8' | string): number =>
  dtype === 'float64' ? 8 : dtype.endsWith('16') ? 2 : dtype.endsWith('8') ? 1 : 4

export async function readBox(
  file: ByteSource,
  layout: LinearLayout,
  box: Box,
  to: Place,
  signal?: AbortSignal,
): Promise<void> {
  checkBox(box, layout.shape, file.address)
  const { elementType, byteOffset, littleEndian } = layout
  const { bytes: size, view } = elementTypes[elementType]
  // From here on, axes are in the order of the file: the last is contiguous.
  const turned = <T>(list: readonly T[]): T[] =>
    layout.fortranOrder ? list.toReversed() : [...list]
  const inFile = turned(box)
  const steps = denseStrides(turned(layout.shape))
  const targetSteps = turned(to.strides)
  const pieces = piecesOf(shapeOf(inFile), steps, size, file.gapBytes)
  const first = inFile.reduce((sum, [start], axis) => sum + start * steps[axis]!, 0)
  await inFlight(
    pieces.starts(),
    piecesInFlight,
    async (start) => {
      const shape = pieces.shapeAt(start)
      const length = shape.reduce((sum, extent, axis) => sum + (extent - 1) * steps[axis]!, 1)
      const at = first + dot(start, steps)
      const bytes = await file.read(byteOffset + at * size, length * size, signal)
      if (size > 1 && littleEndian !== hostIsLittle) swapBytes(bytes, size)
      const samples = samplesOf(
        view(bytes.buffer, bytes.byteOffset, length),
        elementType,
        file.address,
      )
      copyElements(
        { data: to.data, offset: to.offset + dot(start, targetSteps), strides: targetSteps },
        { data: samples, offset: 0, strides: steps },
        shape,
      )
    },
    signal,
  )
}

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, axis) => sum + value * b[axis]!, 0)

/** The pieces of a box of this shape: boxes whose inner axes are whole. */
function piecesOf(
  shape: readonly number[],
  steps: readonly number[],
  size: number,
  gapBytes: number,
): {
  readonly starts: () => Generator<number[]>
  readonly shapeAt: (start: readonly number[]) => number[]
} {
  const most = Math.floor(maxPieceBytes / size)
  const extents = shape.map(() => 1)
  let span = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if ((steps[axis]! - span) * size > gapBytes && shape[axis]! > 1) break
    const fitting = Math.max(1, Math.floor((most - span) / steps[axis]!) + 1)
    const extent = Math.min(shape[axis]!, fitting)
    extents[axis] = extent
    span += (extent - 1) * steps[axis]!
    if (extent < shape[axis]!) break
  }
  return {
    starts: function* () {
      if (shape.includes(0)) return
      const start = shape.map(() => 0)
      for (;;) {
        yield [...start]
        let axis = shape.length - 1
        while (axis >= 0 && start[axis]! + extents[axis]! >= shape[axis]!) start[axis--] = 0
        if (axis < 0) return
        start[axis]! += extents[axis]!
      }
    },
    shapeAt: (start) => start.map((at, axis) => Math.min(extents[axis]!, shape[axis]! - at)),
  }
}
