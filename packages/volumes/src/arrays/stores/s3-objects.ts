/**
 * Reads objects of S3, whole or by ranges. The SDK repeats requests that were refused or got no
 * answer. A body that is cut off comes after its answer: such a request is repeated here.
 */

import { VolumeError } from '../../errors.ts'
import { type S3Place, s3Address } from './s3-address.ts'
import type { Connection } from './s3-connection.ts'
import { failure, isMissing, statusOf } from './s3-errors.ts'
import { sleep } from './sleep.ts'
import type { ByteRange } from './store.ts'

/** The bytes of an object, or a part; undefined if there is none. */
export async function read(
  connection: Connection,
  place: S3Place,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  signal?.throwIfAborted()
  const count = range && ('offset' in range ? range.length : range.suffixLength)
  if (count === 0) return new Uint8Array(0)
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(connection, place, range, signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (isMissing(error)) return undefined
      // There are no such bytes.
      if (statusOf(error) === 416) return new Uint8Array(0)
      if (!(error instanceof CutOff)) throw failure(place, 'read', error, connection)
      if (attempt === connection.attempts)
        throw new VolumeError(
          'store',
          `${s3Address(place)} cannot be read: ${error.message}, ${attempt} times. Try again later.`,
          { cause: error },
        )
      await sleep(100 * 2 ** attempt * (0.5 + Math.random() / 2), signal)
    }
  }
}

/** A body ended before its length. */
class CutOff extends Error {}

async function readOnce(
  { sdk, client }: Connection,
  { bucket: Bucket, key: Key }: S3Place,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const command = new sdk.GetObjectCommand({
    Bucket,
    Key,
    ...(range && { Range: rangeText(range) }),
  })
  const answer = await client.send(command, signal ? { abortSignal: signal } : {})
  const length = answer.ContentLength
  if (length === undefined) throw new Error('the server does not tell the length of the object')
  const bytes = new Uint8Array(length)
  let at = 0
  try {
    for await (const part of answer.Body as unknown as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted()
      bytes.set(part, at)
      at += part.length
    }
  } catch (error) {
    throw new CutOff(`the answer was cut off after ${at} of ${length} bytes`, { cause: error })
  }
  if (at !== length) throw new CutOff(`the answer was cut off after ${at} of ${length} bytes`)
  if (range === undefined || answer.ContentRange !== undefined) return bytes
  // A server without ranges sends everything.
  return 'offset' in range
    ? bytes.subarray(range.offset, range.offset + range.length)
    : bytes.subarray(Math.max(0, length - range.suffixLength))
}

function rangeText(range: ByteRange): string {
  if (!('offset' in range)) return `bytes=-${range.suffixLength}`
  const { offset, length } = range
  return `bytes=${offset}-${Number.isFinite(length) ? offset + length - 1 : ''}`
}

/** The bytes of an object; undefined if there is none. */
export async function lengthOf(
  connection: Connection,
  place: S3Place,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const command = new connection.sdk.HeadObjectCommand({ Bucket: place.bucket, Key: place.key })
  try {
    const answer = await connection.client.send(command, signal ? { abortSignal: signal } : {})
    return answer.ContentLength
  } catch (error) {
    signal?.throwIfAborted()
    if (isMissing(error)) return undefined
    throw failure(place, 'read', error, connection)
  }
}
