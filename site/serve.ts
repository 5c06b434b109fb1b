/** Serves a built site to browsers on this machine only. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.webmanifest': 'application/manifest+json',
}

interface Served {
  /** The address of the first page. */
  readonly address: string
  readonly server: Server
}

interface Place {
  /** Default: a free port. */
  readonly port?: number
  /** Begins and ends with a slash. Default: `/`. */
  readonly path?: string
}

/** Serves the files of a folder below a path. */
export function serve(folder: string, { port = 0, path = '/' }: Place = {}): Promise<Served> {
  const server = createServer((request, response) => {
    const host = request.headers.host?.replace(/:\d+$/, '')
    // A page from elsewhere could reach this server through a name that leads here.
    if (host !== '127.0.0.1' && host !== 'localhost') return void response.writeHead(403).end()
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = pathname.startsWith(path) ? fileAt(folder, pathname.slice(path.length)) : undefined
    const status = file === undefined ? 404 : 200
    const found = file ?? join(folder, '404.html')
    response.writeHead(status, {
      'Content-Type': contentTypes[extname(found)] ?? 'application/octet-stream',
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
    })
    response.end(readFileSync(found))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ server, address: `http://127.0.0.1:${port}${path}` })
    })
  })
}

/** The file for a path, or undefined. A path never leads out of the folder. */
function fileAt(folder: string, path: string): string | undefined {
  const file = join(folder, normalize(`/${decoded(path)}`))
  const found = file.endsWith('/') || file.endsWith('\\') ? join(file, 'index.html') : file
  return existsSync(found) && statSync(found).isFile() ? found : undefined
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
