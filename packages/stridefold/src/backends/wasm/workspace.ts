/**
 * Where do the buffers of a program lie, and how many bytes do they take? Known before anything is
 * compiled, from the lowered buffers and the layouts of the caller's arrays.
 */

import { InternalError } from '../../errors.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { wordBytes } from '../../ndarray/memory.ts'
import type { ExternalLayouts } from '../../program/backend.ts'
import { type Buffer, byteLength, type ExternalRole, isExternal } from '../../program/program.ts'
import type { LoweredBuffer } from './schedule/lower.ts'

/** The address of a buffer, in the arena or in the private block of the executable. */
export interface ByteAddress {
  readonly buffer: LoweredBuffer
  /**
   * Bytes from the start of the arena (scratch, copies, weights that only prepare others) or of the
   * private block (prepared weights, constants).
   */
  readonly offset: number
  readonly isPrivate: boolean
  /** Copies only: bytes from the start of the copy to element [0, 0, …]. */
  readonly elementOffset: number
  readonly bytes: number
  /** Bytes from the buffer of one thread to that of the next; 0 for a buffer that all share. */
  readonly bytesPerThread: number
}

export interface Workspace {
  /** One address per buffer, in the order of the buffers. */
  readonly addresses: readonly ByteAddress[]
  /** Bytes of the arena that one run uses. */
  readonly arenaBytes: number
  /** Bytes that only this program uses, and that outlive a run. */
  readonly privateBytes: number
}

/** Lays out the buffers of a lowered program that this many threads run. */
export function workspaceOf(
  buffers: readonly LoweredBuffer[],
  externals: ExternalLayouts,
  threads = 1,
): Workspace {
  let arenaBytes = 0
  let privateBytes = 0
  const addresses = buffers.map((buffer): ByteAddress => {
    const { role, dtype } = buffer
    const bytes = isExternal(role) ? copiedBytes(buffer, externals) : byteLength(buffer)
    const elementOffset = isExternal(role) ? -externals[role]!.lowest * dtypes[dtype].bytes : 0
    // Weights must outlive the run that prepared them, but not those from which others are made.
    const isOfKernel = (role === 'prepared' || role === 'kernel') && buffer.onlyPrepares !== true
    const isPrivate = isOfKernel || role === 'constant'
    const offset = isPrivate ? privateBytes : arenaBytes
    const bytesPerThread = role === 'local' ? alignToCacheLine(bytes) : 0
    if (isPrivate) privateBytes += alignToCacheLine(bytes)
    else arenaBytes += alignToCacheLine(bytes) + (threads - 1) * bytesPerThread
    return { buffer, offset, isPrivate, elementOffset, bytes, bytesPerThread }
  })
  return { addresses, arenaBytes, privateBytes }
}

/** The bytes that a run takes besides the caller's arrays. */
export function workspaceBytes(
  buffers: readonly LoweredBuffer[],
  externals: ExternalLayouts,
  threads = 1,
): number {
  const { arenaBytes, privateBytes } = workspaceOf(buffers, externals, threads)
  return arenaBytes + privateBytes
}

const alignToCacheLine = (bytes: number): number => Math.ceil(bytes / 64) * 64

/**
 * Bytes of the copy of a caller's array; 0 if it is used in place. A copy has the space to start at
 * the same offset within a word as its original.
 */
function copiedBytes(buffer: Buffer, externals: ExternalLayouts): number {
  const layout = externals[buffer.role as ExternalRole]
  if (layout === undefined)
    throw new InternalError(
      'BINDING_MISSING',
      `the program reads ${buffer.role}, but no layout was given for it.`,
    )
  return layout.inBackendMemory || layout.span === 0
    ? 0
    : layout.span * dtypes[buffer.dtype].bytes + wordBytes
}
