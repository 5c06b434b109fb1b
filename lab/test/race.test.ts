/** The race on the page: it verifies, measures, stops, goes on, and shows the same numbers. */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { open, openIn } from './browser.ts'
import { madeUpWorker } from './race-worker.ts'

const race = '#v1&page=race'

const phase = (page: Page, name: string): Promise<unknown> =>
  page.locator(`.phase[data-phase="${name}"]`).waitFor()

/** Waits until a curve has at least so many points. */
const points = (page: Page, name: string, count: number): Promise<unknown> =>
  page.waitForFunction(
    ([name, count]) =>
      document.querySelectorAll(`[data-runner="${name}"] .point`).length >= Number(count),
    [name, count] as const,
  )

const sizesOf = (page: Page, name: string): Promise<number[]> =>
  page
    .locator(`g[data-runner="${name}"] .point`)
    .evaluateAll((all) => all.map((point) => Number(point.getAttribute('data-n'))))

/** Serves this script as the worker of the race, with the header that an isolated page needs. */
const serveWorker = (page: Page, body: string): Promise<unknown> =>
  page.route('**/worker-*.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
      body,
    }),
  )

/** The page with made-up results up to 50. The size after that waits to be stopped. */
async function madeUp(fragment = race): Promise<Page> {
  const page = await open(fragment, (of) => serveWorker(of, madeUpWorker))
  await page.locator('#race-start').click()
  await points(page, 'strided', 4)
  return page
}

test('really measured: verified first, all curves grow together, stop and go on', async () => {
  const page = await open(race)
  expect(await sizesOf(page, 'strided')).toEqual([])
  await page.locator('#race-start').focus()
  await page.keyboard.press('Enter')
  await phase(page, 'running')
  await points(page, 'strided', 1)
  for (const name of ['article: loops', 'article: im2col', 'naive', 'im2col', 'strided', 'fft'])
    expect(await sizesOf(page, name), name).toContain(3)
  expect(await page.locator('[data-runner-line="naive"] .verified').count()).toBe(1)
  expect(await page.locator('.is-fault').count()).toBe(0)
  expect(await page.locator('.race-page [data-choice]').count()).toBeGreaterThan(0)
  await page.keyboard.press('Enter')
  await phase(page, 'stopped')
  // The size that ran may still give what it has; then nothing more comes.
  await page.waitForFunction(() => !document.querySelector('.now'))
  const stopped = await sizesOf(page, 'naive')
  await page.keyboard.press('Enter')
  await phase(page, 'running')
  await points(page, 'naive', stopped.length + 1)
  expect((await sizesOf(page, 'naive')).slice(0, stopped.length)).toEqual(stopped)
  // Another course during the race: it starts by itself, and the first keeps its curves.
  await page.locator('[data-family="signal"]').click()
  await page.waitForURL(/page=race:signal-9/)
  await points(page, 'strided', 1)
  expect(await sizesOf(page, 'strided')).toContain(100)
  expect(await page.locator('[data-runner-line^="article"]').count()).toBe(0)
  await page.locator('#race-start').click()
  await page.locator('[data-family="image"]').click()
  await points(page, 'naive', stopped.length + 1)
  await page.locator('.to-lens').click()
  await page.locator('#play').waitFor()
  // Measuring takes its time on a busy machine.
}, 120_000)

