/**
 * What is an array that lies in files? The one interface of all formats: filters read boxes through
 * it and write whole chunks, and know nothing about Zarr, NumPy or TIFF.
 *
 *   source   read(box)  ──► samples ──► filter ──► results ──► write(chunk)   result
 */

import type { DType, NdArray, TypedArray } from 'stridefold'

/** [start, end) along an axis. */
export type Range = readonly [start: number, end: number]

/** One axis of a stored array. */
export interface Axis {
  /** As the metadata says it (`z`, `y`, `x`, `c`, `t`), or `axis0`, `axis1` … */
  readonly name: string
  /** Kernels lie along axes of space. Channels and times are looped over. */
  readonly type: 'space' | 'channel' | 'time'
  /** The unit of `scale`, as OME-Zarr names it: `micrometer`. */
  readonly unit: string | undefined
  /** The distance between two samples, in `unit`. */
  readonly scale: number | undefined
  /** The coordinate of the first sample, in `unit`. */
  readonly translation: number | undefined
}

/** What is known about a stored array before any sample is read. Plain data. */
export interface ArrayInfo {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** The extents of a piece that is read or written at once: a chunk, or a shard for writers. */
  readonly chunks: readonly number[]
  readonly axes: readonly Axis[]
  /** Metadata for people and other programs, kept in a result: attributes of Zarr. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** How an array lies in its files. A result takes what it does not get from options from here. */
export interface Storage {
  readonly format: Format
  /** The type in the file, which may differ from `dtype`: `uint32` is read as float64. */
  readonly elementType: string
  /** How the chunks of a Zarr are compressed, if it is a codec that can be written too. */
  readonly codec: Codec | undefined
  /** The version of OME-Zarr, if the array is a level of an image. */
  readonly ome: '0.4' | '0.5' | undefined
  /** The extents of a shard, if the chunks lie in shards. */
  readonly shards: readonly number[] | undefined
  /** Whether a chunk is always read whole. Otherwise a read takes what its box needs. */
  readonly wholeChunks: boolean
}

export type Format = 'zarr2' | 'zarr3' | 'npy' | 'tiff' | 'raw'

/** A compression that can be written. `level`: default is that of the codec. */
export interface Codec {
  readonly name: CodecName
  readonly level?: number
}

export type CodecName = 'none' | 'zstd' | 'gzip' | 'blosc' | 'lz4'

/** Where the elements of a box lie in an array of the same dtype, in elements. */
export interface Place {
  readonly data: TypedArray
  readonly offset: number
  readonly strides: readonly number[]
}

/** An array that can be read. */
export interface StoredArray extends ArrayInfo {
  /** Where it is, for messages. */
  readonly address: string
  readonly storage: Storage
  /**
   * The samples of a box, as a new dense array. Rejects with a `VolumeError` that names the chunk
   * if one cannot be read. A chunk that is not there holds the fill value.
   */
  read(box: readonly Range[], signal?: AbortSignal): Promise<NdArray>
  /** The same, into elements of an array that is there: those of the box at these strides. */
  readInto(box: readonly Range[], to: Place, signal?: AbortSignal): Promise<void>
  /** The most bytes that `read` of this box holds at once, its result included. */
  bytesOfRead(box: readonly Range[]): number
  close(): Promise<void>
}

/** An array that is being written. Two writers may write the same chunk at the same time. */
export interface WritableArray extends ArrayInfo {
  readonly address: string
  /**
   * Writes whole chunks: `start` is a multiple of `chunks`, and so is the end, or it is the end of
   * the array. A chunk appears whole or not at all. The samples have the `dtype` of the array;
   * float16 is also rounded from float32 and float64.
   */
  write(start: readonly number[], samples: NdArray): Promise<void>
  /** The most bytes that one `write` holds at once besides the samples. */
  readonly bytesOfWrite: number
  /** Whether the chunk at this position (in chunks) was written. */
  isWritten(chunk: readonly number[]): Promise<boolean>
  /** Changes attributes after the array was created. */
  setAttributes(attributes: Readonly<Record<string, unknown>>): Promise<void>
  /** Ends writing. `complete`: all chunks are there; a single file gets its name. */
  close(complete: boolean): Promise<void>
}
