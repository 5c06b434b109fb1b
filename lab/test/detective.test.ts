/**
 * The page “Detective” in a browser: examples, typed and pasted numbers, files, faults, the link,
 * the way to the lens; by keyboard; every size in both languages.
 */

import { writeNpy } from 'stridefold/npy'
import { ndarray } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { giveBack, open, openIn } from './browser.ts'
import { planes, randomCase } from './detective-loops.ts'
import { linkPart } from './dock-pages.ts'

const text = ({ shape, values }: { shape: readonly number[]; values: readonly number[] }): string =>
  Array.from({ length: shape[0]! }, (_, row) =>
    values.slice(row * shape[1]!, (row + 1) * shape[1]!).join(' '),
  ).join('\n')

test('an example is explained, and typed numbers are searched at once', async () => {
  const page = await open('#v1&page=detective')
  const answer = page.locator('#detective-answer')
  await page.locator('[data-fact="orientation"].change', { hasText: 'turned by 180°' }).waitFor()
  expect(await page.locator('[data-fact="padding"]').textContent()).toContain(
    'rows (1, 1) and columns (1, 0)',
  )
  expect(await page.locator('.code-box pre').textContent()).toContain('import numpy as np')
  await page.locator('.code-box select').selectOption('pytorch')
  await expect.poll(() => page.locator('.code-box pre').textContent()).toContain('F.conv2d')
  const { x, k, y } = planes(
    randomCase(9, { input: [6, 5], kernel: [2, 3], stride: [2, 1], before: [0, 1] }),
  )
  await page.locator('#detective-x').fill(text(x))
  await page
    .locator('#detective-k')
    .fill(`np.array(${JSON.stringify([k.values.slice(0, 3), k.values.slice(3)])})`)
  await page.locator('#detective-y').fill(text(y))
  await page.locator('[data-fact="stride"]', { hasText: '2 down and 1 across' }).waitFor()
  await expect.poll(() => linkPart(page, 'page')).toMatch(/^detective:x:6x5:/)
  // Changes within a second are one entry of the history.
  await page.waitForTimeout(1100)
  await page.getByRole('button', { name: 'one wrong number' }).press('Enter')
  await page.locator('.nearest-words', { hasText: '1 of 18 numbers differ' }).waitFor()
  expect(await page.locator('.difference .largest').textContent()).toBe('−4')
  expect(await answer.getAttribute('data-kind')).toBe('nearest')
  await page.goBack()
  await page.locator('[data-fact="stride"]').waitFor()
  expect(await page.locator('#detective-x').inputValue()).toContain(String(x.values[0]))
})

test('files are taken, faults are named, and the lens opens', async () => {
  const page = await open('#v1&page=detective')
  const { x, k, y } = planes(randomCase(2, { input: [6, 5], kernel: [2, 2], flip: true }))
  const npy = writeNpy(ndarray(Float64Array.from(x.values), x.shape))
  const choose = (name: string, file: string, buffer: Buffer): Promise<void> =>
    page
      .locator(`.field-box:has(#detective-${name}) input[type="file"]`)
      .setInputFiles({ name: file, mimeType: 'application/octet-stream', buffer })
  await choose('x', 'x.npy', Buffer.from(npy))
  await page.locator('#detective-x-read', { hasText: '6 × 5 numbers from x.npy' }).waitFor()
  await choose('k', 'k.csv', Buffer.from(text(k).replaceAll(' ', ',')))
  await page.locator('#detective-k-read', { hasText: '2 × 2 numbers from k.csv' }).waitFor()
  await page.locator('#detective-y').fill('1 2\n3 x')
  await page.locator('.field-fault', { hasText: 'Line 2, column 3: found “x”' }).waitFor()
  await page.locator('h2', { hasText: 'Still needed: the output.' }).waitFor()
  await page.locator('#detective-y').fill('F.conv2d(x, w)')
  await page.locator('.field-fault', { hasText: 'This is a call' }).waitFor()
  await page.locator('#detective-y').fill('1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20')
  await page.locator('h2', { hasText: 'No convolution turns' }).waitFor()
  await page.locator('#detective-y').fill(text(y))
  await page.locator('[data-fact="orientation"]', { hasText: 'convolution' }).waitFor()
  await page.getByRole('button', { name: 'Open in the lens' }).click()
  await page.locator('.stage-page').waitFor()
  expect(await page.locator('[data-sum]').textContent()).toBe(String(y.values[0]).replace('-', '−'))
})

test('axe finds nothing, and nothing is cut off', async () => {
  for (const [fragment, width, height] of [
    ['&theme=dark', 1280, 800],
    [':example:wrong&lang=zh', 390, 844],
    [':example:last', 390, 844],
  ] as const) {
    const page = await openIn({ width, height }, `#v1&page=detective${fragment}`)
    await page.locator('.facts').waitFor()
    expect(await axeFaults(page), fragment).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    await giveBack(page)
  }
  const page = await open('#v1&page=detective:x:2x2:1')
  await page.locator('.link-faults', { hasText: 'x:2x2:1' }).waitFor()
})