test('the chart, the table and the readout have the same numbers', async () => {
  const page = await madeUp()
  await page.locator('.race-table summary').click()
  const { cells, places } = await page.evaluate(() => ({
    cells: [...document.querySelectorAll<HTMLElement>('td[data-value]')].map(
      ({ dataset: { runner, n, value } }) => [`${runner} ${n}`, Number(value)] as const,
    ),
    places: [...document.querySelectorAll<HTMLElement>('g[data-runner]')].flatMap((curve) =>
      [...curve.querySelectorAll<HTMLElement>('.point')].map(
        ({ dataset: { n, y } }) => [`${curve.dataset.runner} ${n}`, Number(y)] as const,
      ),
    ),
  }))
  const drawn = new Map(places)
  expect([...drawn.keys()].sort()).toEqual(cells.map(([key]) => key).sort())
  expect(cells.length).toBe(4 * 3 + 2 * 2)
  expect(new Map(cells).get('strided 25')).toBe(0.05)
  // Logarithmic: the pixels between two points follow from the ratio of their times.
  const [first, ...others] = cells
  const [reference, top] = [first![1], drawn.get(first![0])!]
  const [slowest] = cells.toSorted((a, b) => b[1] - a[1])
  const perDecade = (top - drawn.get(slowest![0])!) / Math.log10(slowest![1] / reference)
  for (const [key, value] of others)
    expect(top - perDecade * Math.log10(value / reference), key).toBeCloseTo(drawn.get(key)!, 0)
  // By keyboard: one stop of Tab, which reads the points.
  await page.locator('#race-chart').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('End')
  const read = (): Promise<string | null> =>
    page.locator('#race-chart').getAttribute('aria-valuetext')
  expect(await read()).toMatch(/^article 1: loops at 50 × 50: 250\sµs \(middle half 225–275\sµs/)
  await page.keyboard.press('ArrowDown')
  expect(await read()).toMatch(/^strided at 50 × 50: 100\sµs/)
  expect(await page.locator('.race-readout').textContent()).toBe(await read())
  // Memory instead of time.
  await page.locator('[data-measure="memory"]').click()
  const bytes = page.locator('td[data-runner="strided"][data-n="25"]')
  expect(await bytes.getAttribute('data-value')).toBe('200000')
  await page.locator('#race-chart').focus()
  await page.keyboard.press('Home')
  expect(await read()).toContain('besides the input')
})

test('crossings in words, faults at their runner, and the articles’ figures', async () => {
  const page = await madeUp()
  const sentences = await page.locator('.race-crossings li').allTextContents()
  expect(sentences).toEqual([
    'From 25 × 25 on, strided is faster than article 1: loops on this device.',
  ])
  expect(await page.locator('[data-crossing="1"]').count()).toBe(1)
  expect(await page.locator('.disturbed').count()).toBe(0)
  expect(await page.locator('.fastest').textContent()).toBe(
    'Fastest: article 1: loops from 3 × 3 to 10 × 10; strided from 25 × 25 to 50 × 50.',
  )
  const reason = (name: string): Promise<string | null> =>
    page.locator(`[data-runner-line="${name}"] .reason`).textContent()
  expect(await reason('toeplitz')).toContain('wrong at 50 × 50: result [0, 0, 7, 7] is 1')
  expect(await reason('fft')).toBe(
    'failed at 25 × 25: not enough memory (Array buffer allocation failed)',
  )
  expect(await reason('separable')).toContain('has nothing to separate')
  expect(await page.locator('g[data-runner="fft"] [data-end="failed"]').count()).toBe(1)
  expect(await page.locator('g[data-runner="toeplitz"] [data-end="wrong"]').count()).toBe(1)
  expect(await page.locator('[data-end]').count()).toBe(2)
  for (const name of ['fft', 'toeplitz', 'strided'])
    expect(await page.locator(`[data-runner-line="${name}"] .verified`).count(), name).toBe(
      name === 'strided' ? 1 : 0,
    )
  const rows = await page.locator('.race-articles tbody tr').allTextContents()
  expect(rows[0]).toMatch(/25\.6–28\.2\sµs.*900\sns/)
  expect(rows[2]).toContain('no PyTorch in a browser')
  expect(await page.locator('.printed-mark').count()).toBe(3)
  expect(await page.locator('[data-choice]').count()).toBe(2)
  // Chinese, with the reasons.
  await page.locator('.bar button', { hasText: '中文' }).click()
  await page.locator('.race-crossings li', { hasText: '从 25 × 25 起' }).waitFor()
  expect(await reason('separable')).toBe('50 × 50 不适用： 一维卷积核没有可分离的维度')
})

test('a runner is left out and takes part again; the numbers leave as CSV', async () => {
  const page = await madeUp()
  await phase(page, 'running')
  const box = page.locator('[data-runner-line="naive"] input')
  await box.uncheck()
  // The size that ran gives what it has without this runner, and begins again.
  await page.locator('[data-runner-line="naive"][data-state="left-out"]').waitFor()
  await points(page, 'strided', 5)
  expect(await sizesOf(page, 'naive')).not.toContain(100)
  await page.locator('#race-start').click()
  await phase(page, 'stopped')
  await box.check()
  await page.locator('.race-table summary').click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#race-save').click(),
  ])
  expect(download.suggestedFilename()).toBe('race-image-2.csv')
  const stream = await download.createReadStream()
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const lines = Buffer.concat(chunks).toString().split('\r\n')
  expect(lines[0]).toMatch(/^course,case,n,name,state,median_ms/)
  expect(lines).toContainEqual(
    expect.stringMatching(/^image-2,25x25 \* 2x2,25,strided,measured,0\.05,/),
  )
})

test('it rests in a hidden tab, and says so', async () => {
  const page = await madeUp()
  await phase(page, 'running')
  const setHidden = (isHidden: boolean): Promise<void> =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, isHidden)
  await setHidden(true)
  await phase(page, 'resting')
  await page.waitForFunction(() => !document.querySelector('.now'))
  await setHidden(false)
  await phase(page, 'running')
  await page.locator('.now', { hasText: '100 × 100' }).waitFor()
})

test('a worker that fails, and a link to no course', async () => {
  const script = "onmessage = () => postMessage({ kind: 'fault', message: 'out of memory' })"
  const page = await open('#v1&page=race:nothing', (of) => serveWorker(of, script))
  expect(await page.locator('.phase').textContent()).toContain('“nothing”')
  await page.locator('#race-start').click()
  await phase(page, 'failed')
  expect(await page.locator('.phase').textContent()).toContain('out of memory')
})

test.each([
  ['desk', { width: 1280, height: 800 }],
  ['phone', { width: 390, height: 844 }],
] as const)('axe finds nothing, and nothing is cut off: %s', async (_, viewport) => {
  const page = await openIn(viewport, race)
  await page.locator('#race-chart svg').waitFor()
  for (const summary of await page.locator('.race-page summary').all()) await summary.click()
  expect(await axeFaults(page, { targets: true })).toEqual([])
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0)
  const small = await page
    .locator('.race-page *')
    .evaluateAll((all) =>
      all
        .filter(
          (element) =>
            element.childElementCount === 0 &&
            element.textContent!.trim() !== '' &&
            Number.parseFloat(getComputedStyle(element).fontSize) < 12,
        )
        .map((element) => element.textContent),
    )
  expect(small).toEqual([])
})
