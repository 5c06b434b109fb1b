/**
 * Serves the built lab to this machine's browser and to nobody else: only on 127.0.0.1, only to
 * requests that name it as their host, and only the files that were there when it began, which it
 * keeps: what becomes of them afterwards, on the disk, changes nothing, and no request leads to the
 * disk. A page of elsewhere that points its own name at this address is refused by the Host check.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative, sep } from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

const securityHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob: " +
    "data:; style-src 'self'; img-src 'self' data: blob:; " +
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
  'Accept-Ranges': 'none',
}

interface LabFile {
  readonly type: string
  readonly content: Buffer
}

export interface LabServer {
  readonly address: string
  close(): Promise<void>
}

/** Serves the files of `folder`; `port` 0 is any free one. */
export async function serveLab(folder: string, port: number): Promise<LabServer> {
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path): [string, LabFile] => [
        `/${relative(folder, path).split(sep).join('/')}`,
        fileAt(path),
      ]),
  )
  const server = createServer((request, response) => answer(request, response, files, server))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  // Later errors are of one connection that could not be taken: the next one may.
  server.on('error', () => {})
  return {
    address: `http://127.0.0.1:${portOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const fileAt = (path: string): LabFile => ({
  type: contentTypes[extname(path)] ?? 'application/octet-stream',
  content: readFileSync(path),
})

const portOf = (server: Server): number => (server.address() as AddressInfo).port

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, LabFile>,
  server: Server,
): void {
  const reject = (
    status: number,
    text: string,
    headers: Readonly<Record<string, string>> = {},
  ): void =>
    void response
      .writeHead(status, {
        ...securityHeaders,
        ...headers,
        'Content-Type': 'text/plain; charset=utf-8',
      })
      .end(`${text}\n`)
  const { host } = request.headers
  if (host !== `127.0.0.1:${portOf(server)}` && host !== `localhost:${portOf(server)}`)
    return reject(403, 'This server answers to 127.0.0.1 only.')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return reject(405, 'Only GET and HEAD are answered.', { Allow: 'GET, HEAD' })
  const path = (request.url ?? '/').split(/[?#]/)[0]!
  const file = files.get(path === '/' ? '/index.html' : path)
  if (file === undefined) return reject(404, 'There is no such file in the lab.')
  response.writeHead(200, {
    ...securityHeaders,
    'Content-Type': file.type,
    'Content-Length': file.content.length,
  })
  response.end(request.method === 'HEAD' ? undefined : file.content)
}
