/**
 * Buckets of S3, and of servers that speak like it: all keys below an address, or one object that
 * is read by parts. A key is one object, so a value that is set appears whole or not at all.
 */

import type * as Sdk from '@aws-sdk/client-s3'
import { VolumeError } from '../../errors.ts'
import { type S3Options, type S3Place, s3Address, s3Place } from './s3-address.ts'
import { connect } from './s3-connection.ts'
import { failure, statusOf } from './s3-errors.ts'
import { lengthOf, read } from './s3-objects.ts'
import type { ByteSource, WritableStore } from './store.ts'

/** What a result needs besides: objects that nobody else made, and their removal. */
export interface BucketStore extends WritableStore {
  /** Sets a key that is not there. False if it is: of two creators one wins. */
  create(key: string, bytes: Uint8Array): Promise<boolean>
  /** The first keys below the address. */
  firstKeys(count: number): Promise<readonly string[]>
  /** Removes keys; those that are not there are no error. */
  remove(keys: readonly string[]): Promise<void>
  /** Removes every key below the address except one. */
  removeAllBut(kept: string): Promise<void>
}

/** All that lies below an address. */
export async function openS3(address: string, options: S3Options = {}): Promise<BucketStore> {
  const root = s3Place(address)
  const { bucket: Bucket } = root
  const connection = await connect(options)
  const { sdk, client } = connection
  const prefix = root.key === '' ? '' : `${root.key}/`
  const placeOf = (key: string): S3Place => ({ bucket: Bucket, key: prefix + key })
  const writing = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw failure(placeOf(key), 'written', error, connection)
    }
  }
  const page = async (below: string, more: Partial<Sdk.ListObjectsV2CommandInput>) => {
    try {
      return await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: below, ...more }))
    } catch (error) {
      throw failure({ bucket: Bucket, key: below }, 'listed', error, connection)
    }
  }
  const remove = async (keys: readonly string[]): Promise<void> => {
    if (keys.length === 0) return
    const Objects = keys.map((key) => ({ Key: prefix + key }))
    const { Errors = [] } = await writing(keys[0]!, () =>
      client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
    )
    const [first] = Errors
    if (first === undefined) return
    const place = { bucket: Bucket, key: first.Key ?? '' }
    const reason = first.Message ?? first.Code ?? 'no reason was given'
    throw new VolumeError('store', `${s3Address(place)} cannot be removed: ${reason}.`)
  }
  const firstKeys = async (count: number): Promise<readonly string[]> => {
    const { Contents = [] } = await page(prefix, { MaxKeys: count })
    return Contents.map(({ Key = '' }) => Key.slice(prefix.length)).filter((key) => key !== '')
  }
  return {
    address: s3Address(root),
    parallel: 8,
    get: (key, signal) => read(connection, placeOf(key), undefined, signal),
    getRange: (key, range, signal) => read(connection, placeOf(key), range, signal),
    list: async (key) => {
      const below = key === '' ? prefix : `${prefix}${key}/`
      const names: string[] = []
      for (let next: string | undefined, isFirst = true; isFirst || next; isFirst = false) {
        const found = await page(below, {
          Delimiter: '/',
          ...(next && { ContinuationToken: next }),
        })
        for (const { Prefix = '' } of found.CommonPrefixes ?? [])
          names.push(Prefix.slice(below.length, -1))
        for (const { Key = '' } of found.Contents ?? []) names.push(Key.slice(below.length))
        next = found.NextContinuationToken
      }
      return names.filter((name) => name !== '')
    },
    set: async (key, bytes) => {
      const command = new sdk.PutObjectCommand({ Bucket, Key: prefix + key, Body: bytes })
      await writing(key, () => client.send(command))
    },
    create: async (key, bytes) => {
      const Key = prefix + key
      const command = new sdk.PutObjectCommand({ Bucket, Key, Body: bytes, IfNoneMatch: '*' })
      try {
        await client.send(command)
        return true
      } catch (error) {
        // There is one, or another is being made.
        if ([409, 412].includes(statusOf(error))) return false
        throw failure(placeOf(key), 'written', error, connection)
      }
    },
    length: (key) => lengthOf(connection, placeOf(key)),
    firstKeys,
    remove,
    removeAllBut: async (kept) => {
      for (;;) {
        const keys = (await firstKeys(1000)).filter((key) => key !== kept)
        if (keys.length === 0) return
        await remove(keys)
      }
    },
    clean: async () => {},
    close: async () => client.destroy(),
  }
}

/** One object, read by parts. Rejects if it is not there. */
export async function openS3File(
  address: string,
  options: S3Options = {},
  signal?: AbortSignal,
): Promise<ByteSource> {
  const place = s3Place(address)
  const connection = await connect(options)
  try {
    // A missing bucket is named by a GET, not by a HEAD.
    const length =
      (await lengthOf(connection, place, signal)) ??
      (await read(connection, place, { offset: 0, length: 1 }, signal))?.length
    if (length === undefined) throw new VolumeError('store', `${s3Address(place)} does not exist.`)
    return {
      address: s3Address(place),
      length,
      gapBytes: 256 * 2 ** 10,
      read: async (offset, count, signal) => {
        const bytes = await read(connection, place, { offset, length: count }, signal)
        if (bytes?.length === count) return bytes
        throw new VolumeError(
          'data',
          `${s3Address(place)} is cut off: ${count} bytes are needed from ${offset}, but ` +
            `${bytes?.length ?? 0} are there.`,
        )
      },
      close: async () => connection.client.destroy(),
    }
  } catch (error) {
    connection.client.destroy()
    throw error
  }
}
