/**
 * Random shapes, chunks, shards, types and codecs: written in a random order of boxes, read again
 * as a whole and by random boxes, and compared with a plain array.
 */

import { join } from 'node:path'
import fc from 'fast-check'
import { type DType, ndarray, slice } from 'stridefold'
import { describe, expect, test } from 'vitest'
import {
  type CodecName,
  type CreateOptions,
  createVolume,
  type Format,
  openVolume,
  type Range,
} from '../src/index.ts'
import { boxOf, elements, folder, randomArray } from './helpers.ts'

const types: readonly DType[] = [
  ...(['float32', 'float64', 'int32', 'int16', 'int8', 'uint8', 'uint16'] as const),
]

interface Case {
  readonly shape: readonly number[]
  readonly chunks: readonly number[]
  readonly shards: readonly number[] | undefined
  readonly dtype: DType
  readonly codec: CodecName
  readonly seed: number
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.array(
      fc.record({
        extent: fc.integer({ min: 1, max: 9 }),
        chunk: fc.integer({ min: 1, max: 5 }),
        factor: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    fc.boolean(),
    fc.constantFrom(...types),
    fc.constantFrom<CodecName>('none', 'zstd', 'gzip', 'blosc', 'lz4'),
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  )
  .map(([axes, sharded, dtype, codec, seed]) => ({
    shape: axes.map(({ extent }) => extent),
    chunks: axes.map(({ chunk }) => chunk),
    shards: sharded ? axes.map(({ chunk, factor }) => chunk * factor) : undefined,
    dtype,
    codec,
    seed,
  }))

/** Numbers in [0, 1) from a seed (Marsaglia's xorshift). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const randomBox = (shape: readonly number[], next: () => number): Range[] =>
  shape.map((extent) => {
    const [a, b] = [Math.floor(next() * (extent + 1)), Math.floor(next() * (extent + 1))]
    return [Math.min(a, b), Math.max(a, b)]
  })

async function roundTrip(format: Format, given: Case): Promise<void> {
  const { shape, chunks, dtype, seed } = given
  const shards = format === 'zarr3' ? given.shards : undefined
  const next = numbersFrom(seed)
  const x = randomArray(shape, dtype, next)
  const path = join(folder(), `out.${format === 'npy' ? 'npy' : 'zarr'}`)
  const out = await createVolume(path, { shape, dtype, chunks }, {
    format,
    codec: { name: given.codec },
    ...(shards ? { shards } : {}),
  } as CreateOptions)
  // Two chunks at a time along the first axis.
  const step = out.chunks.map((extent, axis) => (axis === 0 ? 2 * extent : extent))
  const starts = shape.reduce<number[][]>(
    (list, extent, axis) =>
      list.flatMap((start) =>
        Array.from({ length: Math.ceil(extent / step[axis]!) }, (_, i) => [
          ...start,
          i * step[axis]!,
        ]),
      ),
    [[]],
  )
  starts.sort((a, b) => ((a[0]! * 7 + a.length) % 3) - ((b[0]! * 7 + b.length) % 3))
  for (const start of starts) {
    const part = slice(
      x,
      ...start.map(
        (first, axis) => [first, Math.min(first + step[axis]!, shape[axis]!)] as [number, number],
      ),
    )
    await out.write(start, part)
  }
  await out.close(true)
  const array = await openVolume(path)
  expect(array).toMatchObject({ shape, dtype, storage: { format } })
  const all = elements(x)
  expect(elements(await array.read(shape.map((extent) => [0, extent])))).toEqual(all)
  for (let i = 0; i < 3; i++) {
    const box = randomBox(shape, next)
    const read = await array.read(box)
    expect(read.shape).toEqual(box.map(([start, end]) => end - start))
    expect(elements(read)).toEqual(boxOf(all, shape, box))
    expect(array.bytesOfRead(box)).toBeGreaterThanOrEqual(read.data.byteLength)
  }
  await array.close()
}

describe('a round trip', () => {
  test.each(['zarr2', 'zarr3', 'npy'] as const)('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(cases, (given) => roundTrip(format, given)),
      { numRuns: 40 },
    )
  })
})

test('float16 is rounded once, from any float', async () => {
  // 1 + 2⁻¹¹ + 2⁻³⁰ lies above the middle of two halves, and as float32 in the middle.
  const x = ndarray(Float64Array.of(1 + 2 ** -11 + 2 ** -30, 65520, -0, Number.NaN, 2 ** -25), [5])
  for (const name of ['out.zarr', 'out.npy']) {
    const path = join(folder(), name)
    const out = await createVolume(path, { shape: [5], dtype: 'float16', chunks: [2] })
    await out.write([0], x)
    await out.close(true)
    const array = await openVolume(path)
    expect(array.storage.elementType).toBe('float16')
    expect(array.dtype).toBe('float32')
    expect(elements(await array.read([[0, 5]]))).toEqual([
      1 + 2 ** -10,
      Infinity,
      -0,
      Number.NaN,
      0,
    ])
    await array.close()
  }
})
