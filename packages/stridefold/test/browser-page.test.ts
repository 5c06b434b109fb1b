/**
 * Is docs/browser.md true? Its snippets run in a real page, without a bundler and with Vite, and
 * print what their comments say. Its statements about policies and isolation are tried.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { writeNpy } from 'stridefold/npy'
import { ndarray } from 'stridefold/sync'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProject } from './installed.ts'
import { type Answer, hasBrowser, openSite, type Site } from './site.ts'
import { namedSnippet, pageText, shown, snippetsOf } from './snippets.ts'

const page = 'docs/browser.md'
const snippets = snippetsOf(page, ['js'])
const workers = ['blur-worker.js', 'offscreen-worker.js']
const isWorker = (code: string): boolean => workers.some((name) => code.startsWith(`// ${name}`))
const runnable = snippets.filter(({ code }) => !isWorker(code))

/** Collects what a module prints, as in `runSnippet`, then sets the title. */
const runner = (specifier: string): string => `globalThis.printed = []
const shown = ${shown}
console.log = (...values) => printed.push(values.map(shown).join(' '))
await import('${specifier}')
document.title = 'ready'
`

const printed = (): readonly string[] => (globalThis as unknown as { printed: string[] }).printed

/** The HTML of the page, with another script. */
const html = (script: string): string =>
  namedSnippet(page, 'index.html').replace('/main.js', `/${script}`)

const volume = writeNpy(ndarray(new Float64Array(6 * 7 * 8), [6, 7, 8]))

/** The headers of each `http` block of the page. */
const headers = snippetsOf(page, ['http']).map(({ code }) =>
  Object.fromEntries(
    code
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  ),
)

/** As the page says: the import map is an inline script. Here the policy allows those. */
const withInline = (policy: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(policy).map(([name, value]) => [
      name,
      value.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
    ]),
  )
const [policy, isolation] = headers as [Record<string, string>, Record<string, string>]
const strict = withInline({ 'Content-Security-Policy': "script-src 'self'" })

/** Where the library's own import works: workers do not see the import map. */
const forWorker = (code: string): string =>
  code.replace("'stridefold/sync'", "'/node_modules/stridefold/dist/sync.js'")

