/**
 * Version 3 of Zarr, from files written by hand after the specification (core 3.1, codecs bytes,
 * transpose, crc32c and sharding_indexed 1.0).
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openVolume } from '../src/index.ts'
import { elements, folder, wholeBox } from './helpers.ts'

const array = (fields: object): object => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [2, 3],
  data_type: 'int16',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 2] } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: 0,
  codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
  attributes: {},
  ...fields,
})

function zarr(files: Readonly<Record<string, object | Uint8Array>>): string {
  const path = join(folder(), 'in.zarr')
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(
      join(path, name),
      content instanceof Uint8Array ? content : JSON.stringify(content),
    )
  }
  return path
}

const read = async (path: string): Promise<number[]> => {
  const opened = await openVolume(path)
  return elements(await opened.read(wholeBox(opened.shape)))
}

test('big endian, transposed, with a checksum and names of axes', async () => {
  const codecs = [
    { name: 'transpose', configuration: { order: [1, 0] } },
    { name: 'bytes', configuration: { endian: 'big' } },
    { name: 'crc32c' },
  ]
  // Columns one after another: 1 4, 2 5 | 3 6, and two that lie outside. All checksums here were
  // computed bit by bit in Python, by a loop that gives e3069283 for '123456789' (RFC 3720).
  const first = Uint8Array.of(0, 1, 0, 4, 0, 2, 0, 5, 0xe3, 0x66, 0xf0, 0x7e)
  const second = Uint8Array.of(0, 3, 0, 6, 0, 0, 0, 0, 0x3a, 0xa6, 0x4a, 0xa4)
  const path = zarr({
    'zarr.json': array({ codecs, dimension_names: ['y', null], attributes: { a: 1 } }),
    'c/0/0': first,
    'c/0/1': second,
  })
  const opened = await openVolume(path)
  expect(opened.axes.map(({ name }) => name)).toEqual(['y', 'axis1'])
  expect(opened.attributes).toEqual({ a: 1 })
  expect(await read(path)).toEqual([1, 2, 3, 4, 5, 6])
  writeFileSync(join(path, 'c/0/1'), Uint8Array.of(...second.slice(0, 11), 0))
  await expect(read(path)).rejects.toThrow(/c\/0\/1: chunk \[0, 1\] is damaged.*checksum/)
})

describe('fill values', () => {
  test.each([
    ['float32', 'NaN', Number.NaN],
    ['float32', '-Infinity', -Infinity],
    ['float32', '0x7fc00000', Number.NaN],
    ['float64', '0x3ff8000000000000', 1.5],
    ['float16', '0x3e00', 1.5],
    ['float16', -2.5, -2.5],
    ['bool', true, 1],
    ['int64', -7, -7],
    ['uint8', 200, 200],
  ])('%s %s', async (data_type, fill_value, value) => {
    expect(await read(zarr({ 'zarr.json': array({ data_type, fill_value }) }))).toEqual(
      new Array(6).fill(value),
    )
  })
  test.each([
    ['int16', 'NaN'],
    ['float32', '0x7fc0'],
    ['uint8', true],
  ])('%s %s is refused', async (data_type, fill_value) => {
    await expect(
      openVolume(zarr({ 'zarr.json': array({ data_type, fill_value }) })),
    ).rejects.toThrow(/fill value/)
  })
})

test('attributes with long numbers, and with what JSON has no words for', async () => {
  const text = JSON.stringify(array({ data_type: 'float64', fill_value: 0 }))
    .replace('"fill_value":0', '"fill_value":  100000000000000000000')
    .replace('"attributes":{}', '"attributes":{"id":1234567890123456,"text":"NaN","no":NaN}')
  const path = zarr({ 'zarr.json': new TextEncoder().encode(text) })
  const { attributes } = await openVolume(path)
  expect(attributes).toEqual({ id: 1234567890123456, text: 'NaN', no: 'NaN' })
  expect(await read(path)).toEqual(new Array(6).fill(1e20))
})

test('keys with a dot, and keys of version 2', async () => {
  const chunk = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)
  for (const [name, separator, key] of [
    ['default', '.', 'c.0.0'],
    ['v2', '.', '0.0'],
    ['v2', '/', '0/0'],
  ] as const) {
    const chunk_key_encoding = { name, configuration: { separator } }
    const path = zarr({ 'zarr.json': array({ chunk_key_encoding }), [key]: chunk })
    expect(await read(path)).toEqual([1, 2, 0, 3, 4, 0])
  }
})

describe('shards', () => {
  const inner = (more: object = {}): object => ({
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 4] } },
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: [2, 1],
          codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
          index_codecs: [
            { name: 'bytes', configuration: { endian: 'little' } },
            { name: 'crc32c' },
          ],
          ...more,
        },
      },
    ],
  })
  test('an index whose chunks lie in any order, and one that is missing', async () => {
    const shard = new Uint8Array(8 + 64 + 4)
    const view = new DataView(shard.buffer)
    shard.set([2, 0, 5, 0, 1, 0, 4, 0])
    for (const [i, value] of [4n, 4n, 0n, 4n, -1n, -1n, -1n, -1n].entries())
      view.setBigUint64(8 + 8 * i, BigInt.asUintN(64, value), true)
    view.setUint32(72, 0x35e1e9ca, true)
    const path = zarr({ 'zarr.json': array({ ...inner(), fill_value: 9 }), 'c/0/0': shard })
    expect(await read(path)).toEqual([1, 2, 9, 4, 5, 9])
    const opened = await openVolume(path)
    expect(opened.chunks).toEqual([2, 1])
    expect(opened.storage.shards).toEqual([2, 4])
    shard[8] = 5
    writeFileSync(join(path, 'c/0/0'), shard)
    await expect(read(path)).rejects.toThrow(/is damaged.*checksum/)
  })
  test('an index at the start', async () => {
    const shard = new Uint8Array(68 + 4)
    const view = new DataView(shard.buffer)
    for (const [i, value] of [68n, 4n, -1n, -1n, -1n, -1n, -1n, -1n].entries())
      view.setBigUint64(8 * i, BigInt.asUintN(64, value), true)
    view.setUint32(64, 0xcf4905b2, true)
    shard.set([1, 0, 4, 0], 68)
    const path = zarr({
      'zarr.json': array(inner({ index_location: 'start' })),
      'c/0/0': shard,
    })
    expect(await read(path)).toEqual([1, 0, 0, 4, 0, 0])
  })
  test('chunks that do not divide a shard are refused', async () => {
    const path = zarr({ 'zarr.json': array(inner({ chunk_shape: [2, 3] })) })
    await expect(openVolume(path)).rejects.toThrow(/\[2,3\] do not divide shards of shape \[2, 4\]/)
  })
})

describe('what is refused', () => {
  test.each([
    [{ data_type: 'complex64' }, /"complex64" are not numbers/],
    [{ chunk_grid: { name: 'rectangular' } }, /chunk grid "rectangular"/],
    [{ codecs: [{ name: 'bytes' }, { name: 'zfp' }] }, /codec 'zfp', which is not known.*zstd/],
    [{ shape: [2, -3] }, /shape \[2,-3\]/],
    [{ storage_transformers: [{ name: 'x' }] }, /storage transformers/],
    [{ node_type: 'table' }, /node_type/],
  ])('%j', async (fields, message) => {
    await expect(openVolume(zarr({ 'zarr.json': array(fields) }))).rejects.toMatchObject({
      fault: 'data',
      message: expect.stringMatching(message),
    })
  })
  test('metadata that are not JSON', async () => {
    const path = zarr({ 'zarr.json': new TextEncoder().encode('{"zarr_format": 3') })
    await expect(openVolume(path)).rejects.toThrow(/metadata in zarr.json are damaged/)
  })
  test('a group of arrays names them', async () => {
    const group = { zarr_format: 3, node_type: 'group', attributes: {} }
    const path = zarr({ 'zarr.json': group, 'raw/zarr.json': array({}) })
    await expect(openVolume(path)).rejects.toThrow(/Name an array in it: .*in\.zarr\/raw\./)
    expect((await openVolume(join(path, 'raw'))).shape).toEqual([2, 3])
  })
  test('a folder that is no Zarr, and nothing', async () => {
    const path = folder()
    await expect(openVolume(path)).rejects.toThrow(/is a folder, but not a Zarr/)
    await expect(openVolume(join(path, 'x.zarr'))).rejects.toThrow(/it does not exist/)
  })
})
