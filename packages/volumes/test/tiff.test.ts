/** Stacks that tifffile and libtiff wrote (scripts/volume-fixtures.py), read by boxes. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addPyramid, filterVolume, openVolume, type Range } from '../src/index.ts'
import { boxOf, elements, fixture, folder, formula, wholeBox } from './helpers.ts'
import { webServer } from './web-server.ts'

const tiff = (name: string): string => fixture(`tiff/${name}.tif`)

const names = (array: { axes: readonly { name: string }[] }): string =>
  array.axes.map(({ name }) => name).join('')

/** A box that begins and ends inside strips and tiles. */
const inner = (shape: readonly number[]): Range[] =>
  shape.map((extent) => [extent > 4 ? 2 : 0, extent > 4 ? extent - 1 : extent])

describe('types, strips, tiles, byte orders and codecs', () => {
  test.each<[name: string, shape: number[], kind: 'i' | 'f', dtype: string, axes: string]>([
    ['strips-u1', [3, 10, 14], 'i', 'uint8', 'zyx'],
    ['strips-i1', [3, 10, 14], 'i', 'int8', 'zyx'],
    ['strips-u2', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['strips-i2', [3, 10, 14], 'i', 'int16', 'zyx'],
    ['strips-u4', [3, 10, 14], 'i', 'float64', 'zyx'],
    ['strips-f2', [3, 10, 14], 'f', 'float32', 'zyx'],
    ['strips-f4', [3, 10, 14], 'f', 'float32', 'zyx'],
    ['strips-f8', [3, 10, 14], 'f', 'float64', 'zyx'],
    ['big-endian', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['bigtiff', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['tiles', [2, 40, 50], 'i', 'uint16', 'zyx'],
    ['rgb', [3, 10, 14, 3], 'i', 'uint8', 'zyxc'],
    ['float', [10, 14], 'f', 'float32', 'yx'],
    ['many-strips', [400, 3], 'i', 'uint16', 'yx'],
    ['lzw', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['lzw-differences', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['lzw-differences-big', [3, 10, 14], 'i', 'uint16', 'zyx'],
    ['zip-float-differences', [10, 14], 'f', 'float32', 'yx'],
    ['zip-float-differences-big', [10, 14], 'f', 'float32', 'yx'],
    ['zip-tiles-rgb', [3, 10, 14, 3], 'i', 'uint8', 'zyxc'],
    ['zstd', [3, 10, 14], 'f', 'float32', 'zyx'],
    ['packbits', [3, 10, 14], 'i', 'uint8', 'zyx'],
    ['pyramid', [10, 14], 'i', 'uint16', 'yx'],
  ])('%s', async (name, shape, kind, dtype, axes) => {
    const array = await openVolume(tiff(name))
    expect(array).toMatchObject({ shape, dtype, storage: { format: 'tiff' } })
    expect(names(array)).toBe(axes)
    const all = formula(shape, kind)
    expect(elements(await array.read(wholeBox(shape)))).toEqual(all)
    const box = inner(shape)
    expect(elements(await array.read(box))).toEqual(boxOf(all, shape, box))
    await array.close()
  })
  test('samples in planes of their own', async () => {
    const array = await openVolume(tiff('planar'))
    expect(array.shape).toEqual([10, 14, 3])
    const all = formula([3, 10, 14], 'i')
    const turned = Array.from({ length: 420 }, (_, i) => all[(i % 3) * 140 + Math.floor(i / 3)])
    expect(elements(await array.read(wholeBox([10, 14, 3])))).toEqual(turned)
    const box: Range[] = [
      [3, 9],
      [1, 13],
      [1, 2],
    ]
    expect(elements(await array.read(box))).toEqual(boxOf(turned as number[], [10, 14, 3], box))
    await array.close()
  })
})

describe('what pages mean', () => {
  test('a stack of ImageJ, of which only the first page is in the tables', async () => {
    const array = await openVolume(tiff('imagej'))
    expect(array.shape).toEqual([2, 2, 3, 5, 7])
    expect(array.axes.map(({ name, type, scale, unit }) => [name, type, scale, unit])).toEqual([
      ['t', 'time', undefined, undefined],
      ['c', 'channel', undefined, undefined],
      ['z', 'space', 0.75, 'micrometer'],
      ['y', 'space', 0.5, 'micrometer'],
      ['x', 'space', 0.25, 'micrometer'],
    ])
    // In the file, channels run faster than slices.
    const all = formula([2, 3, 2, 5, 7], 'i')
    const turned = Array.from({ length: all.length }, (_, i) => {
      const [t, c, z, yx] = [
        Math.floor(i / 210),
        Math.floor(i / 105) % 2,
        Math.floor(i / 35) % 3,
        i % 35,
      ]
      return all[((t * 3 + z) * 2 + c) * 35 + yx]!
    })
    expect(elements(await array.read(wholeBox(array.shape)))).toEqual(turned)
    const box = inner(array.shape)
    expect(elements(await array.read(box))).toEqual(boxOf(turned, array.shape, box))
    await array.close()
  })
  test('OME-XML', async () => {
    const array = await openVolume(tiff('ome.ome'))
    expect(array.shape).toEqual([2, 3, 5, 7])
    expect(array.axes.map(({ name, scale, unit }) => [name, scale, unit])).toEqual([
      ['c', undefined, undefined],
      ['z', 2, 'micrometer'],
      ['y', undefined, undefined],
      ['x', 0.5, 'micrometer'],
    ])
    expect(elements(await array.read(wholeBox(array.shape)))).toEqual(formula([2, 3, 5, 7], 'i'))
    await array.close()
  })
  test('OME-XML whose planes lie in another order than pages', async () => {
    const path = join(folder(), 'a.ome.tif')
    const bytes = readFileSync(tiff('ome.ome')).toString('latin1')
    // The same length, so that no offset changes: z 0 to 2 of channel 0 lie in pages 3 to 5.
    const from = /<TiffData IFD="0" PlaneCount="6"\/>/.exec(bytes)
    expect(from, 'what tifffile writes').not.toBeNull()
    const to = '<TiffData IFD="3" PlaneCount="3"/>'
    writeFileSync(path, Buffer.from(bytes.replace(from![0], to.padEnd(from![0].length)), 'latin1'))
    await expect(openVolume(path)).rejects.toThrow(/describes 6 planes, but plane 3 is not among/)
  })
})

test.each([
  ['ome.ome', 'zarr2', ['c', 'z', 'y', 'x'], [1, 2, 1, 0.5]],
  ['imagej', 'zarr3', ['t', 'c', 'z', 'y', 'x'], [1, 1, 0.75, 0.5, 0.25]],
] as const)(
  '%s is filtered into an image of OME-Zarr with its sizes',
  async (name, format, axes, scale) => {
    const target = join(folder(), 'out.zarr')
    await filterVolume(tiff(name), 'box', target, { format })
    const file = format === 'zarr2' ? '.zattrs' : 'zarr.json'
    const json = JSON.parse(readFileSync(join(target, file), 'utf8'))
    const [image] = format === 'zarr2' ? json.multiscales : json.attributes.ome.multiscales
    expect(image.axes.map((axis: { name: string }) => axis.name)).toEqual(axes)
    expect(image.axes.at(-1)).toEqual({ name: 'x', type: 'space', unit: 'micrometer' })
    expect(image.datasets).toEqual([
      { path: '0', coordinateTransformations: [{ type: 'scale', scale }] },
    ])
    const result = await openVolume(target)
    expect(result.axes.at(-1)).toMatchObject({ scale: scale.at(-1), unit: 'micrometer' })
    await result.close()
    // A pyramid then needs no other flag, and the sizes of the levels grow.
    expect(await addPyramid(target)).toBe(1)
  },
)

test('without sizes, or with RGB pixels, the result is one array', async () => {
  for (const name of ['strips-u2', 'rgb']) {
    const target = join(folder(), 'out.zarr')
    await filterVolume(tiff(name), 'box', target)
    const result = await openVolume(target)
    expect(result.storage.ome).toBeUndefined()
    await result.close()
  }
})

test('a compression that is not read is named, with those that are', async () => {
  await expect(openVolume(tiff('lerc'))).rejects.toThrow(
    /page 0 has compression 34887, which is not read\. Those that are: none, LZW, .*zstd/,
  )
})

describe('damage', () => {
  const damaged = (name: string, change: (bytes: Buffer) => Buffer): string => {
    const path = join(folder(), 'a.tif')
    writeFileSync(path, change(readFileSync(tiff(name))))
    return path
  }
  test.each([
    ['lzw', 200],
    ['strips-u2', 300],
    ['tiles', 5000],
    ['imagej', 2800],
  ])('%s cut off after %i bytes', async (name, length) => {
    const path = damaged(name, (bytes) => bytes.subarray(0, length))
    const read = openVolume(path).then((array) => array.read(wholeBox(array.shape)))
    await expect(read).rejects.toMatchObject({
      name: 'VolumeError',
      fault: 'data',
      message: expect.stringContaining(path),
    })
  })
  test('a strip whose bytes changed is named', async () => {
    const path = damaged('zip-float-differences', (bytes) => bytes.fill(0xff, 8, 60))
    const array = await openVolume(path)
    await expect(array.read(wholeBox(array.shape))).rejects.toThrow(
      /page 0, tile \[0, 0\] cannot be read/,
    )
  })
})

test('over the web, by few requests', async () => {
  const { address, log } = await webServer(fixture('tiff'))
  const array = await openVolume(`${address}/tiles.tif`)
  const box: Range[] = [
    [1, 2],
    [0, 10],
    [0, 10],
  ]
  expect(elements(await array.read(box))).toEqual(
    boxOf(formula([2, 40, 50], 'i'), [2, 40, 50], box),
  )
  // The length, the first bytes, and one block with all tables and tiles.
  expect(log.length).toBeLessThanOrEqual(3)
})
