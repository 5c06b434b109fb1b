/**
 * Several writers, killed writers, and places that cannot be written: what is there is whole, and
 * what is not there is written again.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NdArray, ndarray } from 'stridefold'
import { describe, expect, test } from 'vitest'
import { createVolume, existingVolume, openVolume, type WritableArray } from '../src/index.ts'
import { elements, folder, wholeBox } from './helpers.ts'

const shape = [12, 64]
const array = { shape, dtype: 'int32', chunks: [1, 64] } as const
const row = (z: number): NdArray =>
  ndarray(
    Int32Array.from({ length: 64 }, (_, i) => 1000 * z + i),
    [1, 64],
  )
const all = Array.from({ length: 12 }, (_, z) => elements(row(z))).flat()

async function allOf(path: string): Promise<number[]> {
  const read = await openVolume(path)
  const samples = await read.read(wholeBox(shape))
  await read.close()
  return elements(samples)
}

const writeRows = async (out: WritableArray, rows: readonly number[]): Promise<void> => {
  for (const z of rows) await out.write([z, 0], row(z))
}
const rows = [...Array(12).keys()]

describe.each(['zarr2', 'zarr3', 'npy'] as const)('%s', (format) => {
  const name = format === 'npy' ? 'out.npy' : 'out.zarr'
  const options = { format, existing: 'continue' } as const

  test('two creators at once: one creates, both write, one ends first', async () => {
    const path = join(folder(), name)
    const [a, b] = await Promise.all([
      createVolume(path, array, options),
      createVolume(path, array, options),
    ])
    await Promise.all([writeRows(a, rows), writeRows(b, rows.toReversed())])
    await a.close(true)
    await b.write([3, 0], row(3))
    await b.close(true)
    expect(await allOf(path)).toEqual(all)
    expect(readdirSync(join(path, '..'))).toEqual([name])
  })

  test('only one of two creators that refuse to go on', async () => {
    const path = join(folder(), name)
    const both = [createVolume(path, array, { format }), createVolume(path, array, { format })]
    const ends = await Promise.allSettled(both)
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of ends) if (end.status === 'fulfilled') await end.value.close(false)
    expect(readdirSync(join(path, '..'))).toHaveLength(1)
  })

  test('what is missing is known, and attributes are kept', async () => {
    const path = join(folder(), name)
    const first = await createVolume(path, array, { format })
    await first.setAttributes({ job: 'a', step: 1 })
    await writeRows(first, [0, 5, 7])
    await first.setAttributes({ step: 2 })
    await first.close(false)
    expect(await existingVolume(path)).toEqual({
      complete: format === 'npy' ? false : undefined,
      attributes: { job: 'a', step: 2 },
    })
    const second = await createVolume(path, array, options)
    const missing: number[] = []
    for (const z of rows) if (!(await second.isWritten([z, 0]))) missing.push(z)
    expect(missing).toEqual(rows.filter((z) => ![0, 5, 7].includes(z)))
    await writeRows(second, missing)
    await second.close(true)
    expect(await allOf(path)).toEqual(all)
  })

  test('an old result stays until it is replaced as a whole', async () => {
    const path = join(folder(), name)
    const old = await createVolume(path, array, { format })
    await writeRows(old, rows)
    await old.close(true)
    const fresh = await createVolume(path, array, { format, existing: 'replace' })
    if (format === 'npy') expect(existsSync(path)).toBe(true)
    expect(await fresh.isWritten([0, 0])).toBe(false)
    await fresh.write([0, 0], row(11))
    await fresh.close(false)
    expect(readdirSync(join(path, '..')).filter((each) => each.startsWith('.'))).toEqual([])
  })

  test('places that cannot be written', async () => {
    const file = join(folder(), 'file.txt')
    writeFileSync(file, 'text')
    await expect(createVolume(join(file, name), array, { format })).rejects.toMatchObject({
      fault: 'store',
      message: expect.stringMatching(/a part of its path is not a folder/),
    })
    expect(readFileSync(file, 'utf8')).toBe('text')
  })
})

test('what killed creators left is removed by the next', async () => {
  const parent = folder()
  mkdirSync(join(parent, '.out.zarr.stridefold-5f'))
  writeFileSync(join(parent, '.out.zarr.stridefold-5f/zarr.json'), '{')
  await createVolume(join(parent, 'out.zarr'), array)
  expect(readdirSync(parent)).toEqual(['out.zarr'])
})

test('what killed writers left is ignored, and removed at the end', async () => {
  const path = join(folder(), 'out.zarr')
  const out = await createVolume(path, array)
  mkdirSync(join(path, '.stridefold'))
  writeFileSync(join(path, '.stridefold/half'), 'half a chunk')
  await writeRows(out, rows)
  expect(await allOf(path)).toEqual(all)
  await out.close(false)
  expect(existsSync(join(path, '.stridefold/half'))).toBe(true)
  await (await createVolume(path, array, { existing: 'continue' })).close(true)
  expect(existsSync(join(path, '.stridefold'))).toBe(false)
})

test('a writer whose temporary files are removed under it writes them again', async () => {
  const path = join(folder(), 'out.zarr')
  const [a, b] = [
    await createVolume(path, array),
    await createVolume(path, array, { existing: 'continue' }),
  ]
  let writing = true
  const cleaning = (async () => {
    while (writing) await b.close(true)
  })()
  await Promise.all([writeRows(a, rows), writeRows(a, rows.toReversed())])
  writing = false
  await cleaning
  expect(await allOf(path)).toEqual(all)
})

test('a file of no bytes, as after a power cut, is not a chunk that was written', async () => {
  for (const codec of ['none', 'zstd'] as const) {
    const path = join(folder(), 'out.zarr')
    const out = await createVolume(path, array, { codec: { name: codec } })
    await writeRows(out, rows)
    writeFileSync(join(path, '4/0'), '')
    expect(await out.isWritten([4, 0])).toBe(false)
    expect(await out.isWritten([5, 0])).toBe(true)
  }
})

describe('what is not written', () => {
  const path = (): string => join(folder(), 'out.zarr')
  test.each([
    [{ ...array, shape: [0, 4] }, {}, /shape \[0, 4\] cannot be written/],
    [{ ...array, chunks: [4] }, {}, /chunks of \[4\] do not fit/],
    [array, { codec: { name: 'brotli' } }, /codec 'brotli' is not known\. Use one of none, zstd/],
    [array, { codec: { name: 'zstd', level: 99 } }, /level 99 of zstd is not possible\. Use 1 to/],
    [array, { shards: [2, 64] }, /shards need version 3/],
    [array, { format: 'zarr3', shards: [2, 65] }, /are not multiples of chunks/],
  ])('%j %j', async (what, options, message) => {
    await expect(createVolume(path(), what, options as object)).rejects.toMatchObject({
      fault: 'request',
      message: expect.stringMatching(message),
    })
  })
  test('samples that are not whole chunks, or of another type', async () => {
    const out = await createVolume(path(), { ...array, chunks: [2, 64] })
    await expect(out.write([1, 0], row(0))).rejects.toThrow(/not whole chunks of \[2, 64\]/)
    await expect(out.write([0, 0], row(0))).rejects.toThrow(/not whole chunks/)
    const floats = ndarray(new Float32Array(128), [2, 64])
    await expect(out.write([0, 0], floats)).rejects.toThrow(/of int32, but the samples are float32/)
  })
  test('places that are no folders', async () => {
    await expect(createVolume('https://127.0.0.1/a.zarr?token=b', array)).rejects.toThrow(
      /^https:\/\/127\.0\.0\.1\/a\.zarr: a web server is read, not written/,
    )
    await expect(createVolume('gs://bucket/a.zarr', array)).rejects.toThrow(/addresses with gs/)
    await expect(openVolume('gs://bucket/a.zarr')).rejects.toThrow(/addresses with gs/)
    await expect(existingVolume('gs://bucket/a.zarr')).rejects.toThrow(/addresses with gs/)
  })
  test('other formats', async () => {
    const tiff = join(folder(), 'out.tif')
    await expect(createVolume(tiff, array)).rejects.toThrow(/type \.tif are not written/)
  })
})
