/**
 * The frame around the views in a browser: shortcuts, help, presentation, the form of the problem,
 * examples. And the page without headers, network or storage.
 */

import type { Page } from 'playwright'
import { parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { browser, open, server, workspace } from './browser.ts'

const focusText = (page: Page): Promise<string | null> =>
  page.locator('[data-focus-text]').textContent()

test('keys step, flip the kernel, open views; none while a number is typed', async () => {
  const page = await open(workspace)
  await page.keyboard.press(']')
  await page.waitForURL(/at=output:0,0,1,4/)
  await page.keyboard.press('}')
  await page.waitForURL(/at=output:0,0,2,4/)
  await page.keyboard.press('.')
  await page.waitForURL(/tap=0/)
  await page.keyboard.press('f')
  await page.waitForURL(/case=.*flip/)
  await page.keyboard.press('3')
  await page.locator('#title-flip').waitFor()
  await page.keyboard.press('3')
  await page.locator('#title-flip').waitFor({ state: 'detached' })
  await page.waitForURL(/toeplitz,memory&/)
  await page.locator('.task > summary').click()
  const before = page.url()
  await page.locator('#problem').focus()
  await page.keyboard.type(']f')
  await page.waitForTimeout(300)
  expect(page.url()).toBe(before)
})

test('the help disables single keys; a key opens it and Escape closes it', async () => {
  const page = await open(workspace)
  await page.keyboard.press('?')
  await page.locator('dialog.help').waitFor()
  expect(await page.locator('dialog.help kbd').allTextContents()).toContain('[')
  expect(await axeFaults(page)).toEqual([])
  await page.locator('dialog.help input[type="checkbox"]').uncheck()
  await page.waitForURL(/keys=off/)
  await page.keyboard.press('Escape')
  await page.locator('dialog.help').waitFor({ state: 'hidden' })
  await page.locator('h1').click()
  const before = page.url()
  await page.keyboard.press(']')
  await page.keyboard.press('?')
  await page.waitForTimeout(300)
  expect(page.url()).toBe(before)
  expect(await page.locator('dialog.help').isVisible()).toBe(false)
})

test('a presentation has no controls, steps by the page keys, and ends with Escape', async () => {
  const page = await open(`${workspace}&present=on`)
  expect(await page.locator('.choices').isVisible()).toBe(false)
  await page.keyboard.press('PageDown')
  await page.waitForURL(/at=output:0,0,1,4/)
  await page.keyboard.press('Escape')
  await page.waitForURL(/at=none/)
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => !url.hash.includes('present'))
  // The address changes before the page is drawn.
  await page.locator('.choices').waitFor({ state: 'visible' })
})

test('the form edits the same problem as the text; a misfit shows a message', async () => {
  const page = await open('#v1&case=1x2x5x7_*_4x2x3x2_p1&views=slide')
  await page.locator('.task > summary').click()
  const shown = (): Promise<string> => page.locator('#problem').inputValue()
  const set = async (name: string, value: string): Promise<void> => {
    const field = page.locator(`.by-number [name="${name}"]`)
    await field.fill(value)
    await field.press('Tab')
  }
  await set('stride-1', '2')
  await expect.poll(shown).toBe(parseCase('1x2x5x7 * 4x2x3x2 s1,2 p1').key)
  await set('groups', '2')
  await expect.poll(shown).toBe(parseCase('1x2x5x7 * 4x1x3x2 s1,2 p1 g2').key)
  await set('groups', '3')
  expect(await page.locator('.by-number .fault').textContent()).toContain('3')
  expect(await shown()).toBe(parseCase('1x2x5x7 * 4x1x3x2 s1,2 p1 g2').key)
  await page.locator('.by-number [name="axes"]').selectOption('3')
  await expect.poll(async () => parseCase(await shown()).axes.length).toBe(3)
})

test('every example opens with its views, its focus and no error', async () => {
  const page = await open(workspace)
  await page.locator('.task > summary').click()
  const select = page.locator('.examples select')
  const names = (
    await select
      .locator('option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value))
  ).filter(Boolean)
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) {
    await select.selectOption(name)
    await expect.poll(() => focusText(page)).toContain('sum')
    expect(await page.locator('.notice').count()).toBe(0)
  }
})

test('the page works without isolation headers, and offline after the first visit', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.route('**/*', async (route) => {
    const answer = await route.fetch()
    const headers = Object.fromEntries(
      Object.entries(answer.headers()).filter(([name]) => !name.startsWith('cross-origin')),
    )
    await route.fulfill({ response: answer, headers })
  })
  await page.goto(`${server.address}${workspace}`)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  expect(await focusText(page)).toContain('sum')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.unroute('**/*')
  await page.reload()
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true)
  await context.setOffline(true)
  await page.reload()
  expect(await focusText(page)).toContain('sum')
  await context.close()
})
