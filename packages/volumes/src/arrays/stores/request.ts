/**
 * One request to a web server, as often as it takes: the answer may be late, cut off, or an error
 * of a server that is busy. Every attempt has its own time, which begins again with every piece
 * that arrives.
 */

import { VolumeError } from '../../errors.ts'
import { sleep } from './sleep.ts'

export interface HttpOptions {
  /** Headers of every request, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /** How often a request is repeated that failed. Default 4. */
  readonly retries?: number
  /** Milliseconds without a byte after which an attempt has failed. Default 30 000. */
  readonly timeout?: number
  /** Milliseconds before the first repetition, then twice as many, and so on. Default 250. */
  readonly wait?: number
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface Request {
  readonly method?: 'GET' | 'HEAD'
  readonly range?: string
  /** The most bytes of a body that make sense. */
  readonly limit?: number
}

/** The answer of a server with a status below 500. Rejects with a `VolumeError` otherwise. */
export async function request(
  url: string,
  { method = 'GET', range, limit = Infinity }: Request,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { retries = 4, wait = 250 } = options
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, method, range, limit, options, signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof Passing)) throw error
      if (attempt === retries)
        throw new VolumeError(
          'store',
          `${shown(url)} cannot be read: ${error.message}, ${retries + 1} times. Try again later.`,
          { cause: error },
        )
      // Others wait as well: a random part keeps them from coming back all at once.
      const pause = Math.max(wait * 2 ** attempt * (0.5 + Math.random() / 2), error.pause)
      await sleep(pause, signal)
    }
  }
}

/** The address without what may be secret in it. */
export function shown(url: string): string {
  const { origin, pathname } = new URL(url)
  return decodeURI(origin + pathname)
}

/** A failure that may be over at the next attempt. */
class Passing extends Error {
  /** Milliseconds that the server asked to wait. */
  readonly pause: number
  constructor(message: string, pause = 0, options?: ErrorOptions) {
    super(message, options)
    this.pause = pause
  }
}

async function once(
  url: string,
  method: 'GET' | 'HEAD',
  range: string | undefined,
  limit: number,
  { headers, timeout = 30_000 }: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const clock = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => clock.abort(), timeout)
  }
  alive()
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(range === undefined ? {} : { Range: range }) },
      signal: signal ? AbortSignal.any([signal, clock.signal]) : clock.signal,
    })
    alive()
    const { status } = response
    if (status >= 500 || status === 429 || status === 408) {
      await response.body?.cancel()
      throw new Passing(`the server answered ${status}`, pauseIn(response.headers))
    }
    const length = Number(response.headers.get('content-length') ?? Number.NaN)
    if (method === 'GET' && length > limit) {
      await response.body?.cancel()
      throw new VolumeError(
        'store',
        `${shown(url)}: the server sent ${length} bytes where at most ${limit} were asked for. ` +
          'It does not serve parts of files (ranges). Copy the array to this machine.',
      )
    }
    const bytes = await bodyOf(response, alive, limit)
    // A compressed body is longer than it says.
    const whole = method === 'HEAD' || response.headers.has('content-encoding')
    if (!whole && Number.isFinite(length) && bytes.length !== length)
      throw new Passing(`the answer was cut off after ${bytes.length} of ${length} bytes`)
    return { status, headers: response.headers, bytes }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof Passing || error instanceof VolumeError) throw error
    if (clock.signal.aborted)
      throw new Passing(`nothing came for ${timeout / 1000} s`, 0, { cause: error })
    throw new Passing(`the connection failed (${reasonOf(error)})`, 0, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

async function bodyOf(
  response: Response,
  alive: () => void,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  while (reader && length <= limit) {
    const { done, value } = await reader.read()
    if (done) break
    alive()
    parts.push(value)
    length += value.length
  }
  if (length > limit) await reader?.cancel()
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Node says only "fetch failed", and the reason is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const deepest = cause instanceof Error && cause.message ? cause : error
  return deepest instanceof Error ? deepest.message : String(deepest)
}

const longestPause = 30_000

/** Retry-After in seconds; a date would need clocks that agree. */
function pauseIn(headers: Headers): number {
  const seconds = Number(headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, longestPause) : 0
}
