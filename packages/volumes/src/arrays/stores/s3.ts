/**
 * Buckets of S3, and of servers that speak like it, by the AWS SDK. It is an optional dependency,
 * loaded when an address begins with s3:. A key is one object, so a value that is set appears whole
 * or not at all.
 *
 * The SDK repeats requests that were refused or got no answer. A body that is cut off comes after
 * its answer: such a request is repeated here.
 */

import type * as Sdk from '@aws-sdk/client-s3'
import { VolumeError } from '../../errors.ts'
import { modules } from './host.ts'
import { type S3Options, type S3Place, s3Address, s3Place } from './s3-address.ts'
import { sleep } from './sleep.ts'
import type { ByteRange, ByteSource, WritableStore } from './store.ts'

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

const defaultAttempts = 5

interface Connection {
  readonly sdk: typeof Sdk
  readonly client: Sdk.S3Client
  readonly attempts: number
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

const packageName = '@aws-sdk/client-s3'

/** By `require`, which no bundler follows here. */
function loadSdk(): typeof Sdk {
  const { createRequire } = modules()
  try {
    return createRequire(import.meta.url)(packageName) as typeof Sdk
  } catch (error) {
    const isThere = !(error as Error).message.includes(`'${packageName}'`)
    throw new VolumeError(
      'request',
      isThere
        ? `The package ${packageName} cannot be loaded: ${(error as Error).message}.`
        : `Addresses that begin with s3:// need the package ${packageName}. Install it: ` +
            `npm install ${packageName}.`,
      { cause: error },
    )
  }
}

async function connect(options: S3Options): Promise<Connection> {
  const sdk = loadSdk()
  const { env } = process
  const { attempts = defaultAttempts, timeout = 30_000, endpoint, credentials } = options
  const server = endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL
  const wanted = env.AWS_S3_FORCE_PATH_STYLE
  const settings: Sdk.S3ClientConfig = {
    maxAttempts: attempts,
    retryMode: 'standard',
    forcePathStyle:
      options.forcePathStyle ?? (wanted ? /^(1|true|yes)$/i.test(wanted) : Boolean(server)),
    requestHandler: { connectionTimeout: timeout, socketTimeout: timeout },
    ...(server && { endpoint: server }),
    ...(credentials && { credentials: { ...credentials } }),
  }
  const given = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  const region = given ?? (await regionOfProfile(sdk)) ?? 'us-east-1'
  return { sdk, client: new sdk.S3Client({ ...settings, region }), attempts }
}

/** That of the profile in the files of AWS. */
async function regionOfProfile(sdk: typeof Sdk): Promise<string | undefined> {
  const client = new sdk.S3Client({})
  try {
    return await client.config.region()
  } catch {
    return undefined
  } finally {
    client.destroy()
  }
}

/** The bytes of an object, or a part; undefined if there is none. */
async function read(
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

async function lengthOf(
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

interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
}

const statusOf = (error: unknown): number =>
  (error as SdkError | undefined)?.$metadata?.httpStatusCode ?? 0

/** No object of this key. A missing bucket is an error, and a refusal is one, too. */
const isMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as SdkError).name !== 'NoSuchBucket'

function failure(
  place: S3Place,
  done: 'read' | 'written' | 'listed',
  error: unknown,
  { attempts }: Connection,
): VolumeError {
  if (error instanceof VolumeError) return error
  const text = `${s3Address(place)} cannot be ${done}: ${reasonOf(place, error, attempts)}`
  return new VolumeError('store', text, { cause: error })
}

function reasonOf({ bucket, key }: S3Place, error: unknown, attempts: number): string {
  const { name = 'Error', message = String(error), code } = error as SdkError
  const status = statusOf(error)
  if (name === 'CredentialsProviderError' || /credential/i.test(name))
    return (
      'no credentials for S3 were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ' +
      'AWS_PROFILE.'
    )
  if (name === 'NoSuchBucket')
    return `there is no bucket '${bucket}'. Change the address, or make the bucket.`
  if (status === 401 || status === 403) {
    const kind = /^[a-z]+$/i.test(name) ? `${status} ${name}` : `${status}`
    return (
      `access to the key '${key}' in the bucket '${bucket}' is denied (${kind}). Check the ` +
      'credentials and their rights. Without the right s3:ListBucket, S3 denies what is not there.'
    )
  }
  if (status === 301 || status === 307)
    return `the bucket '${bucket}' is in another region. Set AWS_REGION.`
  const why = status > 0 ? `the server answered ${status} (${name})` : `${code ?? name}: ${message}`
  const isPassing = status >= 500 || status === 429 || status === 0
  return isPassing ? `${why}, ${attempts} times. Try again later.` : `${why}: ${message}.`
}
