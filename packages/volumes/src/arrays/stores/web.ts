/** Arrays behind a web server, read by ranges. In Node and in pages. */

import { VolumeError } from '../../errors.ts'
import { type Answer, type HttpOptions, request, shown } from './request.ts'
import type { ByteRange, ByteSource, Store } from './store.ts'

/** A folder of a web server as a store. The query of the address belongs to every request. */
export function openWeb(address: string, options: HttpOptions = {}): Store {
  const base = new URL(address)
  const urlOf = (key: string): string => {
    const url = new URL(base)
    const path = key.split('/').map(encodeURIComponent).join('/')
    url.pathname = url.pathname.replace(/\/*$/, `/${path}`)
    return url.href
  }
  return {
    address: shown(address).replace(/\/+$/, ''),
    parallel: 8,
    get: async (key, signal) => {
      const answer = await request(urlOf(key), {}, options, signal)
      return isThere(urlOf(key), answer) ? answer.bytes : undefined
    },
    getRange: (key, range, signal) => rangeOf(urlOf(key), range, options, signal),
    close: async () => {},
  }
}

/** A file of a web server. Rejects if it is not there. */
export async function openWebFile(
  address: string,
  options: HttpOptions = {},
  signal?: AbortSignal,
): Promise<ByteSource> {
  const length = await lengthOf(address, options, signal)
  return {
    address: shown(address),
    length,
    gapBytes: 256 * 2 ** 10,
    read: async (offset, count, signal) => {
      const bytes = await rangeOf(address, { offset, length: count }, options, signal)
      if (bytes?.length === count) return bytes
      throw new VolumeError(
        'data',
        `${shown(address)} is cut off: ${count} bytes are needed from ${offset}, but ` +
          `${bytes?.length ?? 0} are there.`,
      )
    },
    close: async () => {},
  }
}

/** Whether there is a value. Throws for an answer that says neither yes nor no. */
function isThere(url: string, { status }: Answer): boolean {
  if (status >= 200 && status < 300) return true
  if (status === 404 || status === 410) return false
  throw new VolumeError('store', `${shown(url)} cannot be read: ${statusText(status)}`)
}

const statusText = (status: number): string =>
  status === 401 || status === 403
    ? `the server refuses it (${status}). Give it the right headers. Some servers refuse what is ` +
      'not there.'
    : `the server answered ${status}.`

async function rangeOf(
  url: string,
  range: ByteRange,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const count = 'offset' in range ? range.length : range.suffixLength
  if (count === 0) return new Uint8Array(0)
  const header =
    'offset' in range
      ? `bytes=${range.offset}-${range.offset + range.length - 1}`
      : `bytes=-${range.suffixLength}`
  // A server without ranges sends everything: a small file is taken as it is.
  const limit = Math.max(count, 2 ** 20)
  const answer = await request(url, { range: header, limit }, options, signal)
  const { status, headers, bytes } = answer
  // There are no such bytes.
  if (status === 416) return new Uint8Array(0)
  if (!isThere(url, answer)) return undefined
  if (status === 206) {
    const [, start, total] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
    if (start === undefined) return bytes
    const wanted = 'offset' in range ? range.offset : Math.max(0, Number(total) - count)
    if (Number(start) === wanted) return bytes
    // Some servers take the last bytes for the first ones. They tell how many there are.
    if ('suffixLength' in range)
      return rangeOf(url, { offset: wanted, length: Number(total) - wanted }, options, signal)
    throw new VolumeError(
      'store',
      `${shown(url)}: the server sent bytes from ${start} on where those from ${wanted} on were ` +
        'asked for. Copy the array to this machine.',
    )
  }
  return 'offset' in range
    ? bytes.subarray(range.offset, range.offset + range.length)
    : bytes.subarray(Math.max(0, bytes.length - count))
}

/** By a HEAD request, or by the total in the answer for one byte. */
async function lengthOf(
  url: string,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<number> {
  const head = await request(url, { method: 'HEAD' }, options, signal)
  const length = head.headers.get('content-length')
  if (head.status < 300 && length !== null) return Number(length)
  const one = await request(url, { range: 'bytes=0-0', limit: 2 ** 20 }, options, signal)
  if (!isThere(url, one)) throw new VolumeError('store', `${shown(url)} does not exist.`)
  const total = /\/(\d+)$/.exec(one.headers.get('content-range') ?? '')?.[1]
  if (total !== undefined) return Number(total)
  if (one.status === 200) return one.bytes.length
  throw new VolumeError(
    'store',
    `${shown(url)}: the server does not tell how long this file is. Copy it to this machine.`,
  )
}
