/**
 * What the tests of all starters share: a starter that is installed and built in a new folder, its
 * server, a page in Chromium, and what to compare pixels with.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, expect, inject } from 'vitest'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'
import { command, makeStarter } from '../../scripts/starter.ts'

export interface Starter {
  readonly folder: string
  /** What its build printed. */
  readonly built: string
}

/** Installs and builds a starter as its README says. Removes it after the tests of the file. */
export async function installed(name: string): Promise<Starter> {
  const folder = mkdtempSync(join(tmpdir(), `stridefold-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  await makeStarter(name, folder, inject('packed'))
  return { folder, built: await command('npm', ['run', 'build'], folder) }
}

export interface Server {
  readonly address: string
  /** What it has printed so far. */
  output(): string
  /** Asks the server to end, and returns its exit code. */
  stop(): Promise<number | null>
}

/** Starts a program that prints its address. Ends it after the tests of the file. */
export async function started(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  // Not through npm: a signal for npm may end npm alone.
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const output = collected(child)
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM')
    return ended
  }
  afterAll(stop)
  const address = await Promise.race([addressIn(child, output), ended])
  if (typeof address !== 'string') throw new Error(`node ${args.join(' ')} ended:\n${output()}`)
  return { address, output, stop }
}

function collected({ stdout, stderr }: ChildProcess): () => string {
  let text = ''
  for (const stream of [stdout!, stderr!])
    stream.on('data', (part: Buffer) => {
      text += part.toString()
    })
  return () => text
}

const addressIn = (child: ChildProcess, output: () => string): Promise<string> =>
  new Promise((resolve) =>
    child.stdout!.on('data', () => {
      const found = /http:\/\/[\w.]+:\d+/.exec(output())
      if (found) resolve(found[0])
    }),
  )

const vite = 'node_modules/vite/bin/vite.js'

/** `npm run preview`: the built page. */
export const previewed = ({ folder }: Starter): Promise<Server> =>
  started(folder, [vite, 'preview', '--port', '0', '--host', '127.0.0.1'])

/** `npm run dev`. */
export const developed = ({ folder }: Starter): Promise<Server> =>
  started(folder, [vite, '--port', '0', '--host', '127.0.0.1'])

export interface OpenPage {
  readonly page: Page
  /** Errors of the page and of its console so far. A test that expects none says so at its end. */
  readonly errors: readonly string[]
}

const browsers: Browser[] = []

/** A page of a new browser, which closes after the tests of the file. */
export async function opened(
  address: string,
  options: BrowserContextOptions & { readonly switches?: readonly string[] } = {},
): Promise<OpenPage> {
  const { switches = [], ...context } = options
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('No Chromium was found. Set CHROME_PATH.')
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumSwitches, ...switches],
  })
  browsers.push(browser)
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...context })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(address)
  return { page, errors }
}

/** Call it once in each file that opens pages. */
export function closePages(): void {
  afterAll(async () => {
    for (const browser of browsers.splice(0)) await browser.close()
  })
}

/**
 * With `STARTER_PICTURES=folder`, saves how a page looks: wide and narrow, light and dark. The
 * last state is wide and light.
 */
export async function pictured(page: Page, name: string): Promise<void> {
  const folder = process.env.STARTER_PICTURES
  if (folder === undefined) return
  const sizes = { phone: { width: 390, height: 844 }, wide: { width: 1100, height: 900 } }
  for (const [size, viewport] of Object.entries(sizes))
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(300)
      const path = join(folder, `${name}-${size}-${colorScheme}.png`)
      await page.screenshot({ path, fullPage: true })
    }
}

/** The sizes of the built scripts, largest first. */
export function scriptSizes({ folder }: Starter): readonly {
  readonly name: string
  readonly gzip: number
  readonly text: string
}[] {
  const dist = join(folder, 'dist')
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && statSync(join(dist, name)).isFile())
    .map((name) => {
      const text = readFileSync(join(dist, name), 'utf8')
      return { name, text, gzip: gzipSync(text).length }
    })
    .sort((a, b) => b.gzip - a.gzip)
}

/** Prints the sizes of a build, which the README of the examples lists. */
export function printSizes(name: string, starter: Starter): void {
  const sizes = scriptSizes(starter).map(
    ({ name: file, gzip }) => `${file} ${(gzip / 1000).toFixed(1)} kB`,
  )
  console.log(`${name}: ${sizes.join(', ')} (gzip)`)
}

/** A page as narrow as a phone must not scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const size = page.viewportSize()!
  await page.setViewportSize({ width: 360, height: 740 })
  const { wide, all } = await page.evaluate(() => ({
    wide: document.documentElement.clientWidth,
    all: document.documentElement.scrollWidth,
  }))
  await page.setViewportSize(size)
  expect(all).toBeLessThanOrEqual(wide)
}

/** The pixels of a canvas of the page, as bytes of RGBA. */
export async function pixelsOf(
  page: Page,
  selector: string,
): Promise<{ readonly data: Uint8Array; readonly width: number; readonly height: number }> {
  const { base64, width, height } = await page.evaluate((selector) => {
    const shown = document.querySelector<HTMLCanvasElement>(selector)!
    // A canvas that a worker draws has no context here, but it can be drawn on another.
    const canvas = new OffscreenCanvas(shown.width, shown.height)
    const context = canvas.getContext('2d')!
    context.drawImage(shown, 0, 0)
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
    let text = ''
    for (let i = 0; i < data.length; i += 8192)
      text += String.fromCharCode(...data.subarray(i, i + 8192))
    return { base64: btoa(text), width, height }
  }, selector)
  return { data: Buffer.from(base64, 'base64'), width, height }
}
