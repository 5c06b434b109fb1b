/**
 * Defines a program: buffers, and stages of steps over them. It is the only interface between
 * algorithms and backends.
 *
 *   stage          a barrier before and after, unless stages run alongside each other
 *     grid         independent items, taken in any order, by any worker
 *       steps      in order, on one worker, for one item
 */

import { type ComputeDType, type DType, dtypes } from '../ndarray/dtype.ts'
import type { Loop, Step } from './steps.ts'

/**
 * Who owns the memory of a buffer, and how long its contents live.
 *
 * - input, kernel, bias, addend, output: the caller's arrays. Their `length` is 0 here. Offset 0 is
 *   element [0, 0, …] of the array, so operands with negative strides reach negative addresses.
 * - scratch: one buffer, for the length of a run.
 * - local: one buffer per worker, for the length of one grid item.
 * - prepared: filled by `prepare` stages from kernel and constants only; kept while the kernel is
 *   the same.
 * - guard: as scratch. All zeros after a run, unless a NaN, an infinity or an overflow may have
 *   spread to results that do not read it.
 * - constant: `values`, written when the program is loaded and when the constants of a kernel are
 *   replaced.
 */
export type Role = ExternalRole | 'scratch' | 'guard' | 'local' | 'prepared' | 'constant'

/** The roles of the caller's arrays. */
export type ExternalRole = 'input' | 'kernel' | 'bias' | 'addend' | 'output'

const externalRoles: readonly Role[] = ['input', 'kernel', 'bias', 'addend', 'output']

export const isExternal = (role: Role): role is ExternalRole => externalRoles.includes(role)

export interface Buffer {
  readonly name: string
  readonly role: Role
  readonly dtype: DType
  /** The number of elements of a buffer that the program owns; 0 for the caller's arrays. */
  readonly length: number
  readonly values?: readonly number[]
  /**
   * True for constants computed from the values of a kernel. They may be replaced between runs, so
   * generated code must not contain them.
   */
  readonly ofKernel?: boolean
}

/** The bytes of a buffer that the program owns. */
export const byteLength = ({ length, dtype }: Buffer): number => length * dtypes[dtype].bytes

export interface Stage {
  readonly name: string
  /**
   * True if the stage reads only kernel and constants. It then runs once per kernel, not in every
   * run.
   */
  readonly prepare: boolean
  /**
   * True if the stage may run at the same time as the stages before it, back to and including the
   * last one without this mark: it writes nothing that they read or write, and reads nothing that
   * they write. Only stages with the same `prepare` count.
   */
  readonly alongside?: boolean
  readonly grid: readonly Loop[]
  readonly steps: readonly Step[]
}

export interface Program {
  readonly dtype: ComputeDType
  readonly buffers: readonly Buffer[]
  readonly stages: readonly Stage[]
}
