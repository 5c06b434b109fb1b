/**
 * The page “Network” in a browser: drawn by pointer and by keys, samples, cells and answers, the
 * link, Back, and every size in both languages.
 */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drawingFrom, pixelsOf, sampleOf, shapeNames } from '../src/network/drawing.ts'
import { networkOf, passOf, type StoredNetwork } from '../src/network/network-model.ts'
import { axeFaults } from './axe.ts'
import { giveBack, open, openIn } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const file = new URL('../src/network/shapes-network.json', import.meta.url)
const network = networkOf(JSON.parse(readFileSync(file, 'utf8')) as StoredNetwork)
const percents = (drawing: readonly number[]): string[] =>
  passOf(network, pixelsOf(drawing)).probabilities.map((p) => {
    if (p < 0.001) return '< 0.1 %'
    return p > 0.999 ? '> 99.9 %' : `${(100 * p).toFixed(1)} %`
  })

test('a drawing is answered at once, by pointer and by keys', async () => {
  const page = await open('#v1&page=network')
  const answers = page.locator('.answer b')
  await page.locator('#network-drawing').waitFor()
  expect(await answers.allTextContents()).toEqual(percents(sampleOf('star', 1)))
  await page.getByRole('button', { name: 'clear' }).click()
  await page.locator('.telling', { hasText: 'Nothing is drawn yet' }).waitFor()
  const box = (await page.locator('#network-drawing').boundingBox())!
  const at = (x: number, y: number): [number, number] => [
    box.x + (x * box.width) / 20,
    box.y + (y * box.height) / 20,
  ]
  await page.mouse.move(...at(4, 4))
  await page.mouse.down()
  for (const [x, y] of [
    [16, 4],
    [16, 16],
    [4, 16],
    [4, 4],
  ] as const)
    await page.mouse.move(...at(x, y))
  await page.mouse.up()
  await page.getByRole('button', { name: 'fill inside' }).click()
  const linked = async (): Promise<readonly number[] | undefined> =>
    drawingFrom((await linkPart(page, 'page'))!.replace('network:draw:', ''))
  await expect.poll(async () => (await linked())?.[10 * 20 + 10]).toBe(15)
  const drawn = (await linked())!
  await expect.poll(() => answers.allTextContents()).toEqual(percents(drawn))
  const canvas = page.locator('#network-drawing')
  await canvas.press('ArrowUp')
  await page.getByRole('button', { name: 'erase' }).click()
  await canvas.press('Space')
  await expect.poll(async () => (await linked())?.[9 * 20 + 10]).toBe(0)
})

test('a cell shows its receptive field, an answer what would change it', async () => {
  const page = await open('#v1&page=network')
  await page.getByRole('button', { name: 'circle' }).first().click()
  await expect.poll(() => linkPart(page, 'page')).toBe('network:sample:circle,1')
  await page.getByRole('button', { name: 'circle' }).first().click()
  await expect.poll(() => linkPart(page, 'page')).toBe('network:sample:circle,2')
  const maps = page.locator('#network-maps-1')
  await maps.press('ArrowRight')
  await maps.press('ArrowDown')
  await expect.poll(() => linkPart(page, 'page')).toBe('network:sample:circle,2;cell:1,0,1,1')
  // Row 1 of layer 2 sees rows 1 to 3 of layer 1, and these rows 0 to 8.
  expect(await page.locator('#network-drawing [data-field]').getAttribute('data-field')).toBe(
    '0,9,0,9',
  )
  await page.locator('.telling', { hasText: 'rows 0 to 8 and columns 0 to 8' }).waitFor()
  await page.locator('#network-maps-0').click({ position: { x: 3, y: 3 } })
  await page.locator('.telling', { hasText: 'rows 0 to 2 and columns 0 to 2' }).waitFor()
  await page.locator('.answer', { hasText: 'star' }).press('Enter')
  await page.locator('figcaption', { hasText: 'more of a star' }).waitFor()
  await expect
    .poll(() => linkPart(page, 'page'))
    .toBe(`network:sample:circle,2;answer:${shapeNames.indexOf('star')}`)
  expect(await page.locator('#network-drawing [data-field]').count()).toBe(0)
})

test('axe finds nothing, and nothing is cut off', async () => {
  for (const [fragment, width, height] of [
    [':cell:0,2,4,4&theme=dark', 1280, 800],
    ['&lang=zh', 390, 844],
  ] as const) {
    const page = await openIn({ width, height }, `#v1&page=network${fragment}`)
    await page.locator('#network-gradient').waitFor()
    expect(await axeFaults(page), fragment).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    await giveBack(page)
  }
  const page = await open('#v1&page=network:sample:moon,1')
  await page.locator('.link-faults', { hasText: 'sample:moon,1' }).waitFor()
})
