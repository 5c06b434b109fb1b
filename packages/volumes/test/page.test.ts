/**
 * Arrays in a page: the package is bundled for browsers, without any module of Node, and the page
 * reads from a web server what Node reads from files.
 */

import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { chromiumSwitches, findChromium } from '../../../scripts/chromium.ts'
import type { openVolume as OpenVolume } from '../src/index.ts'
import { fixture, folder, formula } from './helpers.ts'
import { webServer } from './web-server.ts'

/** The script makes the function global, because a test's own imports are not those of the page. */
const document =
  '<!doctype html><link rel="icon" href="data:,"><script type="module">' +
  "import { openVolume } from './bundle/index.js'; Object.assign(globalThis, { openVolume })" +
  '</script>'
declare const openVolume: typeof OpenVolume

/** Writes the bundle, and returns what the bundler warned about. */
async function bundle(target: string): Promise<string[]> {
  const warnings: string[] = []
  const built = await rolldown({
    input: join(import.meta.dirname, '../src/index.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['@stridefold/source', 'browser', 'import', 'default'] },
    onLog: (_, { message }) => void warnings.push(message),
  })
  const { output } = await built.write({ dir: target, format: 'esm' })
  for (const part of output)
    if (part.type === 'chunk')
      for (const name of [...part.imports, ...part.dynamicImports])
        if (!output.some(({ fileName }) => fileName === name)) warnings.push(`${name} is left out`)
  return warnings
}

test('a page reads Zarr, .npy and TIFF from a web server', async () => {
  const site = folder()
  expect(await bundle(join(site, 'bundle'))).toEqual([])
  cpSync(fixture('.'), join(site, 'arrays'), { recursive: true })
  writeFileSync(join(site, 'index.html'), document)
  const { address } = await webServer(site)
  const executablePath = findChromium()
  if (!executablePath)
    throw new Error("No Chromium was found: run the tests with 'npm test', which gets one.")
  const browser = await chromium.launch({ executablePath, args: [...chromiumSwitches] })
  try {
    const page = await browser.newPage()
    await page.goto(`${address}/index.html`)
    const read = (name: string): Promise<unknown> =>
      page.evaluate(
        async ([site, name]) => {
          const array = await openVolume(`${site}/arrays/${name}`)
          const box = array.shape.map((extent): [number, number] => [0, extent])
          return [...((await array.read(box)).data as unknown as Iterable<number>)]
        },
        [address, name] as const,
      )
    for (const codec of ['zstd', 'gzip', 'zlib', 'lz4', 'blosc'])
      expect(await read(`codecs/${codec}.zarr`), codec).toEqual(formula([5, 7], 'f'))
    expect(await read('types/little-f2.zarr')).toEqual(formula([5, 7], 'f'))
    expect(await read('npy/fortran.npy')).toEqual(formula([3, 4, 5], 'i'))
    expect(await read('tiff/lzw-differences.tif')).toEqual(formula([3, 10, 14], 'i'))
    const refusal = page.evaluate(async () =>
      openVolume('here.zarr').catch((error: Error) => error.message),
    )
    expect(await refusal).toMatch(/There are no files here.*https:/)
  } finally {
    await browser.close()
  }
})
