/**
 * Where do the bytes of an array lie? A store maps keys such as `zarr.json` or `c/0/1` to bytes: a
 * folder, a web server, a bucket. Formats see nothing else, so each works in every store.
 */

/** A part of a value: some bytes from an offset, or the last ones. */
export type ByteRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number }

export interface Store {
  /** Where it is, for messages. */
  readonly address: string
  /** How many values are asked for at once. */
  readonly parallel: number
  /** The bytes of a key; undefined if there are none. Rejects with a `VolumeError`. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** A part. It is shorter than asked for only where the value ends. */
  getRange(
    key: string,
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** The value of a key as a file, if the store has files. Undefined if there is no value. */
  open?(key: string, signal?: AbortSignal): Promise<ByteSource | undefined>
  /** The names below a key, if the store can list them. */
  list?(key: string): Promise<readonly string[]>
  close(): Promise<void>
}

export interface WritableStore extends Store {
  /** Sets a key. Others see the old bytes or the new ones, never a part. */
  set(key: string, bytes: Uint8Array): Promise<void>
  /** The length of a value; undefined if there is none. */
  length(key: string): Promise<number | undefined>
  /** Removes what killed writers left behind. Harmless while others write. */
  clean(): Promise<void>
}

/** One file that is read by parts. */
export interface ByteSource {
  readonly address: string
  readonly length: number
  /** So many bytes between two parts are read with them, because one more call costs more. */
  readonly gapBytes: number
  /** Rejects with a `VolumeError` unless all bytes came. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}
