/**
 * The camera of the picture page, with Chromium's own test camera: frames, freeze, stop, a hidden
 * tab; and what the page says where there is no camera, or the user refuses it.
 */

import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'
import { open, server, watch } from './browser.ts'
import { settled } from './photo-pages.ts'

let withCamera: Browser

beforeAll(async () => {
  withCamera = await chromium.launch({
    executablePath: findChromium()!,
    args: [
      ...chromiumSwitches,
      '--use-fake-device-for-media-stream=fps=60',
      '--use-fake-ui-for-media-stream',
    ],
  })
})

afterAll(() => withCamera.close())

/** A page with a camera, on which every stream that it gets can be asked for. */
async function cameraPage(photo: string): Promise<Page> {
  const context = await withCamera.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  watch(page)
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices
    const given: MediaStream[] = []
    Object.assign(window, { given })
    const ask = devices.getUserMedia.bind(devices)
    devices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted)
      given.push(stream)
      return stream
    }
  })
  await page.goto(`${server.address}#v1&photo=${photo}`)
  await settled(page)
  return page
}

interface Given {
  readonly given: MediaStream[]
}

/** The states of all tracks that the page has had. */
const tracks = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as Given).given.flatMap((stream) =>
      stream
        .getTracks()
        .map(({ kind, readyState, enabled }) => `${kind} ${readyState}${enabled ? '' : ' off'}`),
    ),
  )

const framesSeen = (page: Page): Promise<number> =>
  page.locator('.picture-plate canvas.after').evaluate(
    (canvas) =>
      new Promise<number>((resolve) => {
        const copy = new OffscreenCanvas(160, 120).getContext('2d', { willReadFrequently: true })!
        const seen = new Set<string>()
        const end = performance.now() + 1500
        const look = (): void => {
          copy.drawImage(canvas as HTMLCanvasElement, 0, 0, 160, 120)
          seen.add(String(copy.getImageData(0, 0, 160, 120).data.reduce((a, b) => a + b)))
          if (performance.now() < end) requestAnimationFrame(look)
          else resolve(seen.size)
        }
        look()
      }),
  )

test('nothing is asked before the press; frames are filtered; freeze, go on, stop', async () => {
  const page = await cameraPage('k:sobel-x')
  expect(await tracks(page)).toEqual([])
  await page.locator('#camera').click()
  await page.locator('.picture-size', { hasText: '640 × 480' }).waitFor()
  expect(await tracks(page)).toEqual(['video live'])
  await page.locator('[data-rate]').waitFor()
  expect(await framesSeen(page)).toBeGreaterThan(2)
  // Settings take effect on the next frame.
  await page.locator('#kernel-name').selectOption('identity')
  await expect.poll(() => page.locator('.facts').textContent()).toContain('One product')
  await page.locator('#camera').click()
  await expect.poll(() => tracks(page)).toEqual(['video live off'])
  await settled(page)
  expect(await framesSeen(page)).toBe(1)
  // The frozen frame is a picture like any other.
  await page.locator('#kernel-name').selectOption('box')
  await page.waitForURL(/photo=from:own;k:box/)
  await page.locator('#picture').focus()
  await page.keyboard.press('ArrowLeft')
  await page.locator('.values').waitFor()
  await page.locator('#camera').click()
  await expect.poll(() => framesSeen(page)).toBeGreaterThan(2)
  // A hidden tab lets the camera rest.
  const hide = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await hide('hidden')
  await expect.poll(() => tracks(page)).toEqual(['video live off'])
  await hide('visible')
  await expect.poll(() => tracks(page)).toEqual(['video live'])
  await page.locator('#camera-stop').click()
  await expect.poll(() => tracks(page)).toEqual(['video ended'])
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
  // Leaving the page ends the camera too.
  await page.locator('#camera').click()
  await page.locator('#camera-stop').waitFor()
  await page.locator('.to-lens').click()
  await page.locator('#play').waitFor()
  await expect.poll(() => tracks(page)).toEqual(['video ended', 'video ended'])
  await page.context().close()
})

test.each([
  ['NotAllowedError', 'cameraRefused'],
  ['NotFoundError', 'cameraMissing'],
  ['NotReadableError', 'cameraBusy'],
  ['', 'cameraInsecure'],
])('a camera that answers %s leaves the picture, and the page says why', async (name, kind) => {
  const page = await open('#v1&photo=k:box', (page) =>
    page.addInitScript((name) => {
      const value =
        name === ''
          ? undefined
          : { getUserMedia: () => Promise.reject(new DOMException('no', name)) }
      Object.defineProperty(navigator, 'mediaDevices', { value })
    }, name),
  )
  await settled(page)
  await page.locator('#camera').click()
  await page.locator(`[data-notice="${kind}"]`).waitFor()
  expect(await page.locator('#camera').textContent()).toBe('Camera')
  expect(await page.locator('.picture-size').textContent()).toContain('768 × 512')
})
