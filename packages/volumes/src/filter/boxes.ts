/**
 * What computes boxes of a result: a plan of the library (`stridefold/boxes`), or the sum with
 * missing samples, which is a call for each box.
 */

import type { DType, NdArray } from 'stridefold'
import type { Range } from '../arrays/stored-array.ts'

export interface Boxes {
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly outputDType: DType
  /** What computes, for people. */
  readonly algorithm: string
  readonly backend: string
  readonly reason: string
  /** Whether boxes of any size have the bits of the whole; else why not. */
  readonly cutKeepsBits: boolean
  readonly why: string | undefined
  /** Largest difference of a result, relative to max|x|·Σ|k|. */
  readonly errorBound: number | undefined
  /** Boxes begin at multiples of these results. Infinity: the axis is not cut. */
  readonly quantum: readonly number[]
  /** What decides the bits, as JSON: another process computes the same with it. */
  readonly form: unknown
  /** The samples that a box reads: sorted, disjoint ranges along each axis. */
  readsOf(box: readonly Range[]): readonly (readonly Range[])[]
  /** The memory of `run` besides the samples and the results. */
  bytesOf(box: readonly Range[]): number
  /** Axis `a` of `samples` are those of `readsOf(box)[a]`, one range after the other. */
  run(box: readonly Range[], samples: NdArray, options: RunOptions): Promise<NdArray>
  dispose(): void
}

export interface RunOptions {
  readonly out: NdArray
  readonly signal?: AbortSignal
}
