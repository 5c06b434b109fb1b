/**
 * Serves the built lab to browsers on this machine only. It listens on 127.0.0.1 and rejects
 * requests with another Host header. So a page from elsewhere cannot reach it through DNS
 * rebinding. All files are read into memory at the start: no request reaches the disk, and later
 * changes on the disk have no effect. Text is sent compressed to browsers that accept it.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative, sep } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

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

/** The page that other pages may show in a frame. It changes nothing outside of itself. */
const embedPath = '/embed.html'
const embedHeaders = {
  ...securityHeaders,
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Content-Security-Policy': securityHeaders['Content-Security-Policy'].replace(
    "frame-ancestors 'none'",
    'frame-ancestors *',
  ),
}

/** The encodings of a response, best first. `identity` is the file itself. */
const encodings = ['br', 'gzip', 'identity'] as const
type Encoding = (typeof encodings)[number]

const brotliQuality = 9
const encode: Readonly<Record<Encoding, (content: Buffer) => Buffer>> = {
  br: (content) =>
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
  gzip: (content) => gzipSync(content, { level: 9 }),
  identity: (content) => content,
}

interface LabFile {
  readonly type: string
  /** The content in every encoding that was sent before. */
  readonly contents: Map<Encoding, Buffer>
}

export interface LabServer {
  readonly address: string
  close(): Promise<void>
}

/** Serves the files of `folder`. `port` 0 chooses any free port. */
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
  // Later errors belong to one failed connection. The next one may succeed.
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
  type: contentTypes[extname(path)] ?? binaryType,
  contents: new Map([['identity', readFileSync(path)]]),
})

const binaryType = 'application/octet-stream'

/** The content in an encoding. It is encoded at the first request. */
function contentOf({ contents }: LabFile, encoding: Encoding): Buffer {
  const content = contents.get(encoding) ?? encode[encoding](contents.get('identity')!)
  contents.set(encoding, content)
  return content
}

/** The best encoding that an `Accept-Encoding` header allows. Without a header: the file itself. */
function encodingFor(header: string): Encoding {
  const weights = new Map(
    header.split(',').map((part) => {
      const [name = '', ...settings] = part.split(';').map((word) => word.trim().toLowerCase())
      const weight = settings.find((setting) => setting.startsWith('q='))?.slice(2)
      return [name, weight === undefined ? 1 : Number(weight)] as const
    }),
  )
  return encodings.find((name) => (weights.get(name) ?? weights.get('*') ?? 0) > 0) ?? 'identity'
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, LabFile>,
  server: Server,
): void {
  const answerShort = (
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
    return answerShort(403, 'This server accepts only the host 127.0.0.1.')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return answerShort(405, 'Only GET and HEAD are supported.', { Allow: 'GET, HEAD' })
  const [path = '/', query = ''] = (request.url ?? '/').split(/[?#]/)
  // A redirect keeps the part of an address after '#', which holds the problem.
  if (path === '/' && new URLSearchParams(query).has('embed') && files.has(embedPath))
    return answerShort(302, 'The lab in a frame.', { Location: embedPath.slice(1) })
  const file = files.get(path === '/' ? '/index.html' : path)
  if (file === undefined) return answerShort(404, 'The lab has no such file.')
  const encoding =
    file.type === binaryType
      ? 'identity'
      : encodingFor(String(request.headers['accept-encoding'] ?? ''))
  const content = contentOf(file, encoding)
  response.writeHead(200, {
    ...(path === embedPath ? embedHeaders : securityHeaders),
    'Content-Type': file.type,
    'Content-Length': content.length,
    Vary: 'Accept-Encoding',
    ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
  })
  response.end(request.method === 'HEAD' ? undefined : content)
}
