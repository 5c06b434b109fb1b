/**
 * The .npy files of commands. The library reads and writes them. Here its errors become errors of
 * an input file, and bytes after the array are counted instead of refused.
 */

import * as library from 'stridefold/npy'
import { OptionError, type TypedArray } from 'stridefold/sync'
import { inputError } from './failure.ts'

/** What readNpy makes: never clamped bytes. */
export type NpyElements = Exclude<TypedArray, Uint8ClampedArray>

/** A strided array; strides in elements. */
export interface NpyArray {
  readonly data: NpyElements
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  /** Bytes of the file after the array. */
  readonly trailingBytes: number
}

const maxExtent = 2 ** 31 - 1

/**
 * The array in a .npy file; it may share the memory of `bytes`. `name` is the file name, for
 * messages. Throws for unsupported element types and damaged files.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  try {
    const { shape, byteOffset, byteLength } = library.readNpyHeader(bytes, name)
    // An extent of 0 makes any other extent free, until something is computed.
    if (shape.some((extent) => extent > maxExtent))
      throw inputError(
        `${name} has shape (${shape.join(', ')}): extents up to ${maxExtent} are supported.`,
      )
    const end = byteOffset + byteLength
    const { data, strides, offset } = library.readNpy(bytes.subarray(0, end), name)
    const trailingBytes = bytes.length - end
    return { data: data as NpyElements, shape, strides, offset, trailingBytes }
  } catch (error) {
    throw error instanceof OptionError ? inputError(error.message, error) : error
  }
}

/** A .npy file (version 1.0) of a dense, row-major array. */
export const writeNpy = (data: NpyElements, shape: readonly number[]): Uint8Array =>
  library.writeNpy({ data, shape })
