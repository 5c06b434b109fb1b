/** Arrays for tests: in memory, and in files of a folder that is removed after the test. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DType, type NdArray, ndarray, type TypedArray } from 'stridefold'
import { onTestFinished } from 'vitest'
import { copyElements, product, shapeOf } from '../../src/arrays/boxes.ts'
import { createVolume } from '../../src/arrays/create-volume.ts'
import { openVolume } from '../../src/arrays/open-volume.ts'
import type { Axis, Range, StoredArray } from '../../src/arrays/stored-array.ts'
import { boxAt, gridOf } from '../../src/cut/grid.ts'
import { elementsOf } from '../../src/filter/elements.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-volumes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Reproducible numbers from 0 to 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Random samples: floats from −1 to 1, or integers of all sizes. */
export function randomArray(shape: readonly number[], dtype: DType, seed: number): NdArray {
  const random = randomNumbers(seed)
  const { create, isInteger, bytes } = elementsOf(dtype)
  const data = create(product(shape))
  for (let i = 0; i < data.length; i++)
    data[i] = isInteger
      ? Math.floor((random() - 0.3) * 2 ** (8 * Math.min(bytes, 3)))
      : 2 * random() - 1
  return ndarray(data, shape)
}

export const spaceAxes = (names: readonly string[]): Axis[] =>
  names.map((name) => ({
    name,
    type: name === 't' ? 'time' : name === 'c' ? 'channel' : 'space',
    unit: undefined,
    scale: undefined,
    translation: undefined,
  }))

/** An array in memory as a stored one. `onRead` is called before each read. */
export function stored(
  array: NdArray,
  chunks: readonly number[],
  changes: Partial<StoredArray> = {},
  onRead: (box: readonly Range[]) => Promise<void> | void = () => {},
): StoredArray {
  const { shape, dtype } = array
  const readInto: StoredArray['readInto'] = async (box, to) => {
    await onRead(box)
    const offset = box.reduce((sum, [start], a) => sum + start * array.strides[a]!, array.offset)
    copyElements(to, { ...array, offset }, shapeOf(box))
  }
  return {
    address: '/in-memory.zarr',
    ...{ shape, dtype, chunks },
    axes: spaceAxes(shape.map((_, a) => `axis${a}`)),
    attributes: {},
    storage: {
      ...{ format: 'zarr2', elementType: dtype, codec: { name: 'none' } },
      ...{ ome: undefined, shards: undefined, wholeChunks: true },
    },
    read: async (box) => {
      const part = shapeOf(box)
      const result = ndarray(elementsOf(dtype).create(product(part)), part)
      await readInto(box, result)
      return result
    },
    readInto,
    bytesOfRead: (box) => product(shapeOf(box)) * elementsOf(dtype).bytes,
    close: async () => {},
    ...changes,
  }
}

/** Writes an array as a Zarr or .npy file. */
export async function putVolume(
  address: string,
  array: NdArray,
  chunks: readonly number[],
  names?: readonly string[],
): Promise<void> {
  const { shape, dtype } = array
  const target = await createVolume(address, {
    ...{ shape, dtype, chunks },
    ...(names && { axes: spaceAxes(names) }),
  })
  const grid = gridOf(shape, target.chunks)
  const source = stored(array, chunks)
  for (let i = 0; i < grid.count; i++) {
    const box = boxAt(grid, i)
    await target.write(
      box.map(([start]) => start),
      await source.read(box),
    )
  }
  await target.close(true)
}

/** All samples of a volume. */
export async function samplesOf(address: string): Promise<NdArray> {
  const array = await openVolume(address)
  try {
    return await array.read(array.shape.map((extent): Range => [0, extent]))
  } finally {
    await array.close()
  }
}

/** The bits of an array, to compare: NaN equals NaN, and −0 does not equal 0. */
export function bitsOf({ data }: Pick<NdArray, 'data'>): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as TypedArray
  return new Uint8Array(buffer, byteOffset, byteLength)
}
