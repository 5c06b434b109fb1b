/** What a caller says about a result, and what lies in its place already. Types only. */

import type { DType } from 'stridefold'
import type { Axis, Codec, StoredArray } from './stored-array.ts'
import type { S3Options } from './stores/s3-address.ts'

/** What a new array is. */
export interface NewArray {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** The extents of what is compressed at once. Default: of Zarr about 1 MiB, of .npy 8 MiB. */
  readonly chunks?: readonly number[]
  /**
   * Names, units and scales. A Zarr with units, scales or translations is an OME-Zarr image: 0.4 in
   * version 2, 0.5 in version 3. A .npy file keeps none of it.
   */
  readonly axes?: readonly Axis[]
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface CreateOptions {
  /** Default: by the address, `.npy` or else Zarr, in the version of `like`, or 2. */
  readonly format?: 'zarr2' | 'zarr3' | 'npy'
  /** Zarr 3 only: the extents of a file that holds several chunks, in multiples of `chunks`. */
  readonly shards?: readonly number[]
  /** Default: the codec of `like`, or zstd. */
  readonly codec?: Codec
  /** The source, whose format the result takes over where no option says another. */
  readonly like?: Pick<StoredArray, 'address' | 'storage'>
  /**
   * What to do if there is a result of this name. `'refuse'` (default); `'continue'`: go on with
   * it, if it is such an array; `'replace'`: remove it.
   */
  readonly existing?: 'refuse' | 'continue' | 'replace'
  /** For addresses that begin with s3:. Default: from the environment. */
  readonly s3?: S3Options
}

/** What lies in the place of a result. */
export interface ExistingVolume {
  /**
   * Whether every chunk was written. Undefined for a Zarr, where only the chunks themselves tell:
   * ask `isWritten`.
   */
  readonly complete: boolean | undefined
  /** Those that `setAttributes` set. A whole .npy file has none. */
  readonly attributes: Readonly<Record<string, unknown>>
}
