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

/** kB (1000 bytes) of script, compressed as a server does it. */
const scriptLimit = 123

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
