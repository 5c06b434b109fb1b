/**
 * Damaged chunks: whatever happened to their bytes, a read tells which chunk it was, or returns
 * numbers. It never ends the process, and good chunks are read afterwards.
 */

import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ndarray } from 'stridefold'
import { describe, expect, test } from 'vitest'
import { type CodecName, createVolume, openVolume, type Range, VolumeError } from '../src/index.ts'
import { elements, folder } from './helpers.ts'

const samples = ndarray(
  Float32Array.from({ length: 1024 }, (_, i) => Math.round(Math.sin(i / 30) * 100)),
  [2, 512],
)

const whole: Range[] = [
  [0, 2],
  [0, 512],
]
const [first, second]: [Range[], Range[]] = [
  [[0, 1], whole[1]!],
  [[1, 2], whole[1]!],
]

async function written(name: CodecName, format: 'zarr2' | 'zarr3', shards?: number[]) {
  const path = join(folder(), 'in.zarr')
  const array = { shape: [2, 512], dtype: 'float32', chunks: [1, 512] } as const
  const options = { format, codec: { name }, ...(shards ? { shards } : {}) }
  const out = await createVolume(path, array, options)
  await out.write([0, 0], samples)
  await out.close(true)
  return path
}

describe.each(['none', 'zstd', 'gzip', 'blosc', 'lz4'] as const)('codec %s', (name) => {
  test('bytes that changed or are missing', async () => {
    const path = await written(name, 'zarr2')
    const file = join(path, '0/0')
    const good = readFileSync(file)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.integer({ min: 0, max: good.length }),
        async (changes, length) => {
          const bad = Uint8Array.from(good)
          for (const [at, byte] of changes) bad[at] = byte
          writeFileSync(file, length % 3 === 0 ? bad.subarray(0, length) : bad)
          const array = await openVolume(path)
          const read = await array.read(whole).catch((error) => error)
          if (read instanceof Error) {
            expect(read).toBeInstanceOf(VolumeError)
            expect(read).toMatchObject({ fault: 'data' })
            expect(read.message).toMatch(/in\.zarr\/0\/0: chunk \[0, 0\] is damaged/)
          } else expect(read.shape).toEqual([2, 512])
          const other = await array.read(second)
          expect(elements(other)).toEqual(elements(samples).slice(512))
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('a chunk that is cut off is never filled up', async () => {
  const path = await written('none', 'zarr2')
  truncateSync(join(path, '1/0'), 2044)
  const array = await openVolume(path)
  await expect(array.read(whole)).rejects.toThrow(
    /1\/0: chunk \[1, 0\] is damaged: it has 511 elements, but 512 are needed/,
  )
})

test('a shard that is cut off', async () => {
  const path = await written('none', 'zarr3', [2, 512])
  const file = join(path, 'c/0/0')
  const good = readFileSync(file)
  for (const length of [0, 3, 40, good.length - 1]) {
    writeFileSync(file, good.subarray(0, length))
    const array = await openVolume(path)
    await expect(array.read(whole)).rejects.toMatchObject({ fault: 'data' })
  }
})

test('a chunk that claims to hold more than fits', async () => {
  const path = await written('lz4', 'zarr2')
  const bytes = readFileSync(join(path, '0/0'))
  bytes.writeUInt32LE(2 ** 31 - 1, 0)
  writeFileSync(join(path, '0/0'), bytes)
  const array = await openVolume(path)
  await expect(array.read(first)).rejects.toThrow(/claims to hold 2147483647 bytes/)
})
