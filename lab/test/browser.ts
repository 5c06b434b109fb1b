/**
 * Opens the built page in a browser for all lab tests. A test fails if the page reports an error.
 *
 * A new window costs more than most tests: the browser starts processes and compiles the scripts
 * again. So a worker of Vitest has one browser, and the next test gets the window of the last one,
 * at a new document. The page keeps nothing outside its link, so a test cannot see the one before.
 */

import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
  type ViewportSize,
} from 'playwright'
import { inject } from 'vitest'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'

const usualSize = { width: 1280, height: 720 }

export let browser: Browser
export const server: { readonly address: string } = { address: inject('labAddress') }
let complaints: string[] = []

/** Pages that wait for a test, the last one last, with the options of their windows as text. */
const idle: { readonly kind: string; readonly page: Page }[] = []
const maxIdle = 4
const maxHistory = 25
/** The pages of the running test, with the kind of their window. `undefined` is for one test. */
const lent = new Map<Page, string | undefined>()
/** The pages that all tests of a file share. */
const kept = new Set<Page>()

/** Starts the browser, once in each worker. It ends with the worker. */
export async function start(): Promise<void> {
  if (browser) return
  const executablePath = findChromium()
  if (!executablePath)
    throw new Error("No Chromium was found: run the tests with 'npm test', which gets one.")
  browser = await chromium.launch({ executablePath, args: [...chromiumSwitches] })
}

/** What pages have reported since the last call. */
export function takeComplaints(): readonly string[] {
  const reported = complaints
  complaints = []
  return reported
}

/** A link to the workspace with the default example and the usual views. */
export const workspace = '#v1&views=slide,arithmetic,im2col,toeplitz,memory'

/**
 * Opens a link in a page that the test has until it ends. Errors, and requests to other origins,
 * fail the test. `before` runs before the page loads, in a new window that no other test gets.
 */
export async function open(
  fragment = '',
  before?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = before ? await newPage() : await blankPage()
  if (before) lent.set(page, undefined)
  await before?.(page)
  return loaded(page, fragment)
}

/** The same in a window of this size. */
export const openIn = async (viewport: ViewportSize, fragment = ''): Promise<Page> =>
  loaded(await blankPage({ viewport }), fragment)

async function loaded(page: Page, fragment: string): Promise<Page> {
  await page.goto(`${server.address}${fragment}`)
  await page.locator('h1').waitFor()
  await ready(page)
  return page
}

export interface WindowOptions extends Omit<BrowserContextOptions, 'viewport'> {
  readonly viewport?: ViewportSize
}

/** A page in a window of its own kind: its size, a touch screen, reduced motion. */
export async function blankPage(options: WindowOptions = {}): Promise<Page> {
  const { viewport = usualSize, ...others } = options
  const kind = JSON.stringify(others)
  const at = idle.findLastIndex((waiting) => waiting.kind === kind)
  const page = idle.splice(at, at < 0 ? 0 : 1)[0]?.page ?? (await newPage(options))
  lent.set(page, kind)
  const size = page.viewportSize()
  if (size?.width !== viewport.width || size.height !== viewport.height)
    await page.setViewportSize(viewport)
  return page
}

async function newPage(options: WindowOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    viewport: usualSize,
    ...options,
  })
  const page = await context.newPage()
  watch(page)
  return page
}

/** Loads a link in a page from the start. Without this, only its hash would change. */
export async function load(page: Page, fragment: string): Promise<void> {
  await leave(page)
  await page.goto(`${server.address}${fragment}`)
}

/** A document of the same origin keeps the process, and what it has compiled. */
const leave = (page: Page): Promise<unknown> => page.goto(`${server.address}icon.svg`)

/** Takes a page back before the test ends, where a test opens one after the other. */
export async function giveBack(page: Page): Promise<void> {
  const kind = lent.get(page)
  lent.delete(page)
  if (page.isClosed()) return
  if (kind === undefined) return page.context().close()
  for (const other of page.context().pages()) if (other !== page) await other.close()
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  // Without this, the next page would have its pointer where this one has it.
  await page.mouse.move(-1, -1)
  await leave(page)
  // A browser keeps 50 entries of history. A test that goes back needs all of its own.
  if ((await page.evaluate(() => history.length)) > maxHistory) return page.context().close()
  idle.push({ kind, page })
  if (idle.length > maxIdle) await idle.shift()!.page.context().close()
}

/** Keeps the pages that a file opens before its tests, until `closeKept`. */
export function keepPages(): void {
  for (const page of lent.keys()) kept.add(page)
  lent.clear()
}

export async function closeKept(): Promise<void> {
  for (const page of kept) await page.context().close()
  kept.clear()
}

/** Takes back the pages of a test. After a failure their state is unknown, so they close. */
export async function endPages(hasFailed: boolean): Promise<void> {
  for (const page of [...lent.keys()]) {
    if (hasFailed) lent.set(page, undefined)
    await giveBack(page)
  }
}

/** Waits until every view is drawn, and the numbers of a large problem are there. */
export const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))

/** Waits until nothing moves: views out of sight follow some frames later. */
export async function atRest(page: Page): Promise<void> {
  await ready(page)
  await page.evaluate(async () => {
    for (let frame = 0; frame < 12; frame++) await new Promise(requestAnimationFrame)
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
  })
}

/** Records the errors of a page, and its requests to other origins. */
export function watch(page: Page, origin: string = server.address): void {
  page.on('console', (message) => {
    // The document between two tests names no icon, so the browser looks for the usual file.
    if (message.location().url === `${server.address}favicon.ico`) return
    // What Chromium says of a machine without a GPU, to a page that only asks for one.
    if (message.text() === 'No available adapters.') return
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('Service Worker'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    // The workers of the library start from the memory of the page.
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
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
