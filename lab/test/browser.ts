/**
 * Opens the built page in a browser for all lab tests. A test fails if the page reports an error.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
export let browser: Browser
export let server: { readonly address: string; close(): void }
let complaints: string[] = []

beforeAll(async () => {
  const executablePath = findChromium()
  if (!executablePath)
    throw new Error("No Chromium was found: run the tests with 'npm test', which gets one.")
  browser = await chromium.launch({ executablePath, args: [...chromiumSwitches] })
  const command = spawn(
    process.execPath,
    [
      '--conditions=@stridefold/source',
      '--import',
      'tsx',
      'packages/cli/src/main.ts',
      'lab',
      '--json',
    ],
    {
      cwd: repository,
    },
  )
  const [address] = await once(command.stdout, 'data')
  server = {
    address: JSON.parse(String(address)).address,
    close: () => void command.kill('SIGINT'),
  }
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

afterEach(() => {
  const reported = complaints
  complaints = []
  expect(reported).toEqual([])
})

/** A link to the workspace with the default example and the usual views. */
export const workspace = '#v1&views=slide,arithmetic,im2col,toeplitz,memory'

/**
 * Opens a new page at a link. `before` runs before the page loads. Errors, and requests to other
 * origins, fail the test.
 */
export async function open(
  fragment = '',
  before?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  watch(page)
  await before?.(page)
  await page.goto(`${server.address}${fragment}`)
  await page.locator('h1').waitFor()
  await ready(page)
  return page
}

/** Waits until every view is drawn, and the numbers of a large problem are there. */
export const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))

/** Records the errors of a page, and its requests to other origins. */
export function watch(page: Page, origin: string = server.address): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('Service Worker'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      complaints.push(request.url())
  })
}

/** The highlighted cells of a grid, each as row · 1000 + column. */
export const highlighted = (page: Page, grid: string): Promise<number[]> =>
  page.locator(`table[data-grid="${grid}"]`).evaluate((table) =>
    [...table.querySelectorAll<HTMLElement>('[data-tap]')]
      .filter(({ dataset }) => dataset.tap !== '-1')
      .map(({ dataset }) => Number(dataset.row) * 1000 + Number(dataset.column))
      .sort((a, b) => a - b),
  )

/**
 * The drawn part of a plane on a canvas, and its highlighted cells as `highlighted` returns them.
 * Both come from the pixels of the canvas.
 */
export interface Drawn {
  readonly rows: readonly [first: number, behind: number]
  readonly columns: readonly [first: number, behind: number]
  readonly highlighted: readonly (readonly [row: number, column: number])[]
}

export const drawn = (page: Page, grid: string): Promise<Drawn> =>
  page.locator(`canvas[data-canvas="${grid}"]`).evaluate((canvas) => {
    const { width, height, dataset } = canvas as HTMLCanvasElement
    const [top = 0, left = 0, cellWidth = 1, cellHeight = 1] = (dataset.part ?? '')
      .split(',')
      .map(Number)
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0)
    const { data } = copy.getImageData(0, 0, width, height)
    const highlighted: [number, number][] = []
    for (let row = 0; row < height / cellHeight; row++) {
      for (let column = 0; column < width / cellWidth; column++) {
        const [x, y] = [column * cellWidth + (cellWidth >> 1), row * cellHeight + (cellHeight >> 1)]
        const middle = y * width + x
        if (data[middle * 4 + 3]! > 0) highlighted.push([top + row, left + column])
      }
    }
    return {
      rows: [top, top + height / cellHeight],
      columns: [left, left + width / cellWidth],
      highlighted,
    }
  })

/** Places in the format of `highlighted`. */
export const places = (cells: readonly (readonly number[])[]): number[] =>
  [...new Set(cells.map(([row, column]) => row! * 1000 + column!))].sort((a, b) => a - b)
