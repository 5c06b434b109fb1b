/**
 * What does importing cost? Only definitions: no WebAssembly, no workers, no arrays to speak of.
 * And a page that imports one call bundles nothing of the sections that it does not use.
 */

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { makeProject } from './installed.ts'

const source = fileURLToPath(new URL('../src/', import.meta.url))

describe('importing', () => {
  const made: { readonly name: string; readonly bytes: number }[] = []

  /** The maker, which also notes what it makes. */
  const noted = <T extends object>(name: string, maker: T): T =>
    new Proxy(maker, {
      construct(target, given, newTarget) {
        const object = Reflect.construct(target as never, given, newTarget) as ArrayBufferView
        made.push({ name, bytes: object.byteLength ?? 0 })
        return object
      },
    })

  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
    made.length = 0
  })

  async function importNoted(entry: string): Promise<object> {
    vi.resetModules()
    vi.stubGlobal('WebAssembly', {
      ...WebAssembly,
      Module: noted('Module', WebAssembly.Module),
      Instance: noted('Instance', WebAssembly.Instance),
      Memory: noted('Memory', WebAssembly.Memory),
      validate: (bytes: BufferSource) => {
        made.push({ name: 'validate', bytes: bytes.byteLength })
        return WebAssembly.validate(bytes)
      },
    })
    for (const name of ['Uint8Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array'])
      vi.stubGlobal(name, noted(name, Reflect.get(globalThis, name)))
    vi.stubGlobal('ArrayBuffer', noted('ArrayBuffer', ArrayBuffer))
    return import(entry)
  }

  test.each(['index', 'sync', 'verify', 'npy', 'boxes', 'audio-worklet'])(
    '%s makes nothing but small arrays',
    async (name) => {
      await importNoted(`../src/${name}.ts`)
      const kinds = new Set(made.map((one) => one.name))
      for (const kind of ['Module', 'Instance', 'Memory', 'validate'])
        expect(kinds.has(kind), kind).toBe(false)
      expect(made.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1000)
    },
  )

  test('the first call makes modules and memories, so this test would notice them', async () => {
    const library = (await importNoted('../src/sync.ts')) as typeof import('stridefold/sync')
    library.correlate([1, 2, 3], [1, 1])
    const kinds = new Set(made.map((one) => one.name))
    for (const kind of ['Module', 'Instance', 'Memory']) expect(kinds.has(kind), kind).toBe(true)
  })
})

/** The modules and the minified code of a bundle of `correlate` alone. */
async function bundleOf(entry: string): Promise<{ modules: string[]; code: string }> {
  const page = `export { correlate } from ${JSON.stringify(`${source}${entry}.ts`)}`
  const bundle = await rolldown({
    input: 'page',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? id : null),
        load: (id) => (id === 'page' ? page : null),
      },
    ],
    logLevel: 'silent',
  })
  const { modules, code } = (await bundle.generate({ format: 'esm', minify: true })).output[0]
  const held = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0)
  return { modules: held.map(([id]) => id.replace(source, '')), code }
}

describe('a bundle of correlate alone', () => {
  test.each(['index', 'sync'])('from %s has none of the other sections', async (entry) => {
    const { modules, code } = await bundleOf(entry)
    expect(modules).toContain('runtime/call.ts')
    for (const unused of [
      /^(layers|verify|npy|boxes)\.ts$/,
      /^(gradients|explain|matrices|npy|boxes)\//,
      /^geometry\/(layer-geometry|notation|solve-shape|pool-geometry)\.ts$/,
      /^kernels\/(named|definition|describe|lint|smoothing|sharpening|edges)\.ts$/,
      /^runtime\/(plan|make-plan|pipeline.*|make-pipeline|read-steps|capabilities|configure)\.ts$/,
      /^planner\/(explain|stages|decide-step|decide-box|place-arrays)\.ts$/,
      /^program\/print\.ts$/,
      // Only asynchronous calls can compute on a GPU.
      ...(entry === 'sync' ? [/^program\/fission\.ts$/, /^backends\/webgpu\/shaders\/lower/] : []),
    ])
      expect(modules.filter((id) => unused.test(id))).toEqual([])
    // 60 kB would be better: decision 25 says what the rest is. Missing samples take 10 kB, shaders
    // and how they run 20 kB.
    const most = entry === 'sync' ? 136_000 : 160_000
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(most)
  })
})

// A bundler leaves out modules without exports that are used, unless package.json names them.
test.each(['stridefold', 'stridefold/sync'])(
  'a bundle of %s has the memory of the backend',
  async (entry) => {
    const { folder, remove } = await makeProject({
      'page.js': `export { correlate } from '${entry}'`,
    })
    try {
      const bundle = await rolldown({ cwd: folder, input: 'page.js', logLevel: 'silent' })
      await bundle.write({ file: join(folder, 'bundle.js'), minify: true })
      const { correlate } = await import(join(folder, 'bundle.js'))
      const { data } = await correlate([1, 2, 3], [1, 1], { mode: 'valid', memory: 'backend' })
      expect([...data]).toEqual([3, 5])
    } finally {
      remove()
    }
  },
)