describe.skipIf(!hasBrowser)('docs/browser.md', () => {
  let project: Awaited<ReturnType<typeof makeProject>>
  let site: Site

  /** `/at/x/y`: the file y with the headers of x. */
  const variants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    plain: {},
    policy: withInline(policy),
    strict,
    isolated: isolation,
  }

  function answer(path: string): Answer | undefined {
    const [, variant = '', script = ''] = /^\/at\/(\w+)\/(.*)$/.exec(path) ?? []
    if (variant in variants)
      return { type: 'text/html', body: html(script), headers: variants[variant]! }
    if (path === '/volume.npy') return { type: 'application/octet-stream', body: volume }
    const file = join(project.folder, path)
    if (!existsSync(file)) return undefined
    const own = path.endsWith('strict-worker.js') ? strict : isolation
    return {
      type: path.endsWith('.js') ? 'text/javascript' : 'text/html',
      body: readFileSync(file),
      headers: { 'Cross-Origin-Resource-Policy': 'same-origin', ...own },
    }
  }

  beforeAll(async () => {
    const files: Record<string, string> = {
      'package.json': '{ "private": true, "type": "module" }',
    }
    for (const { line, code } of runnable) {
      files[`snippet-${line}.js`] = code
      files[`run-${line}.js`] = runner(`/snippet-${line}.js`)
    }
    for (const name of workers) files[name] = forWorker(namedSnippet(page, name))
    for (const name of ['main.js', 'blur-page.js', ...workers])
      files[`app/${name}`] = namedSnippet(page, name)
    files['app/index.html'] = '<!doctype html><script type="module" src="/main.js"></script>'
    files['worker/index.html'] = '<!doctype html><script type="module" src="/run.js"></script>'
    files['worker/run.js'] = runner('./blur-page.js')
    for (const name of ['blur-page.js', 'blur-worker.js'])
      files[`worker/${name}`] = namedSnippet(page, name)
    files['offscreen.js'] = offscreen
    files['worker-backend.js'] = workerBackend
    for (const name of ['free-worker.js', 'strict-worker.js']) files[name] = backendWorker
    files['shared.js'] = shared
    project = await makeProject(files)
    site = await openSite(answer)
  }, 60_000)
  afterAll(async () => {
    await site.close()
    project.remove()
  })

  test('every snippet is run or is a worker', () => {
    expect(runnable.length + workers.length).toBe(snippets.length)
    for (const { code, printed: said } of runnable) expect(said.length, code).toBeGreaterThan(0)
  })

  test.each(runnable.map((snippet) => [snippet.line, snippet] as const))(
    'the snippet at line %i, without a bundler, prints what it says',
    async (line, snippet) => {
      expect(await site.runInPage(`/at/plain/run-${line}.js`, printed)).toEqual(snippet.printed)
    },
  )

  const buildApp = (folder: string): Promise<unknown> =>
    build({
      root: join(project.folder, folder),
      base: `/${folder}/dist/`,
      configFile: false,
      logLevel: 'silent',
      build: { target: 'esnext' },
    })
  const builtFiles = (folder: string): readonly string[] => {
    const assets = join(project.folder, folder, 'dist/assets')
    return readdirSync(assets).map((name) => readFileSync(join(assets, name), 'utf8'))
  }

  test('Vite bundles the first snippet to the size that the page tells', async () => {
    await buildApp('app')
    const [code = ''] = builtFiles('app')
    const [, bytes, zipped] = /makes (\d+) kB of this, (\d+) kB with gzip/.exec(pageText(page))!
    for (const [actual, said] of [
      [code.length, bytes],
      [gzipSync(code).length, zipped],
    ] as const)
      expect(Math.abs(actual / 1000 / Number(said) - 1)).toBeLessThan(0.15)
  })

  test('Vite bundles the worker too', async () => {
    await buildApp('worker')
    expect(builtFiles('worker').length).toBeGreaterThan(1)
    const { printed: said } = runnable.find(({ code }) => code.startsWith('// blur-page.js'))!
    expect(await site.runInPage('/worker/dist/index.html', printed)).toEqual(said)
  })

  test('an OffscreenCanvas in a worker blurs a file', async () => {
    expect(await site.runInPage('/at/plain/offscreen.js', printed)).toEqual(['true'])
  })

  test.each([
    ['the policy of the page', 'policy', ['wasm', 'true']],
    ["script-src 'self'", 'strict', ['js', 'false']],
  ])('with %s', async (_, variant, expected) => {
    const { line } = runnable.find(({ code }) => code.includes('capabilities().simd'))!
    expect(await site.runInPage(`/at/${variant}/run-${line}.js`, printed)).toEqual(expected)
  })

  test('a worker has the policy of its own response', async () => {
    const backends = await site.runInPage('/at/strict/worker-backend.js', printed)
    expect(backends).toEqual(['wasm', 'js'])
  })

  test('ImageData rejects shared memory, and a copy works', async () => {
    const { line, printed: said } = runnable.find(({ code }) => code.includes('data.slice(), 64'))!
    expect(await site.runInPage(`/at/isolated/run-${line}.js`, printed)).toEqual(said)
    expect(await site.runInPage('/at/isolated/shared.js', printed)).toEqual([
      'true',
      'TypeError',
      'TypeError',
    ])
    expect(await site.runInPage('/at/plain/shared.js', printed)).toEqual(['false', 'none', 'none'])
  })
})

const offscreen = `globalThis.printed = []
const canvas = document.querySelector('canvas')
const context = canvas.getContext('2d')
context.fillRect(0, 0, 32, 48)
const blob = await new Promise((resolve) => canvas.toBlob(resolve))
const worker = new Worker('/offscreen-worker.js', { type: 'module' })
worker.postMessage(blob)
const blurred = await new Promise((resolve) => {
  worker.addEventListener('message', (event) => resolve(event.data), { once: true })
})
context.clearRect(0, 0, 64, 48)
context.drawImage(await createImageBitmap(blurred), 0, 0)
const { data } = context.getImageData(0, 24, 64, 1)
printed.push(String(data[3] > 250 && data[4 * 31 + 3] < 200 && data[4 * 63 + 3] < 5))
document.title = 'ready'
`

const backendWorker = `import { plan } from '/node_modules/stridefold/dist/sync.js'
postMessage(plan('correlate', [480, 640], [3, 3]).backend)
`

const workerBackend = `globalThis.printed = []
for (const name of ['free', 'strict']) {
  const worker = new Worker('/' + name + '-worker.js', { type: 'module' })
  printed.push(await new Promise((resolve, reject) => {
    worker.addEventListener('message', (event) => resolve(event.data))
    worker.addEventListener('error', () => reject(new Error(name)))
  }))
}
document.title = 'ready'
`

const shared = `import { capabilities, zeros } from 'stridefold/sync'
const { data } = zeros([4], 'uint8c', { memory: 'backend' })
const errorOf = (run) => {
  try {
    run()
    return 'none'
  } catch (error) {
    return error.name
  }
}
globalThis.printed = [
  String(capabilities().sharedMemory),
  errorOf(() => new ImageData(data, 1, 1)),
  errorOf(() => new TextDecoder().decode(data)),
]
document.title = 'ready'
`
