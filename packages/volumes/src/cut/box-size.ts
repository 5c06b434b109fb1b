/**
 * How large is a box? As large as the memory limit allows, by a formula: so a job has the extents
 * of one box instead of a list of boxes.
 *
 * A box begins as one step: whole chunks of the result that begin where the plan may be cut. It
 * grows along the axis where growing saves most, until nothing more fits. What is saved are samples
 * that neighbouring boxes read twice: the halo, and the rest of the chunks that hold it.
 */

import { product } from '../arrays/boxes.ts'
import type { Range } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import { bytesText } from '../text.ts'
import { chunksOfBox, extentsOf } from './grid.ts'
import { type BoxCosts, type MemoryBound, memoryBound, sampleCount } from './memory-bound.ts'

export interface BoxSizeRequest extends BoxCosts {
  /** Of the result. */
  readonly shape: readonly number[]
  /** What one writer writes: a chunk, or a shard. */
  readonly pieces: readonly number[]
  /** Boxes begin at multiples of these results. Infinity: the axis is not cut. */
  readonly quantum: readonly number[]
  /** Of the source. */
  readonly sourceShape: readonly number[]
  readonly sourceChunks: readonly number[]
  readonly limit: number
  /** A box of about these extents, instead of the largest that the limit allows. */
  readonly wanted?: readonly number[]
}

export interface BoxSize {
  readonly box: readonly number[]
  readonly bound: MemoryBound
}

/** The extents of a box. Throws `VolumeError` if the smallest box takes more than the limit. */
export function boxSize(request: BoxSizeRequest): BoxSize {
  const { shape, pieces, quantum, limit } = request
  const steps = shape.map((extent, a) => stepOf(extent, pieces[a]!, quantum[a]!))
  if (request.wanted !== undefined) return wantedBox(request.wanted, steps, request)
  let box = steps
  let bound = boundOf(box, request)
  if (bound.total > limit) throw tooSmall(limit, box, bound)
  const [enough, most] = [wantedBoxes, fewestBoxes].map((boxes) =>
    Math.max(product(shape) / boxes, enoughResults),
  ) as [number, number]
  for (let cost = costPerResult(box, request); ; ) {
    const larger = shape
      .map((_, a) => grown(box, a, steps, shape))
      .filter((candidate) => candidate !== undefined)
      .filter((candidate) => product(candidate) <= most)
      .map((candidate) => ({ candidate, bound: boundOf(candidate, request) }))
      .filter(({ bound: { total } }) => total <= limit)
      .map((entry) => ({ ...entry, cost: costPerResult(entry.candidate, request) }))
    if (larger.length === 0) return { box, bound }
    const best = larger.reduce((a, b) => (b.cost < a.cost ? b : a))
    if (product(best.candidate) > enough && best.cost > cost * worthGrowing) return { box, bound }
    ;({ candidate: box, bound, cost } = best)
  }
}

/** The wanted extents as whole steps: the next larger. */
function wantedBox(
  wanted: readonly number[],
  steps: readonly number[],
  request: BoxSizeRequest,
): BoxSize {
  const box = steps.map((step, a) =>
    Math.min(Math.ceil((wanted[a] ?? 1) / step) * step, request.shape[a]!),
  )
  const bound = boundOf(box, request)
  if (bound.total > request.limit) throw tooSmall(request.limit, box, bound)
  return { box, bound }
}

/**
 * With fewer boxes, little overlaps and little is kept when a run ends early. Larger boxes must
 * save that part of what is read.
 */
const wantedBoxes = 16
const fewestBoxes = 5
const worthGrowing = 0.98

/** Boxes of fewer results may be fewer than that: each box costs some milliseconds. */
const enoughResults = 2 ** 21

/** The least common multiple of both, or the whole axis. */
export function stepOf(extent: number, piece: number, quantum: number): number {
  if (extent === 0) return 1
  if (!Number.isFinite(quantum)) return extent
  const step = (piece / greatestCommonDivisor(piece, quantum)) * quantum
  return Math.min(step, extent)
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b]
  return a
}

/** The box, an eighth larger along an axis. Undefined if it is whole there. */
function grown(
  box: readonly number[],
  axis: number,
  steps: readonly number[],
  shape: readonly number[],
): number[] | undefined {
  const [extent, step] = [box[axis]!, steps[axis]!]
  if (extent >= shape[axis]!) return undefined
  const more = Math.max(1, Math.floor(extent / step / 8)) * step
  return box.with(axis, Math.min(extent + more, shape[axis]!))
}

const boundOf = (box: readonly number[], request: BoxSizeRequest): MemoryBound =>
  memoryBound(insideBox(box, request.shape), request)

/** The box in the middle: no other reads more samples. */
export function insideBox(box: readonly number[], shape: readonly number[]): Range[] {
  return box.map((extent, a) => {
    const boxes = Math.floor(shape[a]! / Math.max(1, extent))
    const start = Math.floor(Math.max(0, boxes - 1) / 2 + 0.5) * extent
    return start + extent <= shape[a]! ? [start, start + extent] : [0, extent]
  })
}

/** Samples that a box reads and decodes, per result. */
function costPerResult(box: readonly number[], request: BoxSizeRequest): number {
  const inside = insideBox(box, request.shape)
  const reads = request.readsOf(inside)
  const { decoded } = readCosts(reads, request)
  return (sampleCount(reads) + decoded + samplesPerBox) / product(extentsOf(inside))
}

/** What a box costs besides its samples, in samples that could be read meanwhile. */
const samplesPerBox = 2 ** 18

/** The samples that are read, and those of all chunks that are decoded for them. */
export function readCosts(
  reads: readonly (readonly Range[])[],
  { sourceShape, sourceChunks }: Pick<BoxSizeRequest, 'sourceShape' | 'sourceChunks'>,
): { readonly read: number; readonly decoded: number } {
  const decoded = reads.map((ranges, a) =>
    chunksOfBox(
      ranges,
      ranges.map(() => sourceChunks[a]!),
    ).reduce(
      (n, [first, end]) =>
        n + Math.min(end * sourceChunks[a]!, sourceShape[a]!) - first * sourceChunks[a]!,
      0,
    ),
  )
  return { read: sampleCount(reads), decoded: product(decoded) }
}

function tooSmall(limit: number, box: readonly number[], bound: MemoryBound): VolumeError {
  return new VolumeError(
    'request',
    `The memory limit is ${bytesText(limit)}, but a box of ${box.join('×')} results ` +
      `takes ${bytesText(bound.total, 'up')}: ` +
      `${bytesText(2 * bound.samples)} of samples, ${bytesText(2 * bound.results)} of results, ` +
      `${bytesText(bound.workspace)} to compute, ${bytesText(bound.reading)} to read, ` +
      `${bytesText(bound.writing)} to write and ${bytesText(bound.program)} for the program. ` +
      `Give at least ${bytesText(bound.total, 'up')}, or smaller chunks for the result.`,
  )
}
