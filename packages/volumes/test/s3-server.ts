/**
 * A small server of S3 over a map of objects, for tests: objects with ranges, lists, removals,
 * conditional creation, and faults as it is told. It knows one bucket, `data`, and one user.
 *
 *   faults: ['503', 'cut']      the first request is answered 503, the second is cut off
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { S3Options } from '../src/index.ts'

export type S3Fault = 'none' | '503' | 'cut' | 'hang' | '403'

export interface S3Server {
  readonly objects: Map<string, Buffer>
  /** What happens to the next requests, one by one. */
  readonly faults: S3Fault[]
  /** `GET a.zarr/0 bytes=0-7`, `PUT a.zarr/0` and so on. */
  readonly log: string[]
  readonly options: S3Options
}

export async function s3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const faults: S3Fault[] = []
  const log: string[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const url = new URL(request.url!, 'http://localhost')
    const [, bucket = '', ...parts] = url.pathname.split('/').map(decodeURIComponent)
    const key = parts.join('/')
    const { range } = request.headers
    log.push([request.method, key || url.search, range].filter(Boolean).join(' '))
    const fault = faults.shift()
    if (fault === 'hang') return
    if (fault === '503') return refuse(response, 503, 'SlowDown')
    const known = request.headers.authorization?.includes('Credential=tester/')
    if (fault === '403' || !known) return refuse(response, 403, 'AccessDenied')
    if (bucket !== 'data') return refuse(response, 404, 'NoSuchBucket')
    if (request.method === 'POST') return removeAll(response, objects, body.toString())
    if (request.method === 'PUT') {
      if (request.headers['if-none-match'] === '*' && objects.has(key))
        return refuse(response, 412, 'PreconditionFailed')
      objects.set(key, body)
      return void response.writeHead(200, { ETag: '"1"' }).end()
    }
    if (key === '') return list(response, objects, url.searchParams)
    const object = objects.get(key)
    if (!object) return refuse(response, 404, 'NoSuchKey')
    send(request, response, object, fault === 'cut')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret' }
  const options = { endpoint: `http://127.0.0.1:${port}`, credentials, attempts: 3, timeout: 500 }
  return { objects, faults, log, options }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>said the server</Message></Error>`)
}

function removeAll(response: ServerResponse, objects: Map<string, Buffer>, xml: string): void {
  for (const [, key] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(key!)
  response.end('<DeleteResult></DeleteResult>')
}

/** At most three at once, so that every list of a test has several pages. */
function list(
  response: ServerResponse,
  objects: Map<string, Buffer>,
  query: URLSearchParams,
): void {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter')
  const after = query.get('continuation-token') ?? ''
  const most = Math.min(3, Number(query.get('max-keys') ?? 3))
  const names = new Set(
    [...objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => {
        const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1
        return end < 0 ? key : key.slice(0, end + 1)
      }),
  )
  const rest = [...names].sort().filter((name) => name > after)
  const page = rest.slice(0, most)
  const entries = page.map((name) =>
    name.endsWith('/')
      ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${name}</Key></Contents>`,
  )
  const isCut = rest.length > most
  const token = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  response.setHeader('Content-Type', 'application/xml')
  response.end(
    `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${token}${entries.join('')}` +
      '</ListBucketResult>',
  )
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  object: Buffer,
  isCut: boolean,
): void {
  let body = object
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (first !== undefined) {
    const start = first === '' ? Math.max(0, object.length - Number(last)) : Number(first)
    if (start >= object.length) return refuse(response, 416, 'InvalidRange')
    const end = first === '' || last === '' ? object.length : Number(last) + 1
    body = object.subarray(start, end)
    response.statusCode = 206
    const stop = start + body.length - 1
    response.setHeader('Content-Range', `bytes ${start}-${stop}/${object.length}`)
  }
  response.setHeader('Content-Length', body.length)
  if (request.method === 'HEAD') return void response.end()
  if (!isCut) return void response.end(body)
  response.write(body.subarray(0, body.length >> 1), () => response.destroy())
}
