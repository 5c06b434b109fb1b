/**
 * Reads the samples of a box into memory that is used again for each box. The source is read in
 * pieces of whole chunks, so that only few decoded chunks are in memory beside the samples.
 *
 *   source   ┌──┬──┬──┐     The box reads the marked samples. Pieces are chunks, or rows of them,
 *            │ ▒│▒▒│▒ │     cut to the box, about 8 MiB each.
 *            ├──┼──┼──┤
 *            │ ▒│▒▒│▒ │     At the border 'wrap', an axis has two ranges: samples of both follow
 *            └──┴──┴──┘     each other.
 *
 * What the box before has read already is copied from its samples.
 */

import type { TypedArray } from 'stridefold'
import { copyElements, denseStrides, product } from '../arrays/boxes.ts'
import { inFlight } from '../arrays/in-flight.ts'
import type { Range, StoredArray } from '../arrays/stored-array.ts'
import { positionsIn } from '../cut/grid.ts'
import { lengthOf } from '../cut/memory-bound.ts'
import { elementsOf } from './elements.ts'

/** Chunks are read together up to this size: a read of several overlaps within itself. */
const pieceBytes = 2 ** 23

export interface Reading {
  readonly source: StoredArray
  /** Extents of a piece: whole chunks. */
  readonly piece: readonly number[]
  /** Pieces that are read at the same time. */
  readonly atOnce: number
  /** The most bytes that are in memory besides the samples of the box. */
  readonly bytes: number
}

/** How a source is read. */
export function readingOf(source: StoredArray): Reading {
  const { shape, chunks, dtype } = source
  const piece = chunks.map((extent, a) => Math.min(extent, shape[a]!))
  for (let a = shape.length - 1; a >= 0; a--) {
    const times = Math.max(1, Math.floor(pieceBytes / (product(piece) * elementsOf(dtype).bytes)))
    piece[a] = Math.min(piece[a]! * times, shape[a]!)
    if (piece[a]! < shape[a]!) break
  }
  const isOneChunk = piece.every((extent, a) => extent <= chunks[a]!)
  const atOnce = isOneChunk && source.storage.wholeChunks ? 2 : 1
  const box = piece.map((extent): Range => [0, extent])
  const bytes = atOnce * (source.bytesOfRead(box) - product(piece) * elementsOf(dtype).bytes)
  return { source, piece, atOnce, bytes }
}

/** The extents of the samples that are decoded together, or read with a gap. */
export function decodedTogether(source: StoredArray): readonly number[] {
  if (source.storage.wholeChunks) return source.chunks
  const { bytes } = elementsOf(source.dtype)
  return source.chunks.map((extent, a) =>
    a === source.chunks.length - 1 ? Math.min(extent, Math.max(1, gapBytes / bytes)) : 1,
  )
}

/** Files without compression are read over gaps of this size. */
const gapBytes = 2 ** 15

/** The samples of a box that were read before. */
export interface ReadBefore {
  readonly reads: readonly (readonly Range[])[]
  readonly samples: TypedArray
}

/** Reads `reads` into `out`. Returns the number of bytes that were read. */
export async function readSamples(
  { source, piece, atOnce }: Reading,
  reads: readonly (readonly Range[])[],
  out: TypedArray,
  before: ReadBefore | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const strides = denseStrides(reads.map(lengthOf))
  const rest = before === undefined ? reads : restAfter(before, reads, out)
  const offset = rest.map((ranges, a) => placeOf(reads[a]!, ranges))
  const readPiece = async ({ box, at }: Piece): Promise<void> => {
    const first = at.reduce((sum, i, a) => sum + (i + offset[a]!) * strides[a]!, 0)
    await source.readInto(box, { data: out, strides, offset: first }, signal)
  }
  await inFlight(piecesOf(rest, piece), atOnce, readPiece, signal)
  return product(rest.map(lengthOf)) * out.BYTES_PER_ELEMENT
}

/** How far the rest of an axis lies behind its first sample. */
const placeOf = (all: readonly Range[], rest: readonly Range[]): number =>
  all === rest || rest.length === 0 ? 0 : rest[0]![0] - all[0]![0]

/**
 * Copies the samples that both boxes read, if the second one follows the first along one axis.
 * Returns what remains to be read.
 */
function restAfter(
  before: ReadBefore,
  reads: readonly (readonly Range[])[],
  out: TypedArray,
): readonly (readonly Range[])[] {
  const moved = reads.flatMap((ranges, a) => (isSame(ranges, before.reads[a]!) ? [] : [a]))
  const [axis] = moved
  if (axis === undefined || moved.length > 1) return reads
  const [first, others] = [before.reads[axis]!, reads[axis]!]
  if (first.length !== 1 || others.length !== 1) return reads
  const [[start, end]] = [others[0]!]
  const [firstStart, firstEnd] = first[0]!
  if (start < firstStart || start >= firstEnd || end <= firstEnd) return reads
  const [from, to] = [before.reads.map(lengthOf), reads.map(lengthOf)]
  const [fromStrides, toStrides] = [denseStrides(from), denseStrides(to)]
  copyElements(
    { data: out, strides: toStrides, offset: 0 },
    {
      data: before.samples,
      strides: fromStrides,
      offset: (start - firstStart) * fromStrides[axis]!,
    },
    to.with(axis, firstEnd - start),
  )
  return reads.with(axis, [[firstEnd, end]])
}

const isSame = (a: readonly Range[], b: readonly Range[]): boolean =>
  a.length === b.length && a.every(([start, end], i) => start === b[i]![0] && end === b[i]![1])

interface Piece {
  readonly box: readonly Range[]
  /** Where its first sample lies in the samples of the box. */
  readonly at: readonly number[]
}

function* piecesOf(
  reads: readonly (readonly Range[])[],
  piece: readonly number[],
): Generator<Piece> {
  const cuts = reads.map((ranges, a) => cutAxis(ranges, piece[a]!))
  for (const position of positionsIn(cuts.map((list) => [0, list.length] as const))) {
    const parts = position.map((i, a) => cuts[a]![i]!)
    yield { box: parts.map(({ range }) => range), at: parts.map(({ at }) => at) }
  }
}

/** The ranges of an axis, cut at multiples of the pieces. */
function cutAxis(
  ranges: readonly Range[],
  extent: number,
): { readonly range: Range; readonly at: number }[] {
  const parts: { readonly range: Range; readonly at: number }[] = []
  let at = 0
  for (const [first, end] of ranges)
    for (let start = first; start < end; ) {
      const next = Math.min(end, (Math.floor(start / extent) + 1) * extent)
      parts.push({ range: [start, next], at })
      at += next - start
      start = next
    }
  return parts
}
