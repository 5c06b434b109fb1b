/**
 * The built page on any static host, in any folder: without headers, compressed or not. And the
 * size of the script that the first screen loads.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numberText } from '../src/stage/number.ts'
import { outputAt, stageModelOf } from '../src/stage/stage-model.ts'
import { browser, watch } from './browser.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const folder = '/a/deep/folder/'
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
let server: Server
let origin: string
/** The compressed bytes of every file that was sent. */
let sent: readonly (readonly [path: string, bytes: number])[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://host').pathname)
    const file = `${dist}/${path.slice(folder.length) || 'index.html'}`
    if (!path.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Encoding': 'gzip',
    })
    const content = gzipSync(readFileSync(file), { level: 9 })
    sent = [...sent, [path, content.length]]
    response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => void server.close())

/**
 * kB (1000 bytes) of script, compressed as a server does it. The design allows 100. The first
 * screen needs no fast algorithm of the library (`model/plane-sums.ts`): they are 86.
 */
const scriptLimit = 60

test('in a folder of a plain host: the first screen, a view, the workspace, offline', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  watch(page, origin)
  const needed = new Set<string>()
  page.on('request', (request) => {
    if (request.serviceWorker() === null) needed.add(new URL(request.url()).pathname)
  })
  await page.goto(`${origin}${folder}`)
  await page.locator('#play').waitFor()
  await page.waitForLoadState('networkidle')
  // The service worker loads all files in the background. The page needs each script once.
  const scripts = new Map(sent.filter(([path]) => needed.has(path) && path.endsWith('.js')))
  expect(scripts.size).toBeGreaterThan(1)
  const size = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0)
  expect(size / 1000).toBeLessThan(scriptLimit)
  expect([...needed].filter((path) => path.includes('/layer-'))).toEqual([])
  await page.locator('[data-dock="matrix"]').click()
  await page.locator('.dock[aria-busy="false"]').waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true)
  await context.setOffline(true)
  await page.goto(`${origin}${folder}#v1&views=slide,im2col`)
  await page.reload()
  await page.locator('table[data-grid="slide-input"]').waitFor()
  await page.goto(`${origin}${folder}`)
  await page.reload()
  await page.locator('#play').waitFor()
  await context.close()
})

/** The shown sum of a large plane, and whether the fast algorithms were loaded for it. */
async function largePlane(isRefused: boolean): Promise<readonly [sum: string | null, ok: boolean]> {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  // The console complains about the file that is refused.
  if (!isRefused) watch(page, origin)
  const fast = '**/layer-*.js'
  if (isRefused) await page.route(fast, (route) => route.abort())
  const place = '1x1x300x400_*_1x1x5x5&x=seed:3&k=seed:2&at=output:0,0,7,9'
  const [request] = await Promise.all([
    page.waitForRequest(fast),
    page.goto(`${origin}${folder}#v1&case=${place}`),
  ])
  await page.locator('#play').waitFor()
  const sum = await page.locator('[data-sum]').textContent()
  const ok = request.failure() === null && ((await request.response())?.ok() ?? false)
  await context.close()
  return [sum, ok]
}

test('a large plane loads the fast algorithms, and opens without them', async () => {
  const numbers = { input: { seed: 3 }, kernel: { seed: 2 }, divisor: 1, bias: 0 }
  const model = stageModelOf({ problem: '1x1x300x400 * 1x1x5x5', ...numbers })
  const sum = numberText(outputAt(model, { x: 9, y: 7 }))
  expect(await largePlane(false)).toEqual([sum, true])
  expect(await largePlane(true)).toEqual([sum, false])
})
