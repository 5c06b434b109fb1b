/**
 * Does the worker filter photos, with and without isolation, and can it be interrupted? Is the
 * script of the page free of the library?
 */

import type { Page } from 'playwright'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { type Bytes, correlated, farthest, gaussianRows, type Place } from './definition.ts'
import {
  closePages,
  developed,
  expectNoSidewaysScroll,
  installed,
  opened,
  pictured,
  pixelsOf,
  previewed,
  printSizes,
  type Server,
  type Starter,
  scriptSizes,
} from './starter.ts'

let starter: Starter
let server: Server

closePages()
beforeAll(async () => {
  starter = await installed('web-worker')
  printSizes('web-worker', starter)
  server = await previewed(starter)
})

const photo: Bytes = {
  width: 150,
  height: 90,
  data: Uint8Array.from({ length: 150 * 90 * 3 }, (_, i) => 90 + 60 * Math.sin(i / 37) + (i % 97)),
}

const photoFile = async (): Promise<{ name: string; mimeType: string; buffer: Buffer }> => {
  const { data, width, height } = photo
  const raw = { width, height, channels: 3 } as const
  return {
    ...{ name: 'photo.png', mimeType: 'image/png' },
    buffer: await sharp(data, { raw }).png().toBuffer(),
  }
}

const statusOf = (page: Page): Promise<string | null> => page.locator('#status').textContent()

const sigma = 2.5
const blur = gaussianRows(sigma)
const wide = gaussianRows(1.6 * sigma)
const identity = [[1]]
const definitions: Readonly<Record<string, (place: Place) => number>> = {
  blur: (place) => correlated(photo, blur, place),
  sharpen: (place) => 2 * correlated(photo, identity, place) - correlated(photo, blur, place),
  edges: (place) => 128 + correlated(photo, blur, place) - correlated(photo, wide, place),
}

/** Opens a photo, filters it in all ways, and compares what the page shows, and what it saves. */
async function expectFilters(page: Page): Promise<void> {
  await page.getByLabel('Size').fill(String(sigma))
  await page.locator('#file').setInputFiles(await photoFile())
  for (const [name, definition] of Object.entries(definitions)) {
    await page.getByLabel('Filter').selectOption(name)
    await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
    // What a worker paints is shown a little later.
    const difference = async (): Promise<number> =>
      farthest(await pixelsOf(page, '#picture'), photo, definition)
    await expect.poll(difference, { message: name }).toBeLessThan(0.51)
  }
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save' }).click()
  const { data, info } = await sharp(await (await download).path())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect(farthest({ ...info, data }, photo, definitions.edges!)).toBeLessThan(0.51)
}

test('in an isolated page', async () => {
  const { page, errors } = await opened(server.address)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  await pictured(page, 'web-worker')
  await expectFilters(page)
  await expectNoSidewaysScroll(page)
  expect(errors).toEqual([])
})

test('in a page without isolation', async () => {
  const { page, errors } = await opened('about:blank')
  await page.route('**', async (route) => {
    const response = await route.fetch()
    const headers = Object.entries(response.headers()).filter(([name]) => !/^cross-/.test(name))
    await route.fulfill({ response, headers: Object.fromEntries(headers) })
  })
  await page.goto(server.address)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await expectFilters(page)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  expect(errors).toEqual([])
})

/** A hash of what the page shows as soon as it stays the same: a worker paints a little later. */
async function settled(page: Page): Promise<string> {
  const shown = (): Promise<string> =>
    page.evaluate(async () => {
      const canvas = new OffscreenCanvas(400, 300)
      const context = canvas.getContext('2d')!
      context.drawImage(document.querySelector('canvas')!, 0, 0, 400, 300)
      const { data } = context.getImageData(0, 0, 400, 300)
      return new Uint8Array(await crypto.subtle.digest('SHA-256', data)).join()
    })
  let last = ''
  const isSame = async (): Promise<boolean> => {
    const before = last
    last = await shown()
    return last === before
  }
  await expect.poll(isSame, { interval: 1000 }).toBe(true)
  return last
}

test('a job that runs can be cancelled, and a new one takes its place', async () => {
  const { page, errors } = await opened(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  const before = await settled(page)
  // Both in one task of the page: the worker cannot be done in between.
  await page.evaluate(() => {
    const size = document.querySelector<HTMLInputElement>('#size')!
    size.value = '40'
    size.dispatchEvent(new Event('input'))
    document.querySelector<HTMLButtonElement>('#cancel')!.click()
  })
  expect(await statusOf(page)).toMatch(/^Cancelled/)
  await page.waitForTimeout(1500)
  expect(await settled(page)).toBe(before)
  expect(await page.locator('#cancel').isDisabled()).toBe(true)

  // Of many values only the last is shown.
  await page.evaluate(() => {
    const size = document.querySelector<HTMLInputElement>('#size')!
    for (const value of [12, 30, 3, 22, 1]) {
      size.value = String(value)
      size.dispatchEvent(new Event('input'))
    }
  })
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  const last = await settled(page)
  await page.getByLabel('Size').fill('9')
  await page.getByLabel('Size').fill('1')
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  expect(await settled(page)).toBe(last)
  expect(errors).toEqual([])
})

test('a file that is no picture is said, and the picture stays', async () => {
  const { page, errors } = await opened(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  await page.locator('#file').setInputFiles({
    ...{ name: 'text.png', mimeType: 'image/png', buffer: Buffer.from('no picture') },
  })
  await expect.poll(() => statusOf(page)).toMatch(/decoded/)
  await page.getByLabel('Size').fill('2')
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  expect(errors).toEqual([])
})

test('the script of the page does not contain the library', () => {
  const [worker, page, ...others] = scriptSizes(starter)
  expect(others).toEqual([])
  expect(worker!.name).toMatch(/worker/)
  expect(worker!.gzip).toBeGreaterThan(50_000)
  expect(page!.gzip).toBeLessThan(5_000)
})

test('the page of the development server works', async () => {
  const { page, errors } = await opened((await developed(starter)).address)
  await expect.poll(() => statusOf(page)).toMatch(/^Filtered in/)
  expect(errors).toEqual([])
})
