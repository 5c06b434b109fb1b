/**
 * The built page in a browser, for the tests of single views: opens links, and fails every test in which the page complained.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { CHROMIUM_SWITCHES, findChromium } from '../../scripts/chromium.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
let browser: Browser
let server: { readonly address: string; close(): void }
let complaints: string[] = []

beforeAll(async () => {
  const executablePath = findChromium()
  if (!executablePath) throw new Error("No Chromium was found: run the tests with 'npm test', which gets one.")
  browser = await chromium.launch({ executablePath, args: [...CHROMIUM_SWITCHES] })
  const command = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'packages/cli/src/main.ts', 'lab', '--json'], {
    cwd: repository,
  })
  const [said] = await once(command.stdout, 'data')
  server = { address: JSON.parse(String(said)).address, close: () => void command.kill('SIGINT') }
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

afterEach(() => {
  const said = complaints
  complaints = []
  expect(said).toEqual([])
})

export async function open(fragment: string): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('Service Worker')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${server.address}${fragment}`)
  await page.locator('h1').waitFor()
  return page
}

/** The lit cells of a grid, each as row · 1000 + column. */
export const lit = (page: Page, grid: string): Promise<number[]> =>
  page.locator(`table[data-grid="${grid}"]`).evaluate((table) =>
    [...table.querySelectorAll<HTMLElement>('[data-tap]')]
      .filter(({ dataset }) => dataset.tap !== '-1')
      .map(({ dataset }) => Number(dataset.row) * 1000 + Number(dataset.column))
      .sort((a, b) => a - b),
  )

/** Places as `lit` writes them. */
export const places = (cells: readonly (readonly number[])[]): number[] =>
  [...new Set(cells.map(([row, column]) => row! * 1000 + column!))].sort((a, b) => a - b)
