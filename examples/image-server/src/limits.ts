/**
 * What one request may cost. An upload that exceeds a limit is refused before it costs more: bytes
 * while they arrive, pixels before they are decoded. So the server needs at most about
 * `maxRunning` · (`maxBytes` + 20 bytes per pixel) of memory.
 */

import { availableParallelism } from 'node:os'

/** Bytes of an upload. */
export const maxBytes: number = 10 * 2 ** 20

/** Pixels of a picture: a small file can hold many. */
export const maxPixels = 24_000_000

/** Milliseconds from the whole upload to the answer. */
export const maxMilliseconds = 20_000

/** Uploads at the same time. Others are asked to come back. */
export const maxRunning: number = availableParallelism()

/** A request that is refused, with the status of HTTP that says why. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
