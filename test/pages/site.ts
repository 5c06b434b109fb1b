/**
 * The site of the pages: `/at/BUILD/VARIANT/FILE`. Every page gets a script that posts what it
 * found, or what went wrong, to `/report`.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { addressOf, type Found, headersFor, type Variant, variants } from './variants.ts'

export interface Site {
  readonly address: string
  /** Called with each report. Returns the path of the next page. */
  onReport: (found: Found) => string
  close(): void
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
}

/** In every page. After a report the page becomes the next one. */
const reporting = `
const violations = []
const blocked = ({ effectiveDirective }) => violations.push(effectiveDirective)
document.addEventListener('securitypolicyviolation', blocked)
let isReported = false
globalThis.report = async (found) => {
  if (isReported) return
  isReported = true
  const body = JSON.stringify({ ...found, violations })
  location.href = await (await fetch('/report', { method: 'POST', body })).text()
}
const failed = (error) => report({ error: String(error) })
addEventListener('error', ({ message }) => failed(message || 'a script did not load'), true)
addEventListener('unhandledrejection', ({ reason }) => failed(reason))
`

/** The hash by which a policy allows the import map of a page. */
function inlineHash(html: string): string {
  const [, map] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? []
  if (map === undefined) return ''
  return ` 'sha256-${createHash('sha256').update(map).digest('base64')}'`
}

/** Serves the builds in `folder`. */
export async function openSite(folder: string): Promise<Site> {
  const site: Site = { address: '', onReport: () => '/', close: () => server.close() }
  const server = createServer((request, response) => {
    if (request.url === '/report') answerReport(request, response, site)
    else answerFile(request.url ?? '', response, folder)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(site, { address: `http://127.0.0.1:${port}` })
}

function answerReport(request: IncomingMessage, response: ServerResponse, site: Site): void {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => response.end(site.onReport(JSON.parse(body) as Found)))
}

function answerFile(url: string, response: ServerResponse, folder: string): void {
  const [, build, name, path] = /^\/at\/(\w+)\/([\w-]+)\/(.*)$/.exec(url) ?? []
  const variant = variants.find((one) => one.name === name)
  if (url === '/reporting.js') return send(response, '.js', reporting, {})
  if (url.startsWith('/reference/')) return send(response, '', readFileSync(join(folder, url)), {})
  if (variant === undefined) return send(response, '', undefined, {})
  if (path === 'settings.json') {
    const { inWorker } = variant
    return send(response, '.json', JSON.stringify({ inWorker, address: addressOf(variant) }), {})
  }
  const file = join(folder, 'dist', build!, path || 'index.html')
  const body = existsSync(file) ? readFileSync(file) : undefined
  sendFile(response, path || 'index.html', body, variant)
}

function sendFile(
  response: ServerResponse,
  path: string,
  body: Buffer | undefined,
  variant: Variant,
): void {
  const isPage = path === 'index.html'
  const text = isPage
    ? body?.toString().replace('<head>', '<head><script src="/reporting.js"></script>')
    : body
  const hash = isPage ? inlineHash(text as string) : ''
  send(response, extname(path), text, headersFor(variant, isPage, hash))
}

function send(
  response: ServerResponse,
  type: string,
  body: string | Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(body === undefined ? 404 : 200, {
    'Content-Type': types[type] ?? 'application/octet-stream',
    'Cache-Control': 'no-store',
    ...headers,
  })
  response.end(body)
}
