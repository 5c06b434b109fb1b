/**
 * A program: buffers, and stages of steps over them. The narrow waist between algorithms and
 * backends.
 *
 *   stage          a barrier before and after
 *     grid         independent items, taken in any order, by any worker
 *       steps      in order, on one worker, for one item
 */

import { type ComputeDType, type DType, dtypes } from '../ndarray/dtype.ts'
import type { Loop, Step } from './steps.ts'

/**
 * Who owns a buffer's memory and how long its contents live.
 *
 * input, kernel, bias, output: the caller's arrays (lengths are those of the walk; offset 0 is
 * element [0, 0, …] of the array,
 *   so operands with negative strides reach negative addresses).
 * scratch: one, for the length of a run.        local: one per worker, for the length of a grid item.
 * prepared: filled by `prepare` stages from kernel and constants only, kept as long as the kernel
 * is the same. guard: as scratch; all zeros after a run, unless something not finite, or too large,
 * may have spread to results that do not read it. constant: `values`, written when the program is
 * loaded, and when those of a kernel are exchanged.
 */
export type Role = ExternalRole | 'scratch' | 'guard' | 'local' | 'prepared' | 'constant'

/** Roles of the caller's arrays. */
export type ExternalRole = 'input' | 'kernel' | 'bias' | 'output'

export const isExternal = (role: Role): role is ExternalRole =>
  role === 'input' || role === 'kernel' || role === 'bias' || role === 'output'

export interface Buffer {
  readonly name: string
  readonly role: Role
  readonly dtype: DType
  /** Number of elements, for buffers that the program owns; 0 for the caller's arrays. */
  readonly length: number
  readonly values?: readonly number[]
  /**
   * True for constants made from a kernel's values: they may be exchanged between runs, so no code
   * may hold them.
   */
  readonly ofKernel?: boolean
}

/** Bytes of a buffer that the program owns. */
export const byteLength = ({ length, dtype }: Buffer): number => length * dtypes[dtype].bytes

export interface Stage {
  readonly name: string
  /** True where only kernel and constants are read: done once for a kernel, not at every run. */
  readonly prepare: boolean
  readonly grid: readonly Loop[]
  readonly steps: readonly Step[]
}

export interface Program {
  readonly dtype: ComputeDType
  readonly buffers: readonly Buffer[]
  readonly stages: readonly Stage[]
}
