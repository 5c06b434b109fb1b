/**
 * A web server over a folder, for tests: it serves ranges, and misbehaves as it is told.
 *
 *   faults: ['503', 'cut']      the first request is answered 503, the second is cut off
 */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export type Fault = '503' | 'cut' | 'hang' | 'reset'

export interface WebServer {
  readonly address: string
  /** What happens to the next requests, one by one. */
  readonly faults: Fault[]
  /** `GET /c/0/0 bytes=0-7` and so on. */
  readonly log: string[]
  ranges: boolean
  /** False: the last n bytes are taken for bytes 0 to n, as by sirv, the server of Vite. */
  suffixes: boolean
  head: boolean
}

export async function webServer(folder: string): Promise<WebServer> {
  const faults: Fault[] = []
  const log: string[] = []
  const state = { faults, log, ranges: true, suffixes: true, head: true }
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost')
    const range = request.headers.range
    log.push([request.method, url.pathname + url.search, range].filter(Boolean).join(' '))
    response.setHeader('Access-Control-Allow-Origin', '*')
    const fault = faults.shift()
    if (fault === '503') return void response.writeHead(503, { 'Retry-After': '0' }).end()
    if (fault === 'hang') return
    if (fault === 'reset') return void request.socket.destroy()
    const path = join(folder, decodeURIComponent(url.pathname))
    if (url.pathname.includes('secret')) return void response.writeHead(403).end()
    if (!existsSync(path) || !statSync(path).isFile()) return void response.writeHead(404).end()
    if (request.method === 'HEAD' && !state.head) return void response.writeHead(405).end()
    if (/\.(js|html)$/.test(path))
      response.setHeader('Content-Type', path.endsWith('js') ? 'text/javascript' : 'text/html')
    const understood = state.suffixes ? range : range?.replace('=-', '=0-')
    send(response, readFileSync(path), state.ranges ? understood : undefined, fault)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return Object.assign(state, { address: `http://127.0.0.1:${port}` })
}

function send(
  response: ServerResponse,
  whole: Buffer,
  range: string | undefined,
  fault: Fault | undefined,
): void {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  let body = whole
  if (range) {
    const start = first === '' ? Math.max(0, whole.length - Number(last)) : Number(first)
    const end =
      first === '' || last === '' ? whole.length : Math.min(Number(last) + 1, whole.length)
    if (start >= whole.length)
      return void response.writeHead(416, { 'Content-Range': `bytes */${whole.length}` }).end()
    response.statusCode = 206
    response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${whole.length}`)
    body = whole.subarray(start, end)
  }
  response.setHeader('Content-Length', body.length)
  if (fault !== 'cut') return void response.end(body)
  response.write(body.subarray(0, body.length >> 1), () => response.destroy())
}
