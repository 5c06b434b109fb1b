/** Does the page show filtered frames, for every filter, and from the camera? */

import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { type Bytes, correlated, farthest, gaussianRows, type Place } from './definition.ts'
import {
  closePages,
  developed,
  expectNoSidewaysScroll,
  installed,
  type OpenPage,
  opened,
  pictured,
  pixelsOf,
  previewed,
  printSizes,
  type Server,
  type Starter,
} from './starter.ts'

let starter: Starter
let server: Server

closePages()
beforeAll(async () => {
  starter = await installed('live-canvas')
  printSizes('live-canvas', starter)
  server = await previewed(starter)
})

const sobel = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
]
const transposed = sobel[0]!.map((_, i) => sobel.map((row) => row[i]!))
const unsharp = (amount: number): number[][] => {
  const blur = gaussianRows(2)
  const middle = blur.length >> 1
  return blur.map((row, i) =>
    row.map((w, j) => (i === middle && j === middle ? 1 + amount : 0) - amount * w),
  )
}

/** Waits until the page has shown a frame after `change`. */
async function frameAfter({ page }: OpenPage, change: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    document.querySelector('#status')!.textContent = ''
  })
  await change()
  await page.waitForFunction(() => document.querySelector('#status')!.textContent !== '')
}

/** The definitions of filters at a strength of 0.3. */
const definitions: Readonly<Record<string, (image: Bytes, place: Place) => number>> = {
  Blur: (image, place) => correlated(image, gaussianRows(0.5 + 11.5 * 0.3), place),
  Sharpen: (image, place) => correlated(image, unsharp(0.9), place),
  Edges: (image, place) =>
    1.2 * Math.hypot(correlated(image, sobel, place), correlated(image, transposed, place)),
}

test('each filter shows the pixels of its definition', async () => {
  const open = await opened(server.address)
  const { page, errors } = open
  await page.getByRole('button', { name: 'Pause' }).click()
  for (const [name, of] of Object.entries(definitions)) {
    await frameAfter(open, async () => {
      await page.getByLabel('Filter').selectOption(name)
      await page.getByLabel('Strength').fill('0.3')
    })
    const [before, after] = [await pixelsOf(page, '#before'), await pixelsOf(page, '#after')]
    // Rounding to bytes is half a level; float32 adds a little.
    expect(
      farthest(after, before, (place) => of(before, place)),
      name,
    ).toBeLessThan(0.51)
  }
  await expectNoSidewaysScroll(page)
  expect(errors).toEqual([])
})

test('the drawing moves until it is paused', async () => {
  const { page, errors } = await opened(server.address)
  const state = async (): Promise<string> =>
    Buffer.from((await pixelsOf(page, '#after')).data).toString('base64')
  const first = await state()
  await expect.poll(state).not.toBe(first)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.waitForTimeout(300)
  const paused = await state()
  await page.waitForTimeout(300)
  expect(await state()).toBe(paused)
  await pictured(page, 'live-canvas')
  expect(errors).toEqual([])
})

test('camera and photo are filtered, too', async () => {
  const switches = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
  const open = await opened(server.address, { switches })
  const { page, errors } = open
  await page.getByLabel('Filter').selectOption('Edges')
  const seen = async (): Promise<string> => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.waitForTimeout(100)
    const [before, after] = [await pixelsOf(page, '#before'), await pixelsOf(page, '#after')]
    const of = (place: Place): number =>
      2 * Math.hypot(correlated(before, sobel, place), correlated(before, transposed, place))
    expect(farthest(after, before, of)).toBeLessThan(0.51)
    await page.getByRole('button', { name: 'Pause' }).click()
    return Buffer.from(before.data.subarray(0, 4 * 960 * 40)).toString('base64')
  }
  const drawing = await seen()
  await frameAfter(open, () => page.getByLabel('Picture').selectOption('camera'))
  // The camera needs a moment to start.
  await expect.poll(seen).not.toBe(drawing)

  const chooser = page.waitForEvent('filechooser')
  await page.getByLabel('Picture').selectOption('photo')
  const buffer = await sharp({
    create: { width: 30, height: 20, channels: 3, background: '#102030' },
  })
    .png()
    .toBuffer()
  await (await chooser).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer })
  await expect
    .poll(async () => [...(await pixelsOf(page, '#before')).data.subarray(0, 4)])
    .toEqual([0x10, 0x20, 0x30, 255])
  await seen()
  expect(errors).toEqual([])
})

test('what cannot be opened is said, and the drawing comes back', async () => {
  const { page } = await opened(server.address)
  await page.locator('#file').setInputFiles({
    name: 'broken.png',
    mimeType: 'image/png',
    buffer: Buffer.from('no picture'),
  })
  await expect.poll(() => page.locator('#status').getAttribute('class')).toBe('bad')
  expect(await page.locator('#status').textContent()).toMatch(/decoded/)
  expect(await page.getByLabel('Picture').inputValue()).toBe('drawing')
})

test('the page of the development server works', async () => {
  const { page, errors } = await opened((await developed(starter)).address)
  await expect.poll(() => page.locator('#status').textContent()).toMatch(/filtered in/)
  expect(errors).toEqual([])
})
