/** Results and sources in buckets of S3, also of a server that is busy, or refuses. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ndarray } from 'stridefold'
import { writeNpy } from 'stridefold/npy'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createVolume,
  existingVolume,
  filterVolume,
  jobStatus,
  openVolume,
  planJob,
  runJob,
} from '../src/index.ts'
import { elements, fixture, folder, formula, wholeBox } from './helpers.ts'
import { type S3Fault, type S3Server, s3Server } from './s3-server.ts'

let server: S3Server

beforeEach(async () => {
  server = await s3Server()
  const { credentials } = server.options
  vi.stubEnv('AWS_ENDPOINT_URL', server.options.endpoint!)
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials!.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials!.secretAccessKey)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_PROFILE', '')
  // No files of this machine's user.
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null')
})
afterEach(() => void vi.unstubAllEnvs())

const filesOf = (root: string): Map<string, Buffer> =>
  new Map(
    (readdirSync(root, { recursive: true }) as string[])
      .filter((name) => statSync(join(root, name)).isFile())
      .map((name) => [name, readFileSync(join(root, name))]),
  )

/** Puts the files of a folder into the bucket. */
function upload(root: string, key: string): void {
  for (const [name, bytes] of filesOf(root)) server.objects.set(`${key}/${name}`, bytes)
}

/** What lies below a key of the bucket, as text that shows each byte. */
const below = (key: string): Record<string, string> =>
  Object.fromEntries(
    [...server.objects]
      .filter(([name]) => name.startsWith(`${key}/`))
      .map(([name, bytes]) => [name.slice(key.length + 1), bytes.toString('hex')])
      .sort(),
  )

const filesBelow = (root: string): Record<string, string> =>
  Object.fromEntries(
    [...filesOf(root)].map(([name, bytes]) => [name, bytes.toString('hex')]).sort(),
  )

/** Without the hash of the job, which depends on the addresses. */
const withoutHash = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, hex]) => [
      name,
      /\.z|zarr\.json/.test(name)
        ? Buffer.from(hex, 'hex')
            .toString()
            .replace(/"job": "[^"]*"/, '')
        : hex,
    ]),
  )

test.each([
  ['Zarr 2', { format: 'zarr2' as const, chunks: [3, 4] }],
  ['Zarr 3', { format: 'zarr3' as const, chunks: [3, 4] }],
  ['shards', { format: 'zarr3' as const, chunks: [2, 2], shards: [4, 4] }],
  ['an image', { format: 'zarr3' as const, chunks: [3, 4], isImage: true }],
])('filters from bucket to bucket as from folder to folder: %s', async (_, options) => {
  const source = fixture('codecs/zstd.zarr')
  upload(source, 'a b/in.zarr')
  const out = join(folder(), 'out.zarr')
  await filterVolume(source, 'box:size=3', out, { ...options })
  const ran = await filterVolume('s3://data/a b/in.zarr', 'box:size=3', 's3://data/x/out.zarr', {
    ...options,
  })
  expect(ran.isWhole).toBe(true)
  expect(withoutHash(below('x/out.zarr'))).toEqual(withoutHash(filesBelow(out)))
  const puts = server.log.filter((line) => line.startsWith('PUT'))
  expect(new Set(puts).size).toBe(puts.length)
})

test('a job by two tasks: what is there is done', async () => {
  upload(fixture('codecs/zstd.zarr'), 'in.zarr')
  const options = { chunks: [2, 2], box: [2, 2] }
  const job = await planJob('s3://data/in.zarr', 'box:size=3', 's3://data/out.zarr', options)
  expect((await runJob(job, { task: 0, of: 2 })).isWhole).toBe(false)
  const status = await jobStatus(job)
  expect(status.boxes).toMatchObject({ total: 12, done: 6, missing: 6 })
  const [one, two] = await Promise.all([runJob(job), runJob(job)])
  expect([one.isWhole, two.isWhole]).toEqual([true, true])
  expect(one.skipped).toBeGreaterThanOrEqual(6)
  const local = join(folder(), 'out.zarr')
  await filterVolume(fixture('codecs/zstd.zarr'), 'box:size=3', local, options)
  expect(withoutHash(below('out.zarr'))).toEqual(withoutHash(filesBelow(local)))
})

