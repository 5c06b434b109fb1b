/**
 * Does the library run in pages of a real browser? The pages are cross-origin isolated, not
 * isolated, or have a policy that forbids compiling WebAssembly. The last test runs Node without
 * WebAssembly.
 */

import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Library from '../src/sync.ts'
import { type Answer, hasBrowser, openSite, type Site } from './site.ts'

const headers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/plain': {},
  '/isolated': {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  '/strict': { 'Content-Security-Policy': "default-src 'self'; script-src 'self'" },
}
const source = fileURLToPath(new URL('../src/sync.ts', import.meta.url))

let code = ''
let site: Site

beforeAll(async () => {
  const bundle = await rolldown({ input: source, treeshake: false, logLevel: 'silent' })
  code = (await bundle.generate({ format: 'esm' })).output[0].code
})

interface Global {
  readonly stridefold: typeof Library
}

describe.skipIf(!hasBrowser)('in a page', () => {
  const start =
    "import * as all from './library.js'; globalThis.stridefold = all; document.title = 'ready'"

  function answer(path: string): Answer {
    const type = 'text/javascript'
    if (path === '/library.js')
      return { type, body: code, headers: { 'Cross-Origin-Resource-Policy': 'same-origin' } }
    if (path === '/start.js') return { type, body: start }
    const body = '<!doctype html><script type="module" src="/start.js"></script>'
    return { type: 'text/html', body, headers: headers[path] ?? {} }
  }

  beforeAll(async () => {
    site = await openSite(answer)
  })
  afterAll(() => site.close())

  test.each(['/plain', '/isolated', '/strict'])('a pipeline runs in %s', async (path) => {
    const result = await site.runInPage(path, async () => {
      const { pipeline, zeros } = (globalThis as unknown as Global).stridefold
      const weight = zeros([4, 4, 3, 3])
      weight.data.fill(1)
      const net = pipeline(
        [
          { call: 'conv2d', weight, options: { padding: 1 } },
          { call: 'add', with: 'input' },
          { call: 'maxPool2d', size: 2 },
          { call: 'averagePool2d', size: 4 },
        ],
        { inputShape: [1, 4, 8, 8] },
      )
      const x = new Float32Array(256).fill(2)
      const now = [...net.runSync(x).data]
      const later = [...(await net.run(x)).data]
      return { now, later, backend: net.steps[0]!.backend }
    })
    // In the middle 36 products of 2, and the input.
    expect(result.now).toEqual([74, 74, 74, 74])
    expect(result.later).toEqual(result.now)
    expect(result.backend).toBe(path === '/strict' ? 'js' : 'wasm')
  })

  test('without isolation: arrays are on the heap, and browser APIs accept them', async () => {
    const result = await site.runInPage('/plain', async () => {
      const S = (globalThis as unknown as Global).stridefold
      const image = S.zeros([2, 3, 4], 'uint8c', { memory: 'backend' })
      image.data[5] = 77
      const imageData = new ImageData(image.data as never, 3, 2)
      const posted = await new Promise<number>((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port2.onmessage = ({ data }) => resolve(data[5])
        port1.postMessage(image.data)
      })
      const x = S.ndarray(new Float32Array([1, 2, 3, 4]), [4], { memory: 'backend' })
      const large = S.zeros([2000, 2000], 'float32', { memory: 'backend' })
      const out = S.zeros([4], 'float32', { memory: 'backend' })
      S.correlate(large, [[1]], { backend: 'wasm' })
      S.correlate(x, [1, 1, 1], { out, backend: 'wasm' })
      const transferred = structuredClone(out.data, { transfer: [out.data.buffer as ArrayBuffer] })
      x.release()
      let refused = ''
      try {
        S.correlate(x, [1])
      } catch (error) {
        refused = (error as { code: string }).code
      }
      const kinds = [image, large].map(({ data }) => Object.prototype.toString.call(data.buffer))
      return {
        isolated: crossOriginIsolated,
        kinds,
        image: imageData.data[5],
        posted,
        sums: [...transferred],
        refused,
        can: S.capabilities(),
      }
    })
    expect(result).toMatchObject({
      isolated: false,
      image: 77,
      posted: 77,
      sums: [3, 6, 9, 7],
      refused: 'RELEASED',
    })
    expect(result.kinds).toEqual(['[object ArrayBuffer]', '[object ArrayBuffer]'])
    expect(result.can).toMatchObject({ simd: true, sharedMemory: false })
  })

  test('with isolation: arrays are in shared memory', async () => {
    const result = await site.runInPage('/isolated', () => {
      const S = (globalThis as unknown as Global).stridefold
      const x = S.zeros([4], 'float32', { memory: 'backend' })
      return {
        isolated: crossOriginIsolated,
        kind: Object.prototype.toString.call(x.data.buffer),
        can: S.capabilities(),
      }
    })
    expect(result).toMatchObject({
      isolated: true,
      kind: '[object SharedArrayBuffer]',
      can: { simd: true, sharedMemory: true },
    })
  })

  test('with a policy that forbids compiling: errors and explanations name it', async () => {
    const result = await site.runInPage('/strict', () => {
      const S = (globalThis as unknown as Global).stridefold
      const p = S.plan('conv2d', [1, 8, 20, 20], [8, 8, 3, 3])
      let refused = { code: '', message: '' }
      try {
        S.correlate([1, 2, 3], [1], { backend: 'wasm' })
      } catch (error) {
        const { code, message } = error as { code: string; message: string }
        refused = { code, message }
      }
      const sums = [...S.correlate([1, 2, 3], [1, 1, 1]).data]
      return {
        refused,
        sums,
        backend: p.backend,
        decision: p.decision,
        explained: p.explain(),
        can: S.capabilities(),
      }
    })
    expect(result.refused).toMatchObject({
      code: 'WASM_FORBIDDEN',
      message: expect.stringContaining("'wasm-unsafe-eval'"),
    })
    expect(result).toMatchObject({
      sums: [3, 6, 5],
      backend: 'js',
      can: { simd: false, simdMissing: expect.stringContaining('forbidden') },
    })
    expect(result.decision).toMatch(/on js \(not on wasm: compiling WebAssembly is forbidden here/)
    expect(result.explained).toContain('forbidden')
  })
})

test('Node without WebAssembly: runs in JavaScript, and the decision gives the reason', () => {
  const library = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  const script = `import * as S from '${library}'
const p = S.plan('correlate', [5], [3])
const x = S.ndarray(new Float32Array([1, 2, 3]), [3], { memory: 'backend' })
const sums = [...S.correlate(x, [1, 1, 1]).data]
let refused
try { S.correlate([1], [1], { backend: 'wasm' }) } catch (error) { refused = error.code }
console.log(JSON.stringify({ decision: p.decision, sums, refused,
  missing: S.capabilities().simdMissing }))`
  const stdout = execFileSync(process.execPath, ['--jitless', '--input-type=module'], {
    input: script,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({
    sums: [3, 6, 5],
    refused: 'NO_WASM',
    missing: expect.stringContaining('without WebAssembly'),
  })
  expect(result.decision).toContain('not on wasm: this engine runs without WebAssembly')
})
