/** Arrays behind a web server, also one that is busy, slow, or knows no ranges. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ndarray } from 'stridefold'
import { writeNpy } from 'stridefold/npy'
import { describe, expect, test } from 'vitest'
import { createVolume, openVolume, type Range } from '../src/index.ts'
import { boxOf, elements, fixture, folder, formula, wholeBox } from './helpers.ts'
import { type Fault, webServer } from './web-server.ts'

const quick = { wait: 1, timeout: 200 }

test('a Zarr, an image and a .npy file', async () => {
  const { address, log } = await webServer(fixture('.'))
  const array = await openVolume(`${address}/codecs/blosc.zarr/?token=a%20b`)
  expect(array.address).toBe(`${address}/codecs/blosc.zarr`)
  expect(elements(await array.read(wholeBox([5, 7])))).toEqual(formula([5, 7], 'f'))
  expect(log).toContain('GET /codecs/blosc.zarr/1.1?token=a%20b')
  const image = await openVolume(`${address}/image.zarr`, { level: 1 })
  expect(elements(await image.read(wholeBox([2, 2, 3])))).toEqual(formula([2, 2, 3], 'i'))
  log.length = 0
  const npy = await openVolume(`${address}/npy/big-f4.npy`)
  expect(elements(await npy.read([[1, 2], ...wholeBox([4, 5])]))).toEqual(
    formula([3, 4, 5], 'f').slice(20, 40),
  )
  expect(log).toEqual([
    'HEAD /npy/big-f4.npy',
    'GET /npy/big-f4.npy bytes=0-15',
    'GET /npy/big-f4.npy bytes=0-367',
    'GET /npy/big-f4.npy bytes=208-287',
  ])
})

test('shards by ranges', async () => {
  const path = folder()
  const out = await createVolume(
    join(path, 'a.zarr'),
    { shape: [8], dtype: 'uint8', chunks: [2] },
    { format: 'zarr3', shards: [8], codec: { name: 'none' } },
  )
  await out.write([0], ndarray(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), [8]))
  await out.close(true)
  const { address, log } = await webServer(path)
  const array = await openVolume(`${address}/a.zarr`)
  expect(elements(await array.read([[3, 5]]))).toEqual([4, 5])
  expect(log.slice(1).toSorted()).toEqual([
    'GET /a.zarr/c/0 bytes=-68',
    'GET /a.zarr/c/0 bytes=2-3',
    'GET /a.zarr/c/0 bytes=4-5',
  ])
})

test('shards from a server that takes the last bytes for the first ones', async () => {
  const path = folder()
  const array = { shape: [40], dtype: 'uint8', chunks: [2] } as const
  const out = await createVolume(join(path, 'a.zarr'), array, { format: 'zarr3', shards: [40] })
  const samples = Uint8Array.from({ length: 40 }, (_, i) => 3 * i)
  await out.write([0], ndarray(samples, [40]))
  await out.close(true)
  const server = await webServer(path)
  server.suffixes = false
  const read = await openVolume(`${server.address}/a.zarr`)
  expect(elements(await read.read([[10, 20]]))).toEqual([...samples.subarray(10, 20)])
})

describe('a server that fails', () => {
  test.each<[readonly Fault[]]>([
    [['503', '503']],
    [['reset']],
    [['cut', 'cut', '503']],
    [['hang']],
  ])('%j, and then answers', async (faults) => {
    const server = await webServer(fixture('.'))
    const array = await openVolume(`${server.address}/nested.zarr`, { http: quick })
    server.faults.push(...faults)
    expect(
      elements(
        await array.read([
          [0, 1],
          [0, 1],
          [0, 5],
        ]),
      ),
    ).toEqual([0, 20, 66, 37, 34])
    expect(server.faults).toEqual([])
  })
  test('for good', async () => {
    const server = await webServer(fixture('.'))
    const http = { ...quick, retries: 2 }
    const array = await openVolume(`${server.address}/nested.zarr`, { http })
    server.faults.push('503', 'cut', '503')
    await expect(
      array.read([
        [0, 1],
        [0, 1],
        [0, 5],
      ]),
    ).rejects.toMatchObject({
      fault: 'store',
      message: expect.stringMatching(/nested\.zarr\/0\/0\/0 cannot be read: .* 503, 3 times/),
    })
    server.faults.push('hang', 'hang', 'hang')
    await expect(
      array.read([
        [0, 1],
        [0, 1],
        [0, 5],
      ]),
    ).rejects.toThrow(/nothing came for 0\.2 s/)
  })
  test('with a refusal: it is never taken for a missing chunk', async () => {
    const { address } = await webServer(fixture('.'))
    await expect(openVolume(`${address}/secret.zarr`)).rejects.toThrow(/refuses it \(403\)/)
    await expect(openVolume(`${address}/nothing.zarr`)).rejects.toThrow(/does not exist/)
  })
})

test('an aborted read ends at once, also while it waits', async () => {
  const server = await webServer(fixture('.'))
  const array = await openVolume(`${server.address}/nested.zarr`, { http: { wait: 60_000 } })
  server.faults.push('503', 'hang', 'hang', 'hang')
  const abort = new AbortController()
  const read = array.read(wholeBox([3, 4, 5]), abort.signal)
  setTimeout(() => abort.abort(), 20)
  await expect(read).rejects.toThrow(/aborted/)
})

describe('a server without ranges', () => {
  test('sends a small file as a whole, and a large one not at all', async () => {
    const path = folder()
    writeFileSync(join(path, 'small.npy'), writeNpy(Int16Array.from({ length: 99 }, (_, i) => i)))
    writeFileSync(join(path, 'large.npy'), writeNpy(new Int16Array(2 ** 20)))
    const server = await webServer(path)
    server.ranges = false
    const small = await openVolume(`${server.address}/small.npy`)
    expect(elements(await small.read([[97, 99]]))).toEqual([97, 98])
    await expect(openVolume(`${server.address}/large.npy`)).rejects.toThrow(
      /does not serve parts of files/,
    )
  })
  test('a server without HEAD tells the length in a range', async () => {
    const server = await webServer(fixture('.'))
    server.head = false
    const array = await openVolume(`${server.address}/npy/fortran.npy`)
    expect(elements(await array.read(wholeBox([3, 4, 5])))).toEqual(formula([3, 4, 5], 'i'))
  })
})