test('a shard and a .npy file are read by ranges', async () => {
  const out = await createVolume(
    's3://data/a.zarr',
    { shape: [8], dtype: 'uint8', chunks: [2] },
    { format: 'zarr3', shards: [8], codec: { name: 'none' } },
  )
  expect(await out.isWritten([0])).toBe(false)
  await out.write([0], ndarray(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), [8]))
  expect(await out.isWritten([0])).toBe(true)
  await out.close(true)
  server.log.length = 0
  const array = await openVolume('s3://data/a.zarr')
  expect(elements(await array.read([[3, 5]]))).toEqual([4, 5])
  expect(server.log.slice(1).toSorted()).toEqual([
    'GET a.zarr/c/0 bytes=-68',
    'GET a.zarr/c/0 bytes=2-3',
    'GET a.zarr/c/0 bytes=4-5',
  ])
  server.objects.set('a.npy', Buffer.from(writeNpy(Int16Array.from([5, 6, 7, 8]))))
  const npy = await openVolume('s3://data/a.npy')
  expect(elements(await npy.read([[1, 3]]))).toEqual([6, 7])
})

describe('what is there', () => {
  const array = { shape: [4], dtype: 'uint8', chunks: [2] } as const
  const ones = ndarray(Uint8Array.from([1, 1, 1, 1]), [4])
  test('is not replaced unasked; replaced, nothing old remains', async () => {
    const address = 's3://data/a.zarr'
    server.objects.set('a.zarr2/0', Buffer.from('another'))
    expect(await existingVolume(address)).toBeUndefined()
    const first = await createVolume(address, { ...array, attributes: { run: 1 } })
    await first.write([0], ones)
    await first.close(true)
    expect(await existingVolume(address)).toMatchObject({ attributes: { run: 1 } })
    await expect(createVolume(address, array)).rejects.toThrow(/exists already/)
    const again = await createVolume(address, array, { existing: 'continue' })
    expect(await again.isWritten([1])).toBe(true)
    const other = { ...array, chunks: [4] }
    await expect(createVolume(address, other, { existing: 'continue' })).rejects.toThrow(
      /is another array/,
    )
    const second = await createVolume(address, other, { existing: 'replace' })
    expect(await second.isWritten([0])).toBe(false)
    expect([...server.objects.keys()].toSorted()).toEqual([
      'a.zarr/.zarray',
      'a.zarr/.zattrs',
      'a.zarr2/0',
    ])
  })
  test('a replacement that was killed at any request ends with the next run', async () => {
    const address = 's3://data/a.zarr'
    const old = await createVolume(address, array)
    await old.write([0], ones)
    const before = new Map(server.objects)
    let isOver = false
    let killed = 0
    for (let kill = 0; !isOver; kill++) {
      server.objects.clear()
      for (const [key, bytes] of before) server.objects.set(key, bytes)
      server.faults.length = 0
      server.faults.push(...Array<S3Fault>(kill).fill('none'), '403')
      const s3 = { ...server.options, attempts: 1 }
      await createVolume(address, array, { existing: 'replace', s3 }).catch(() => {})
      isOver = server.faults.length > 0
      server.faults.length = 0
      if (isOver) break
      killed++
      // Either the old result is still there as a whole, or it is gone.
      if (server.objects.has('a.zarr/.zarray')) {
        const isNew = !server.objects.has('a.zarr/0')
        expect(server.objects.has('a.zarr/1')).toBe(!isNew)
        continue
      }
      expect(await existingVolume(address)).toBeUndefined()
      const next = await createVolume(address, array, { existing: 'continue' })
      expect(await next.isWritten([0])).toBe(false)
      expect(await next.isWritten([1])).toBe(false)
    }
    expect(killed).toBeGreaterThan(10)
  })
  test('of two creators one creates', async () => {
    const make = (): Promise<unknown> => createVolume('s3://data/a.zarr', array)
    const ends = await Promise.allSettled([make(), make(), make()])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
  test('what is no Zarr is left as it is', async () => {
    server.objects.set('a/notes.txt', Buffer.from('mine'))
    await expect(createVolume('s3://data/a', array, { existing: 'replace' })).rejects.toThrow(
      /is not a Zarr, so it is left as it is/,
    )
    expect([...server.objects.keys()]).toEqual(['a/notes.txt'])
  })
  test('places that are refused', async () => {
    await expect(createVolume('s3://data', array)).rejects.toThrow(/is a whole bucket/)
    await expect(createVolume('s3://data/a.npy', array)).rejects.toThrow(/only as a whole/)
    await expect(createVolume('s3:///a.zarr', array)).rejects.toThrow(/names no bucket/)
    upload(fixture('nested.zarr'), 'in.zarr')
    await expect(
      filterVolume('s3://data/in.zarr', 'box:size=3', 's3://data/in.zarr/', { force: true }),
    ).rejects.toThrow(/is the source itself/)
  })
})

describe('a server that fails', () => {
  const opened = async () => {
    upload(fixture('nested.zarr'), 'in.zarr')
    return openVolume('s3://data/in.zarr', { s3: server.options })
  }
  const first = [
    [0, 1],
    [0, 1],
    [0, 5],
  ] as const
  test.each([[['503', '503']], [['cut', 'cut']], [['hang']], [['cut', '503']]] as const)(
    '%j, and then answers',
    async (faults) => {
      const array = await opened()
      server.faults.push(...faults)
      expect(elements(await array.read(first))).toEqual([0, 20, 66, 37, 34])
      expect(server.faults).toEqual([])
    },
  )
  test('for good', async () => {
    const array = await opened()
    server.faults.push('503', '503', '503')
    await expect(array.read(first)).rejects.toMatchObject({
      fault: 'store',
      message: expect.stringMatching(
        /s3:\/\/data\/in\.zarr\/0\/0\/0 cannot be read: .*503 \(SlowDown\), 3 times/,
      ),
    })
    server.faults.push('cut', 'cut', 'cut')
    await expect(array.read(first)).rejects.toThrow(/cut off after \d+ of \d+ bytes, 3 times/)
  })
  test('with a refusal: it is never taken for a missing chunk', async () => {
    const array = await opened()
    server.faults.push('403')
    await expect(array.read(first)).rejects.toThrow(
      /access to the key 'in.zarr\/0\/0\/0' in the bucket 'data' is denied \(403 AccessDenied\)/,
    )
    server.objects.delete('in.zarr/0/0/0')
    expect(elements(await array.read(first))).toHaveLength(5)
  })
  test('a write is one sentence, too', async () => {
    const s3 = server.options
    const array = { shape: [4], dtype: 'uint8', chunks: [4] } as const
    const out = await createVolume('s3://data/a.zarr', array, { s3 })
    server.faults.push('403')
    const write = () => out.write([0], ndarray(new Uint8Array(4), [4]))
    await expect(write()).rejects.toThrow(/a\.zarr\/0 cannot be written: access to the key/)
    server.faults.push('503', '503')
    await write()
    expect(await out.isWritten([0])).toBe(true)
  })
  test('what is not there', async () => {
    await expect(openVolume('s3://none/in.zarr')).rejects.toThrow(/no bucket 'none'/)
    await expect(openVolume('s3://none/in.npy')).rejects.toThrow(/no bucket 'none'/)
    await expect(openVolume('s3://data/in.zarr')).rejects.toThrow(/in\.zarr does not exist/)
    await expect(createVolume('s3://none/a.zarr', { shape: [4], dtype: 'uint8' })).rejects.toThrow(
      /no bucket 'none'/,
    )
  })
  test('without credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '')
    await expect(openVolume('s3://data/in.zarr')).rejects.toThrow(
      /no credentials for S3 were found. Set AWS_ACCESS_KEY_ID/,
    )
  })
  test('an aborted read ends at once', async () => {
    upload(fixture('nested.zarr'), 'in.zarr')
    const array = await openVolume('s3://data/in.zarr')
    server.faults.push('hang', 'hang', 'hang', 'hang', 'hang', 'hang', 'hang', 'hang')
    const abort = new AbortController()
    const read = array.read(wholeBox(array.shape), abort.signal)
    setTimeout(() => abort.abort(), 50)
    await expect(read).rejects.toThrow(/abort/i)
  })
})

test('an image of many pages in lists: a group names its arrays', async () => {
  for (const name of ['one', 'two', 'three', 'four'])
    upload(fixture('codecs/zstd.zarr'), `group.zarr/${name}`)
  server.objects.set('group.zarr/.zgroup', Buffer.from('{"zarr_format": 2}'))
  await expect(openVolume('s3://data/group.zarr')).rejects.toThrow(/four, .*one, .*three, .*two/)
  const array = await openVolume('s3://data/group.zarr/two')
  expect(elements(await array.read(wholeBox([5, 7])))).toEqual(formula([5, 7], 'f'))
})

test('without the package: what to install', async () => {
  const builtin = process.getBuiltinModule
  const createRequire = () => () => {
    throw new Error("Cannot find module '@aws-sdk/client-s3'")
  }
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
    name === 'node:module' ? { createRequire } : builtin(name)) as typeof builtin)
  try {
    await expect(openVolume('s3://data/in.zarr')).rejects.toMatchObject({
      fault: 'request',
      message: expect.stringMatching(/npm install @aws-sdk\/client-s3/),
    })
  } finally {
    vi.restoreAllMocks()
  }
})
