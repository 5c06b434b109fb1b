/** Arrays that Python wrote (scripts/volume-fixtures.py), read by boxes. */

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openVolume, type Range } from '../src/index.ts'
import { boxOf, elements, fixture, formula, wholeBox } from './helpers.ts'

const kindOf = (name: string): 'b' | 'i' | 'f' =>
  name.includes('f2') || name.includes('f4') || name.includes('f8')
    ? 'f'
    : name.startsWith('b1')
      ? 'b'
      : 'i'

const dtypes: Readonly<Record<string, string>> = {
  b1: 'uint8',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'float64',
  i8: 'float64',
  u8: 'float64',
  f2: 'float32',
  f4: 'float32',
  f8: 'float64',
}

describe('Zarr of version 2', () => {
  test.each(readdirSync(fixture('types')))('elements of %s', async (name) => {
    const array = await openVolume(fixture(`types/${name}`))
    expect(array.shape).toEqual([5, 7])
    expect(array.chunks).toEqual([3, 4])
    expect(array.dtype).toBe(dtypes[/(..)\.zarr$/.exec(name)![1]!])
    const x = await array.read(wholeBox(array.shape))
    expect(x.dtype).toBe(array.dtype)
    expect(elements(x)).toEqual(formula([5, 7], kindOf(name)))
    const box: Range[] = [
      [1, 4],
      [2, 6],
    ]
    expect(elements(await array.read(box))).toEqual(
      boxOf(formula([5, 7], kindOf(name)), [5, 7], box),
    )
  })

  test.each(['zstd', 'gzip', 'zlib', 'lz4', 'blosc', 'shuffle'])('codec %s', async (name) => {
    const array = await openVolume(fixture(`codecs/${name}.zarr`))
    expect(elements(await array.read(wholeBox([5, 7])))).toEqual(formula([5, 7], 'f'))
  })
  test('filter delta', async () => {
    const array = await openVolume(fixture('codecs/delta.zarr'))
    expect(elements(await array.read(wholeBox([5, 7])))).toEqual(formula([5, 7], 'i'))
  })
  test('an unknown codec is named, with those that are known', async () => {
    await expect(openVolume(fixture('codecs/bz2.zarr'))).rejects.toThrow(
      /codec 'numcodecs.bz2', which is not known\. Known codecs: .*zstd/,
    )
  })

  test.each(['fortran', 'nested'])('%s order of axes and keys', async (name) => {
    const array = await openVolume(fixture(`${name}.zarr`))
    const box: Range[] = [
      [1, 3],
      [0, 4],
      [1, 5],
    ]
    expect(elements(await array.read(box))).toEqual(boxOf(formula([3, 4, 5], 'i'), [3, 4, 5], box))
  })

  test.each([
    ['nan', Number.NaN],
    ['infinity', Infinity],
    ['minus-infinity', -Infinity],
  ])('the fill value %s', async (name, value) => {
    const array = await openVolume(fixture(`fill/${name}.zarr`))
    expect(elements(await array.read(wholeBox([2, 3])))).toEqual(new Array(6).fill(value))
  })

  test('a chunk that is not there holds the fill value', async () => {
    const array = await openVolume(fixture('holes.zarr'))
    const expected = formula([5, 7], 'i')
    for (const y of [3, 4]) for (const x of [4, 5, 6]) expected[7 * y + x] = -7
    expect(elements(await array.read(wholeBox([5, 7])))).toEqual(expected)
    expect(array.attributes).toEqual({ note: 'one chunk was removed' })
  })

  test('integers past 2^53 are refused where they are read', async () => {
    const array = await openVolume(fixture('fill/big-integer.zarr'))
    expect(elements(await array.read([[1, 2]]))).toEqual([2 ** 53])
    await expect(array.read([[0, 1]])).rejects.toThrow(/chunk \[0\] holds 18446744073709551615/)
  })
})

describe('OME-Zarr', () => {
  test('axes, units and scales of the level that is asked for', async () => {
    const fine = await openVolume(fixture('image.zarr'))
    expect(fine.shape).toEqual([2, 4, 6])
    expect(fine.axes).toEqual(
      ['z', 'y', 'x'].map((name, axis) => ({
        name,
        type: 'space',
        unit: 'micrometer',
        scale: [2, 0.5, 0.5][axis],
        translation: 0,
      })),
    )
    expect(elements(await fine.read(wholeBox([2, 4, 6])))).toEqual(formula([2, 4, 6], 'i'))
    const coarse = await openVolume(fixture('image.zarr'), { level: 1 })
    expect(coarse.axes.map(({ scale }) => scale)).toEqual([2, 1, 1])
    expect(coarse.axes.map(({ translation }) => translation)).toEqual([0, 0.25, 0.25])
    expect(elements(await coarse.read(wholeBox([2, 2, 3])))).toEqual(formula([2, 2, 3], 'i'))
    await expect(openVolume(fixture('image.zarr'), { level: 2 })).rejects.toThrow(/Use 0 to 1/)
  })
})

describe('.npy', () => {
  test.each(readdirSync(fixture('npy')).filter((name) => name !== 'scalar.npy'))(
    '%s',
    async (name) => {
      const array = await openVolume(fixture(`npy/${name}`))
      expect(array.shape).toEqual([3, 4, 5])
      const kind = kindOf(name.replace(/^(little|big)-/, ''))
      expect(elements(await array.read(wholeBox([3, 4, 5])))).toEqual(formula([3, 4, 5], kind))
      const box: Range[] = [
        [1, 3],
        [2, 3],
        [1, 4],
      ]
      expect(elements(await array.read(box))).toEqual(
        boxOf(formula([3, 4, 5], kind), [3, 4, 5], box),
      )
      await array.close()
    },
  )
  test('one number', async () => {
    const array = await openVolume(fixture('npy/scalar.npy'))
    expect(array.shape).toEqual([])
    expect(elements(await array.read([]))).toEqual([7.5])
    await array.close()
  })
})
