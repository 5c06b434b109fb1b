/**
 * The page “Adding up” in a browser: by pointer and by keyboard, with Play; transposed layers and
 * their counts; the way to the window; every size in both languages.
 */

import { expect, test } from 'vitest'
import { addingModelOf, samplesOf } from '../src/adding/adding-model.ts'
import { usualSettings } from '../src/adding/settings.ts'
import { numberText } from '../src/stage/number.ts'
import { axeFaults } from './axe.ts'
import { blankPage, giveBack, open, openIn, server } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const usual = addingModelOf(usualSettings)
const textsOf = (data: ArrayLike<number>): string => Array.from(data, numberText).join('')

test('a sample is chosen by pointer and keys; an output shows its samples', async () => {
  const page = await open('#v1&page=adding')
  const output = page.locator('#adding-output')
  await output.waitFor()
  expect(await output.textContent()).toBe(textsOf(usual.after[8]!.data))
  await page.locator('#adding-input span').nth(11).click()
  await expect.poll(() => output.textContent()).toBe(textsOf(usual.after[12]!.data))
  await page.locator('#adding-input').press('ArrowRight')
  await expect.poll(() => linkPart(page, 'page')).toBe('adding:sample:13')
  expect(await page.locator('#adding-sent .lit').count()).toBe(9)
  await output.press('Home')
  await output.press('ArrowDown')
  await expect.poll(() => linkPart(page, 'page')).toBe('adding:sample:13;cell:5')
  expect(await page.locator('#adding-input .lit').count()).toBe(samplesOf(usual, 5).length)
  expect(await page.locator('.telling .of-output').textContent()).toBe(
    numberText(usual.after.at(-1)!.data[5]!),
  )
  await page.getByRole('button', { name: 'The same by its window' }).click()
  await page.locator('.stage-page').waitFor()
  expect(await page.locator('[data-sum]').textContent()).toBe(
    numberText(usual.after.at(-1)!.data[5]!),
  )
  await page.goBack()
  await output.waitFor()
})

test('a transposed layer shows its checkerboard, and Play adds every sample', async () => {
  const page = await open('#v1&page=adding')
  await page.getByRole('button', { name: 'transposed' }).click()
  await page.getByRole('button', { name: 'counts' }).click()
  const settings = { ...usualSettings, isTransposed: true, stride: 2, padding: 0 }
  const { counts, after } = addingModelOf(settings)
  const output = page.locator('#adding-output')
  await expect.poll(() => output.textContent()).toBe(textsOf(counts.data))
  await page.getByRole('button', { name: 'counts' }).click()
  await page.locator('[data-slider="kernel"] input').press('ArrowRight')
  await expect
    .poll(() => linkPart(page, 'page'))
    .toBe('adding:transposed;kernel:4;stride:2;padding:0')
  await page.locator('[data-slider="kernel"] input').press('ArrowLeft')
  await page.locator('.transport input').first().press('End')
  await expect.poll(() => output.textContent()).toBe(textsOf(after.at(-1)!.data))
  await page.locator('#play').click()
  await page.locator('#play', { hasText: 'Pause' }).waitFor()
  await page.locator('.place', { hasText: '3 of 20' }).waitFor()
  await page.locator('#play').click()
  await expect.poll(() => linkPart(page, 'page')).toMatch(/sample:[3-5]$/)
  await page.getByRole('button', { name: 'The same by its window' }).click()
  await page.locator('[data-grid^="slide-input"]').first().waitFor()
})

test('axe finds nothing, nothing is cut off, and faults of the link are named', async () => {
  for (const [fragment, width, height] of [
    [':transposed;stride:2;padding:0;counts&theme=dark', 1280, 800],
    [':cell:7&lang=zh', 390, 844],
  ] as const) {
    const page = await openIn({ width, height }, `#v1&page=adding${fragment}`)
    await page.locator('#adding-output').waitFor()
    expect(await axeFaults(page), fragment).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    await giveBack(page)
  }
  const page = await blankPage()
  await page.goto(`${server.address}#v1&page=adding:kernel:9`)
  await page.locator('.link-faults', { hasText: 'kernel:9' }).waitFor()
})
