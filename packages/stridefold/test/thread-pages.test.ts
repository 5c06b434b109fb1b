/**
 * Do asynchronous calls leave a page alive? The pages are cross-origin isolated, or not, and have a
 * policy that forbids workers from `blob:` addresses, or not. Results must have the bits of
 * synchronous calls everywhere.
 */

import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workerSource } from '../src/backends/wasm/threads/worker-source.ts'
import type * as Library from '../src/index.ts'
import { type Answer, hasBrowser, openSite, type Site } from './site.ts'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
const strict = {
  'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
}
const headers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/plain': {},
  '/isolated': isolation,
  '/strict': { ...isolation, ...strict },
  '/plain-strict': strict,
}
const source = fileURLToPath(new URL('../src/index.ts', import.meta.url))

/** What a page found out about a large layer. */
interface Found {
  /** Elements that differ from those of the synchronous call. */
  readonly differences: number
  /** Turns of the page's event loop while the calls computed. */
  readonly turns: number
  readonly threads: number
  readonly why: string | undefined
}

interface Global {
  readonly stridefold: typeof Library
  compute(threads: number): Promise<Found>
}

const start = `
import * as stridefold from './library.js'
const fill = (x) => {
  x.data.forEach((_, i) => { x.data[i] = ((i * 7) % 31) / 7 - 2 })
  return x
}
globalThis.stridefold = stridefold
globalThis.compute = async (threads) => {
  const { capabilities, configure, conv2d, conv2dSync, zeros } = stridefold
  configure({ threads })
  const [x, k] = [fill(zeros([1, 64, 112, 112])), fill(zeros([64, 64, 3, 3]))]
  const expected = conv2dSync(x, k, { padding: 1 })
  await conv2d(x, k, { padding: 1 })
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  let y
  for (let i = 0; i < 10; i++) y = await conv2d(x, k, { padding: 1 })
  clearInterval(timer)
  const differences = y.data.filter((v, i) => !Object.is(v, expected.data[i])).length
  const { threads: most, missing } = capabilities()
  return { differences, turns, threads: most, why: missing.threads }
}
if (globalThis.document) document.title = 'ready'
`

const scripts: Readonly<Record<string, () => string>> = {
  '/library.js': () => code,
  '/start.js': () => start,
  '/worker.js': () => workerSource,
  '/in-worker.js': () => "import './start.js'; compute(2).then((found) => postMessage(found))",
}

let code = ''
let site: Site

function answer(path: string): Answer {
  const script = scripts[path]
  // A worker has the policy of its script.
  const policy = path === '/in-worker.js' ? {} : strict
  if (script !== undefined)
    return { type: 'text/javascript', body: script(), headers: { ...isolation, ...policy } }
  const body = '<!doctype html><script type="module" src="/start.js"></script>'
  return { type: 'text/html', body, headers: headers[path] ?? {} }
}

describe.skipIf(!hasBrowser)('a page', () => {
  beforeAll(async () => {
    const bundle = await rolldown({ input: source, treeshake: false, logLevel: 'silent' })
    code = (await bundle.generate({ format: 'esm' })).output[0].code
    site = await openSite(answer)
  })
  afterAll(() => site.close())

  const compute = (path: string): Promise<Found> =>
    site.runInPage(path, () => (globalThis as unknown as Global).compute(2))

  test('that is isolated stays alive while workers compute', async () => {
    const found = await compute('/isolated')
    expect(found).toMatchObject({ differences: 0, threads: 2 })
    expect(found.why).toBeUndefined()
    expect(found.turns).toBeGreaterThan(4)
  })

  test('that is not isolated sends boxes to workers, and stays alive', async () => {
    const found = await compute('/plain')
    expect(found).toMatchObject({ differences: 0, threads: 2 })
    expect(found.why).toBeUndefined()
    expect(found.turns).toBeGreaterThan(4)
  })

  const forbidden = ['/strict', '/plain-strict']

  test.each(forbidden)('that forbids blob: workers computes in turns: %s', async (path) => {
    const found = await compute(path)
    expect(found).toMatchObject({ differences: 0, threads: 1 })
    expect(found.why).toMatch(/Content-Security-Policy/)
    expect(found.turns).toBeGreaterThan(4)
  })

  test.each(forbidden)('that forbids them may name the address of the script: %s', async (path) => {
    const found = await site.runInPage(path, () => {
      const page = globalThis as unknown as Global
      page.stridefold.configure({ workerUrl: '/worker.js' })
      return page.compute(2)
    })
    expect(found).toMatchObject({ differences: 0, threads: 2 })
    expect(found.turns).toBeGreaterThan(4)
  })

  test.each(['/isolated', '/plain'])('may compute in a worker with workers: %s', async (path) => {
    const found = await site.runInPage(
      path,
      () =>
        new Promise<Found>((resolve, reject) => {
          const worker = new Worker('/in-worker.js', { type: 'module' })
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => reject(new Error(message))
        }),
    )
    expect(found).toMatchObject({ differences: 0, threads: 2 })
  })

  test('whose worker fails rejects that call, and the next one works', async () => {
    const found = await site.runInPage('/plain', async () => {
      const { stridefold, compute } = globalThis as unknown as Global
      const { configure, conv2d, zeros } = stridefold
      configure({ threads: 2 })
      // The workers of the library, as the page sees them.
      const workers: Worker[] = []
      const { Worker: Original } = globalThis
      globalThis.Worker = class extends Original {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options)
          workers.push(this)
        }
      }
      const [x, k] = [zeros([8, 64, 112, 112]), zeros([64, 64, 3, 3])]
      await conv2d(x, k, { padding: 1 })
      const call = conv2d(x, k, { padding: 1 })
      setTimeout(() => workers[0]!.dispatchEvent(new ErrorEvent('error', { message: 'gone' })), 5)
      const code = await call.then(
        () => 'none',
        (error: { readonly code: string }) => error.code,
      )
      return { code, differences: (await compute(2)).differences }
    })
    expect(found).toEqual({ code: 'WORKER_FAILED', differences: 0 })
  })
})
