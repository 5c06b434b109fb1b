/** Files without a header, by what the caller says about them. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openVolume, type Range, type RawOptions } from '../src/index.ts'
import { boxOf, elements, folder, wholeBox } from './helpers.ts'

function file(bytes: Uint8Array): string {
  const path = join(folder(), 'a.raw')
  writeFileSync(path, bytes)
  return path
}

test('an offset, a byte order and an order of axes', async () => {
  const view = new DataView(new ArrayBuffer(5 + 2 * 24))
  for (let i = 0; i < 24; i++) view.setInt16(5 + 2 * i, 1000 * i - 9000, false)
  const path = file(new Uint8Array(view.buffer))
  const raw = { shape: [2, 3, 4], dtype: 'int16', offset: 5, byteOrder: 'big' } as const
  const all = Array.from({ length: 24 }, (_, i) => 1000 * i - 9000)
  const box: Range[] = [
    [1, 2],
    [0, 2],
    [1, 4],
  ]
  const c = await openVolume(path, { raw })
  expect(c.storage).toMatchObject({ format: 'raw', elementType: 'int16' })
  expect(elements(await c.read(box))).toEqual(boxOf(all, [2, 3, 4], box))
  const f = await openVolume(path, { raw: { ...raw, order: 'F' } })
  // Element [z, y, x] lies at z + 2·y + 6·x.
  const turned = Array.from({ length: 24 }, (_, i) => {
    const [z, y, x] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4]
    return all[z + 2 * y + 6 * x]!
  })
  expect(elements(await f.read(wholeBox([2, 3, 4])))).toEqual(turned)
  await c.close()
  await f.close()
})

test('a box whose runs lie far apart, and one longer than a piece', async () => {
  const [height, width] = [5, 1_200_000]
  const values = Uint32Array.from({ length: height * width }, (_, i) => (i * 2654435761) >>> 0)
  const path = file(new Uint8Array(values.buffer))
  const array = await openVolume(path, { raw: { shape: [height, width], dtype: 'uint32' } })
  for (const box of [
    [
      [1, 4],
      [1_199_990, 1_200_000],
    ],
    [
      [2, 4],
      [3, 1_199_999],
    ],
  ] as Range[][]) {
    const read = await array.read(box)
    const [[y0, y1], [x0, x1]] = box as [Range, Range]
    let same = true
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++)
        same &&= read.data[(y - y0) * (x1 - x0) + x - x0] === values[y * width + x]
    expect(same).toBe(true)
  }
  await array.close()
})

test.each<[RawOptions, RegExp]>([
  [{ shape: [4, 4], dtype: 'float32' }, /needs 64 bytes, but there are 40/],
  [{ shape: [2.5], dtype: 'uint8' }, /whole numbers, one per axis/],
  [{ shape: [2], dtype: 'complex64' as 'uint8' }, /'complex64' is no element type/],
  [{ shape: [2], dtype: 'uint8', offset: -1 }, /offset -1/],
  [{ shape: [2], dtype: 'uint8', byteOrder: 'middle' as 'big' }, /byteOrder/],
])('%j is refused', async (raw, message) => {
  await expect(openVolume(file(new Uint8Array(40)), { raw })).rejects.toThrow(message)
})

test('a file that is nothing known', async () => {
  await expect(openVolume(file(new Uint8Array(40)))).rejects.toThrow(/is not an array that can be/)
})
