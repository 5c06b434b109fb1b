/** What is written is read again, and the metadata are what Python reads. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NdArray, ndarray } from 'stridefold'
import { readNpy } from 'stridefold/npy'
import { describe, expect, test } from 'vitest'
import { createVolume, openVolume } from '../src/index.ts'
import { elements, fixture, folder, wholeBox } from './helpers.ts'

const x: NdArray = ndarray(
  Float32Array.from({ length: 35 }, (_, i) => i * 1.5 - 20),
  [5, 7],
)

describe.each(['zarr2', 'zarr3'] as const)('%s', (format) => {
  test.each(['none', 'zstd', 'gzip', 'blosc', 'lz4'] as const)('codec %s', async (name) => {
    const path = join(folder(), 'out.zarr')
    const array = { shape: [5, 7], dtype: 'float32', chunks: [2, 3] } as const
    const out = await createVolume(path, array, { format, codec: { name } })
    expect(await out.isWritten([0, 0])).toBe(false)
    await out.write([0, 0], x)
    expect(await out.isWritten([2, 2])).toBe(true)
    await out.setAttributes({ job: 'abc' })
    await out.close(true)
    expect(readdirSync(path)).not.toContain('.stridefold')
    const read = await openVolume(path)
    expect(read.storage).toMatchObject({ format, codec: { name } })
    expect(read.attributes).toEqual({ job: 'abc' })
    expect(elements(await read.read(wholeBox([5, 7])))).toEqual(elements(x))
  })

  test('scales and units of a new array are kept, so it is an image', async () => {
    const path = join(folder(), 'out.zarr')
    const axes = [
      { name: 'z', type: 'space', unit: 'micrometer', scale: 2, translation: 3 },
      { name: 'x', type: 'space', unit: 'micrometer', scale: 0.5, translation: 0 },
    ] as const
    const out = await createVolume(path, { shape: [5, 7], dtype: 'float32', axes }, { format })
    await out.write([0, 0], x)
    await out.close(true)
    const read = await openVolume(path)
    expect(read.axes).toEqual(axes)
    expect(read.storage.ome).toBe(format === 'zarr2' ? '0.4' : '0.5')
    expect(elements(await read.read(wholeBox([5, 7])))).toEqual(elements(x))
    const again = { shape: [5, 7], dtype: 'float32', axes } as const
    const resumed = await createVolume(path, again, { format, existing: 'continue' })
    expect(await resumed.isWritten([0, 0])).toBe(true)
    await resumed.close(true)
  })

  test('an image stays an image', async () => {
    const path = join(folder(), 'out.zarr')
    const source = await openVolume(fixture('image.zarr'), { level: 1 })
    const { shape, axes, attributes } = source
    const out = await createVolume(
      path,
      { shape, dtype: 'float32', axes, attributes },
      { like: source, format },
    )
    await out.write([0, 0, 0], ndarray(new Float32Array(12).fill(3), [2, 2, 3]) as NdArray)
    await out.setAttributes({ job: 'abc' })
    await out.close(true)
    const read = await openVolume(path)
    expect(read.axes).toEqual(axes)
    expect(read.storage.ome).toBe(format === 'zarr2' ? '0.4' : '0.5')
    expect(read.attributes).toMatchObject({ job: 'abc' })
    expect(JSON.stringify(read.attributes)).toContain('"omero":{"channels":[{"color":"FF0000"}]}')
    expect(elements(await read.read(wholeBox(shape)))).toEqual(new Array(12).fill(3))
  })
})

test('shards: bytes by the specification', async () => {
  const path = join(folder(), 'out.zarr')
  const out = await createVolume(
    path,
    { shape: [3, 5], dtype: 'int16', chunks: [2, 2] },
    { format: 'zarr3', shards: [4, 4], codec: { name: 'none' } },
  )
  const values = Int16Array.from({ length: 15 }, (_, i) => 100 * i)
  await out.write([0, 0], ndarray(values, [3, 5]) as NdArray)
  await out.close(true)
  const shard = readFileSync(join(path, 'c/0/1'))
  // Column 4 only: chunks [0, 0] and [1, 0] of this shard; the others lie outside the array.
  expect(shard.length).toBe(8 + 8 + 4 * 16 + 4)
  expect([...new Int16Array(shard.buffer.slice(shard.byteOffset, shard.byteOffset + 16))]).toEqual([
    400, 0, 900, 0, 1400, 0, 0, 0,
  ])
  const index = [...Array(8).keys()].map((i) => shard.readBigUInt64LE(16 + 8 * i))
  const none = 2n ** 64n - 1n
  expect(index).toEqual([0n, 8n, none, none, 8n, 8n, none, none])
  const read = await openVolume(path)
  expect(read.storage.shards).toEqual([4, 4])
  expect(elements(await read.read(wholeBox([3, 5])))).toEqual([...values])
})

describe('.npy', () => {
  test('is whole or not there', async () => {
    const path = join(folder(), 'out.npy')
    const array = { shape: [5, 7], dtype: 'float32', chunks: [2, 7] } as const
    const first = await createVolume(path, array)
    await first.write([2, 0], ndarray(x.data.slice(14, 28) as Float32Array, [2, 7]) as NdArray)
    await first.setAttributes({ job: 'abc' })
    await first.close(false)
    expect(existsSync(path)).toBe(false)
    await expect(createVolume(path, array)).rejects.toThrow(/exists already/)
    const second = await createVolume(path, array, { existing: 'continue' })
    expect(second.attributes).toEqual({ job: 'abc' })
    expect(await second.isWritten([1, 0])).toBe(true)
    expect(await second.isWritten([2, 0])).toBe(false)
    await second.write([0, 0], x)
    await second.close(true)
    const { data, shape } = readNpy(readFileSync(path))
    expect(shape).toEqual([5, 7])
    expect([...(data as Float32Array)]).toEqual(elements(x))
  })
})

describe('what exists', () => {
  const array = { shape: [4], dtype: 'uint8', chunks: [2] } as const
  test('is refused, continued or replaced', async () => {
    const path = join(folder(), 'out.zarr')
    const out = await createVolume(path, array)
    await out.write([0], ndarray(Uint8Array.of(1, 2), [2]) as NdArray)
    await expect(createVolume(path, array)).rejects.toThrow(/exists already/)
    const more = await createVolume(path, array, { existing: 'continue' })
    expect([await more.isWritten([0]), await more.isWritten([1])]).toEqual([true, false])
    await expect(
      createVolume(path, { ...array, shape: [5] }, { existing: 'continue' }),
    ).rejects.toThrow(/is another array/)
    const fresh = await createVolume(path, array, { existing: 'replace' })
    expect(await fresh.isWritten([0])).toBe(false)
  })
  test('what is not a Zarr is never replaced', async () => {
    const path = folder()
    writeFileSync(join(path, 'thesis.txt'), 'text')
    await expect(createVolume(path, array, { existing: 'replace' })).rejects.toThrow(/not a Zarr/)
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true)
  })
  test('a source is not overwritten, nor the group around it', async () => {
    const path = join(folder(), 'group.zarr')
    mkdirSync(path)
    const inner = join(path, '0')
    await (await createVolume(inner, array)).close(true)
    const like = await openVolume(inner)
    for (const target of [inner, path, join(path, '.')])
      await expect(createVolume(target, array, { like, existing: 'replace' })).rejects.toThrow(
        /cannot be written over its source/,
      )
    expect(statSync(inner).isDirectory()).toBe(true)
  })
})
