/**
 * The sample image is the same, byte for byte, on every machine. It covers the properties by which
 * filters are judged. The files in the package are those that the renderer writes.
 */

import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import sharp, { type OutputInfo } from 'sharp'
import { describe, expect, test } from 'vitest'
import { renderSampleImage } from '../src/sample-image/render.ts'

const [width, height] = [768, 512]

async function asset(name: string): Promise<{ data: Uint8Array; info: OutputInfo }> {
  return sharp(fileURLToPath(new URL(`../assets/${name}`, import.meta.url)))
    .raw()
    .toBuffer({ resolveWithObject: true })
}

describe('renderSampleImage', () => {
  test('gives these bytes on every machine', () => {
    const pixels = renderSampleImage({ width: 96, height: 64 })
    expect(pixels.length).toBe(96 * 64 * 4)
    expect(createHash('sha256').update(pixels).digest('hex')).toBe(
      '22c0156fb8e7dc8251128b08a608d58fd05c29cd10b0b839340236ee43fdeb39',
    )
  })

  test('supports any shape, and is opaque', () => {
    const pixels = renderSampleImage({ width: 31, height: 50 })
    expect(pixels.length).toBe(31 * 50 * 4)
    expect(pixels.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true)
  })
})

describe('the files in the package', () => {
  const fresh = renderSampleImage({ width, height })

  test(
    'sample-alpha.png is what the renderer makes, cut out: clear, opaque, and a soft edge ' +
      'between',
    async () => {
      const { data, info } = await asset('sample-alpha.png')
      expect([info.width, info.height, info.channels]).toEqual([width, height, 4])
      const alphas = new Set<number>()
      let different = 0
      for (let at = 0; at < data.length; at += 4) {
        const alpha = data[at + 3]!
        alphas.add(alpha)
        for (let channel = 0; channel < 3; channel++)
          if (data[at + channel] !== (alpha === 0 ? 0 : fresh[at + channel])) different++
      }
      // The cut-out clears pixels without coverage. A coverage that rounds to 0 keeps its colour.
      expect(different).toBeLessThan(data.length / 1000)
      expect(alphas.has(0) && alphas.has(255) && alphas.size > 100).toBe(true)
    },
  )

  test('sample.png is the same image at twice the resolution, without alpha', async () => {
    const { data, info } = await asset('sample.png')
    expect([info.width, info.height, info.channels]).toEqual([2 * width, 2 * height, 3])
    let sum = 0
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let channel = 0; channel < 3; channel++) {
          const at = (r: number, c: number): number =>
            data[((2 * row + r) * 2 * width + 2 * column + c) * 3 + channel]!
          sum += Math.abs(
            (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4 -
              fresh[(row * width + column) * 4 + channel]!,
          )
        }
      }
    }
    expect(sum / (width * height * 3)).toBeLessThan(3)
  })

  test('it uses the whole range of every channel', async () => {
    const { channels } = await sharp(
      fileURLToPath(new URL('../assets/sample.png', import.meta.url)),
    ).stats()
    for (const { min, max, stdev } of channels) {
      expect(min).toBeLessThan(16)
      expect(max).toBeGreaterThan(250)
      expect(stdev).toBeGreaterThan(30)
    }
  })
})
