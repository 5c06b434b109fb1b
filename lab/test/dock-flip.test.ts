/**
 * Convolution beside correlation: both results against sums by hand, the switch changes the
 * problem, a weight is lit in both, the kernel turns, and everything has room.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { giveBack } from './browser.ts'
import {
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  openAs,
  openTouchDock,
  show,
} from './dock-pages.ts'

const small = dockLink('article', 'flip')
const picture = (kernel: string): string =>
  `#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=${kernel}&at=output:0,0,23,19&dock=flip`

/** Without motion. */
const openDock = async (link: string): Promise<Page> => {
  const page = await openAs(
    { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' },
    link,
  )
  await page.locator('.flip-figure').waitFor()
  return page
}

const result = (page: Page, way: string): Promise<string | null> =>
  page.locator(`[data-result="${way}"]`).textContent()
const products = (page: Page, way: string): Promise<string[]> =>
  page.locator(`[data-grid="${way}"] [role="gridcell"]`).allTextContents()
const angle = (page: Page): Promise<string | null> =>
  page.locator('.flip-kernel > g').getAttribute('transform')

test('both sums of the example, and the switch that changes the problem', async () => {
  const page = await openDock(small)
  // 3·8 + 9·9 + 2·4 + 8·4 = 145, and with the weights from the last one: 3·4 + 9·4 + 2·9 + 8·8.
  expect(await products(page, 'correlation')).toEqual(['24', '81', '8', '32'])
  expect(await products(page, 'convolution')).toEqual(['12', '36', '18', '64'])
  expect(await result(page, 'correlation')).toBe('145.06')
  expect(await result(page, 'convolution')).toBe('130.06')
  expect(
    await page.locator('[data-grid="differences"] [role="gridcell"]').allTextContents(),
  ).toEqual(['−15', '8', '−27', '15'])
  expect(await angle(page)).toBe('rotate(0)')
  await page.getByRole('radio', { name: 'Convolution' }).check()
  await page.waitForURL(/case=[^&]*flip/)
  expect(await page.locator('.sum strong').textContent()).toBe('130.06')
  await page.waitForFunction(
    () => document.querySelector('.flip-kernel > g')?.getAttribute('transform') === 'rotate(180)',
  )
  // The given kernel and both results stay.
  expect(await result(page, 'correlation')).toBe('145.06')
  expect(await page.locator('.flip-kernel text').allTextContents()).toEqual(['8', '9', '4', '4'])
  expect(await page.locator('.flip-way[data-current="true"]').getAttribute('data-way')).toBe(
    'convolution',
  )
  await page.getByRole('radio', { name: 'Correlation' }).focus()
  await page.keyboard.press('Space')
  await page.waitForFunction(() => !location.hash.includes('_flip'))
  expect(await page.locator('.sum strong').textContent()).toBe('145.06')
})

test('what turning changes', async () => {
  const page = await openDock(small)
  for (const [kernel, text, differing] of [
    ['-1,0,1,-2,0,2,-1,0,1', 'Turning only changes the sign.', '15 of 15'],
    ['1,2,1,2,4,2,1,2,1', 'Turning changes nothing.', 'all 15 results agree'],
    ['-2,-1,0,-1,1,1,0,1,2', 'it is another kernel.', 'results differ'],
  ] as const) {
    await show(page, picture(kernel))
    expect(await page.locator('.caption').textContent()).toContain(text)
    expect(await page.locator('.flip-map p').textContent()).toContain(differing)
  }
})

test('a weight is lit in both ways and in the kernel', async () => {
  const page = await openDock(picture('1,2,3,4,5,6,7,8,9'))
  const lit = (grid: string): Promise<(string | undefined)[]> =>
    page
      .locator(`[data-grid="${grid}"] [data-on="true"]`)
      .evaluateAll((cells) =>
        cells.map(
          (cell) => `${(cell as HTMLElement).dataset.row},${(cell as HTMLElement).dataset.column}`,
        ),
      )
  await page.locator('[data-grid="convolution"] [data-row="0"][data-column="1"]').hover()
  expect(await lit('convolution')).toEqual(['0,1'])
  expect(await lit('correlation')).toEqual(['2,1'])
  expect(await page.locator('.flip-kernel g[data-on="true"] text').allTextContents()).toEqual(['8'])
  await page.mouse.move(5, 5)
  await page.locator('[data-grid="correlation"] [tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  expect(await lit('convolution')).toEqual(['2,1'])
})

test('the differences move the window: keyboard and touch', async () => {
  const page = await openDock(picture('-1,0,1,-2,0,2,-1,0,1'))
  await page.locator('[data-grid="differences"] [tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,23,18/)
  const here = page.locator('[data-grid="differences"] [aria-selected="true"]')
  expect(await here.getAttribute('aria-label')).toContain('output row 24, column 19')
  await giveBack(page)
  const phone = await openTouchDock(picture('-1,0,1,-2,0,2,-1,0,1'))
  await phone.locator('[data-grid="differences"] [data-row="0"][data-column="0"]').tap()
  await phone.waitForURL(/at=output:0,0,22,18/)
})

test('the reader turns the kernel by slider and by button', async () => {
  const page = await openDock(picture('1,2,3,4,5,6,7,8,9'))
  const slider = page.getByRole('slider', { name: 'Angle of the kernel' })
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  expect(await angle(page)).toBe('rotate(15)')
  expect(await page.locator('.flip-slider output').textContent()).toBe('15°')
  await page.getByRole('button', { name: 'Turn' }).click()
  await page.waitForFunction(
    () => document.querySelector('.flip-slider output')?.textContent === '180°',
  )
  // Turning the drawing does not change the problem.
  expect(await page.locator('.flip-way[data-current="true"]').getAttribute('data-way')).toBe(
    'correlation',
  )
  await page.getByRole('button', { name: 'Turn' }).click()
  await page.waitForFunction(
    () => document.querySelector('.flip-slider output')?.textContent === '0°',
  )
})

test('Play adds the products of the first place one by one', async () => {
  const page = await openDock(
    '#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=1,2,1,2,4,2,1,2,1&at=output:0,0,0,0&dock=flip',
  )
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  const sum = await result(page, 'correlation')
  await page.getByRole('button', { name: 'Play' }).click()
  await page.waitForFunction(
    () => document.querySelector('[data-result="correlation"]')?.textContent === '',
  )
  await page.waitForFunction(
    () => document.querySelector('[data-result="correlation"]')?.textContent !== '',
  )
  expect(sum).not.toBe('')
  await page.emulateMedia({ reducedMotion: 'reduce' })
})

test('the libraries', async () => {
  const page = await openDock(picture('1,2,3,4,5,6,7,8,9'))
  await page.getByRole('button', { name: 'Libraries' }).click()
  const rows = await page
    .locator('.flip-libraries tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
  expect(rows).toContainEqual(['NumPy', 'convolve', 'correlate'])
  expect(rows).toContainEqual(['OpenCV', '–', 'filter2D'])
})

test.each(['light', 'dark'])('axe finds nothing, %s', async (theme) => {
  const page = await openDock(small)
  const link = `${picture('-1,0,1,-2,0,2,-1,0,1')}&theme=${theme}`
  await expectAccess(page, link)
  await page.locator('.page-buttons button').nth(1).click()
  await page.locator('.flip-libraries').waitFor()
  await expectAccess(page, link)
})

const links = [
  picture('-1,0,1,-2,0,2,-1,0,1'),
  small,
  '#v1&case=1x1x43x64_*_1x1x5x5&x=picture:harbour' +
    '&k=1,4,6,4,1,4,16,24,16,4,6,24,36,24,6,4,16,24,16,4,1,4,6,4,1&div=256' +
    '&at=output:0,0,9,9&dock=flip',
  '#v1&case=1x1x9x9_*_1x1x2x4&at=output:0,0,3,3&dock=flip',
  '#v1&case=1x1x1x40_*_1x1x1x7&at=output:0,0,0,9&dock=flip',
]

test('room at every size, in both languages', async () => {
  const page = await openDock(small)
  for (const [number, digits] of [
    '.flip-dock [role="gridcell"], .flip-result strong, .flip-result small',
    '.flip-libraries td, .flip-libraries th',
  ].entries()) {
    await page.locator('.page-buttons button').nth(number).click()
    for (const size of dockSizes)
      await expectRoom(page, size, links, async (name) =>
        expect(await faultsOfRoom(page, { digits, hasLowLines: true }), name).toEqual([]),
      )
  }
}, 240_000)
