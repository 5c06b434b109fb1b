/** Does the page show blurred slices of the volume, and does it read only the parts it needs? */

import { join } from 'node:path'
import { FileSystemStore } from '@zarrita/storage'
import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import * as zarr from 'zarrita'
import { gaussianWeights, places } from './definition.ts'
import {
  closePages,
  developed,
  expectNoSidewaysScroll,
  installed,
  opened,
  pictured,
  pixelsOf,
  previewed,
  printSizes,
  type Server,
  type Starter,
} from './starter.ts'

const shape = [48, 256, 256] as const
const scale = [1, 0.5, 0.5]

let starter: Starter
let server: Server
let samples: Uint16Array

closePages()
beforeAll(async () => {
  starter = await installed('zarr-volume')
  printSizes('zarr-volume', starter)
  server = await previewed(starter)
  // Another reader than that of the page.
  const store = new FileSystemStore(join(starter.folder, 'dist/sample.zarr'))
  const root = await zarr.open.v3(zarr.root(store), { kind: 'group' })
  const [level] = (root.attrs as { ome: { multiscales: [{ datasets: [{ path: string }] }] } }).ome
    .multiscales[0].datasets
  const array = await zarr.open.v3(root.resolve(level.path), { kind: 'array' })
  const chunk = await zarr.get(array)
  expect(chunk.shape).toEqual(shape)
  samples = chunk.data as Uint16Array
})

/** Mirrors an index between the samples, as the border of the filter: −1 is 0, n is n − 1. */
const symmetric = (index: number, extent: number): number => {
  const i = ((index % (2 * extent)) + 2 * extent) % (2 * extent)
  return i < extent ? i : 2 * extent - 1 - i
}

/** A Gaussian of this sigma in micrometres, summed sample by sample. */
function blurred(z: number, y: number, x: number, micrometres: number): number {
  const lines = scale.map((distance) =>
    micrometres === 0 ? [1] : gaussianWeights(micrometres / distance),
  )
  const [a, b, c] = lines as [readonly number[], readonly number[], readonly number[]]
  let sum = 0
  for (const [k, wk] of a.entries())
    for (const [i, wi] of b.entries())
      for (const [j, wj] of c.entries()) {
        const at = [
          symmetric(z + k - (a.length >> 1), shape[0]),
          symmetric(y + i - (b.length >> 1), shape[1]),
          symmetric(x + j - (c.length >> 1), shape[2]),
        ] as const
        sum += wk * wi * wj * samples[(at[0] * shape[1] + at[1]) * shape[2] + at[2]]!
      }
  return sum
}

const statusOf = (page: Page): Promise<string | null> => page.locator('#status').textContent()

/** Compares the picture of a slice with the definition. */
async function expectSlice(page: Page, z: number, blur: number): Promise<void> {
  await page.locator('#white').fill('1000')
  await page.locator('#blur').fill(String(blur))
  await page.locator('#depth').fill(String(z))
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  const { data, width, height } = await pixelsOf(page, '#picture')
  expect([height, width]).toEqual([256, 256])
  let most = 0
  for (const [y, x] of places({ data, width, height }, 60)) {
    const expected = Math.min(255, (255 * blurred(z, y, x, blur)) / 1000)
    most = Math.max(most, Math.abs(data[(y * width + x) * 4 + 1]! - expected))
  }
  // Half a level by rounding; float32 adds a little.
  expect(most, `slice ${z}, blur ${blur}`).toBeLessThan(0.51)
}

test('slices are those of the definition, also at the ends of the volume', async () => {
  const { page, errors } = await opened(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  await pictured(page, 'zarr-volume')
  await expectSlice(page, 24, 1.5)
  await expectSlice(page, 20, 0)
  await expectSlice(page, 0, 1)
  await expectSlice(page, 47, 0.7)
  await expectNoSidewaysScroll(page)
  expect(errors).toEqual([])
})

test('parts of one file are read, and only those that a slice needs', async () => {
  const { page } = await opened('about:blank')
  const ranges: string[] = []
  let bytes = 0
  page.on('response', (response) => {
    const { range } = response.request().headers()
    if (!response.url().includes('sample.zarr') || range === undefined) return
    expect(response.status()).toBe(206)
    ranges.push(range)
    bytes += Number(response.headers()['content-length'])
  })
  await page.goto(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  await page.locator('#blur').fill('0')
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  // A margin of 4 slices at 24 meets two of six layers of chunks.
  expect(ranges.length).toBeGreaterThan(16)
  const all = 2 * samples.length
  expect(bytes).toBeLessThan(0.4 * all)
  const before = await settled(() => ranges.length)
  await page.locator('#depth').fill('25')
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  // Without a margin: the 4 × 4 chunks of one layer, from the server or the browser's own memory.
  expect(await settled(() => ranges.length)).toBe(before + 16)
})

test('the newest slice wins, and its place is taken by no other', async () => {
  const { page, errors } = await opened(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  let aborted = 0
  page.on('requestfailed', (request) => {
    if (/abort/i.test(request.failure()!.errorText)) aborted++
  })
  await page.route('**/sample.zarr/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    await route.continue().catch(() => undefined)
  })
  await page.evaluate(async () => {
    const depth = document.querySelector<HTMLInputElement>('#depth')!
    for (const z of [2, 46, 10, 40]) {
      depth.value = String(z)
      depth.dispatchEvent(new Event('input'))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  expect(aborted).toBeGreaterThan(0)
  await expectSlice(page, 40, 0.6)
  expect(errors.filter((error) => !/abort/i.test(error))).toEqual([])
})

test('what cannot be opened is said, and the volume before stays', async () => {
  const { page } = await opened(server.address)
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  const about = await page.locator('#about').textContent()
  expect(about).toBe(
    '48 × 256 × 256 samples of uint16, 1 × 0.5 × 0.5 µm apart, in chunks of 8 × 64 × 64',
  )
  const open = async (address: string): Promise<void> => {
    await page.locator('#address').fill(address)
    await page.getByRole('button', { name: 'Open' }).click()
    await expect.poll(() => page.locator('#status').getAttribute('class')).toBe('bad')
  }
  await open(`${server.address}/nothing.zarr`)
  expect(await statusOf(page)).toMatch(/nothing\.zarr/)
  expect(await page.locator('#about').textContent()).toBe(about)
  await expectSlice(page, 24, 0.5)
})

test('the page of the development server works', async () => {
  const { page, errors } = await opened((await developed(starter)).address)
  await expect.poll(() => statusOf(page)).toMatch(/^Read and filtered/)
  expect(errors).toEqual([])
})

/** A number that has not grown for a while: a browser reports its requests late. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; ; ) {
    if (last === count()) return last
    last = count()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
