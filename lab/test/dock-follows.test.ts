/**
 * A docked view that has followed the window, and then its way back, looks as before: every cell
 * has its place and its size.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { dockNames } from '../src/state/state.ts'
import { atRest, open } from './browser.ts'

const boxes = (page: Page): Promise<string[]> =>
  page.locator('.dock').evaluate((dock) =>
    [...dock.querySelectorAll<HTMLElement>('[role="gridcell"]')].map((cell) => {
      const { x, y, width, height } = cell.getBoundingClientRect()
      return [x, y, width, height].map(Math.round).join()
    }),
  )

test.each([...dockNames, 'sparse layer'])('a docked view follows the window: %s', async (name) => {
  const [dock, page] = name.split(' ')
  const screen = await open(
    `#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=-1,0,1,-2,0,2,-1,0,1&at=output:0,0,23,19&dock=${dock}`,
  )
  await screen.locator('.dock[aria-busy="false"]').waitFor()
  if (page === 'layer') await screen.getByRole('button', { name: 'Layer' }).click()
  await screen.locator('#frame').focus()
  await atRest(screen)
  const before = await boxes(screen)
  for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'])
    await screen.keyboard.press(key)
  await atRest(screen)
  expect(await boxes(screen)).toEqual(before)
})
