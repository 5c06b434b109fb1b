/**
 * How much memory does a box take, at most? Three boxes are in flight at the same time, so that
 * reading, computing and writing overlap:
 *
 *   read      box 2         samples  + pieces of the source, decoded
 *   compute   box 1         samples  + workspace of the plan + results
 *   write     box 0                                            results + chunks, being encoded
 *
 *   bound = 2 · samples + 2 · results + workspace + reading + writing + program
 */

import { product } from '../arrays/boxes.ts'
import type { Range } from '../arrays/stored-array.ts'
import { extentsOf } from './grid.ts'

/** What decides the memory of a box. */
export interface BoxCosts {
  /** Bytes of a sample and of a result. */
  readonly sampleBytes: number
  readonly resultBytes: number
  /** The samples that a box reads: ranges along each axis of the source. */
  readonly readsOf: (box: readonly Range[]) => readonly (readonly Range[])[]
  /** The bytes of computing a box, without its samples and results. */
  readonly workspaceOf: (box: readonly Range[]) => number
  /** The bytes of pieces that are read, and of chunks that are written, at the same time. */
  readonly readingBytes: number
  readonly writingBytes: number
  /** The largest number of threads. */
  readonly threads: number
}

/** The largest memory of a run, in bytes, by its parts. Plain data. */
export interface MemoryBound {
  readonly samples: number
  readonly results: number
  readonly workspace: number
  readonly reading: number
  readonly writing: number
  /** Of workers, and of memory that is free but not given back yet. */
  readonly program: number
  /** 2 · samples + 2 · results + all others. */
  readonly total: number
}

/** The bound of a run with boxes as large as this one. */
export function memoryBound(box: readonly Range[], costs: BoxCosts): MemoryBound {
  const samples = sampleCount(costs.readsOf(box)) * costs.sampleBytes
  const results = product(extentsOf(box)) * costs.resultBytes
  const workspace = costs.workspaceOf(box)
  const { readingBytes: reading, writingBytes: writing } = costs
  const program = programBytes + costs.threads * threadBytes
  const total = 2 * samples + 2 * results + workspace + reading + writing + program
  return { samples, results, workspace, reading, writing, program, total }
}

/**
 * A worker of Node takes 8 to 12 MB. Arrays that are not used any more stay in memory until the
 * collector finds them, and some of that the allocator keeps (Node 20 on Linux, 2026-11-30).
 */
const threadBytes = 12 * 2 ** 20
const programBytes = 96 * 2 ** 20

/** The number of samples in a product of lists of ranges. */
export const sampleCount = (reads: readonly (readonly Range[])[]): number =>
  product(reads.map(lengthOf))

/** The samples in all ranges of an axis. */
export const lengthOf = (ranges: readonly Range[]): number =>
  ranges.reduce((n, [start, end]) => n + end - start, 0)
