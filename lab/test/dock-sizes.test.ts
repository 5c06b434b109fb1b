/**
 * Sizes and padding beside the picture, in Chromium: by mouse, keyboard and touch. Numbers are
 * compared with the library or with arithmetic by hand.
 */

import type { Page } from 'playwright'
import { formatCase, parseCase } from 'stridefold/sync'
import { describe, expect, it } from 'vitest'
import { withMode } from '../src/model/mode-geometry.ts'
import {
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  linkPart,
  openDock,
  openTouchDock,
  show,
} from './dock-pages.ts'

const picture = '&x=picture:harbour&k=-1,0,1,-2,0,2,-1,0,1'
const at = '&at=output:0,0,23,19'
const onPicture = (tail = ''): string =>
  `#v1&case=1x1x43x64_*_1x1x3x3${tail}${picture}${at}&dock=sizes`
const example =
  '#v1&case=3x3_*_2x2_p1&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06&at=output:0,0,0,0&dock=sizes'

const bars = (page: Page): Promise<readonly string[]> =>
  page.locator('.position-line .bar').evaluateAll((all) => all.map((bar) => bar.textContent ?? ''))
const lit = (page: Page): Promise<string> =>
  page.locator('.position-line .bar.lit').textContent() as Promise<string>

describe('the positions', () => {
  it('are drawn at the ends and around the window, and the rest is counted', async () => {
    const page = await openDock(onPicture())
    expect(await bars(page)).toEqual(['0', '1', '2', '19', '59', '60', '61'])
    expect(await lit(page)).toBe('19')
    const gaps = await page.locator('.position-line .gap').allTextContents()
    expect(gaps).toEqual(['… 16 more', '… 39 more'])
    const read = await page.locator('.position-line .number.read').allTextContents()
    expect(read).toEqual(['19', '20', '21'])
    expect(await page.locator('.sizes .caption').textContent()).toContain('fits 62 times')
    await page.getByRole('button', { name: 'height', exact: true }).click()
    expect(await lit(page)).toBe('23')
    expect(await page.locator('.sizes .caption').textContent()).toContain('41 times')
  })

  it('move the window by click and by keys', async () => {
    const page = await openDock(onPicture())
    await page.locator('.bar[data-output="60"] rect').nth(1).click()
    await expect.poll(() => lit(page)).toBe('60')
    await expect.poll(() => linkPart(page, 'at')).toBe('output:0,0,23,60')
    const line = page.getByRole('slider', { name: 'Positions of the window along the width' })
    await line.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => line.getAttribute('aria-valuenow')).toBe('61')
    expect(await line.getAttribute('aria-valuetext')).toBe('output 61 of 0 to 61: samples 61 to 63')
    await page.keyboard.press('Home')
    await expect.poll(() => lit(page)).toBe('0')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => lit(page)).toBe('60')
    // The sum on the left is that of this place.
    await expect.poll(() => linkPart(page, 'at')).toBe('output:0,0,23,60')
  })

  it('show padding, and what is left over', async () => {
    const page = await openDock(`#v1&case=1x1x12_*_1x1x3_s4_p1:0&at=output:0,0,1&dock=sizes`)
    const kinds = await page
      .locator('.position-line [data-place]')
      .evaluateAll((all) =>
        all.map((cell) => `${cell.getAttribute('data-place')} ${cell.className.baseVal}`),
      )
    expect(kinds[0]).toBe('-1 padding')
    expect(kinds.at(-1)).toBe('11 sample left-over')
    expect(kinds.filter((kind) => kind.includes('left-over'))).toHaveLength(2)
    expect(kinds.filter((kind) => kind.includes('read')).map((kind) => kind.split(' ')[0])).toEqual(
      ['3', '4', '5'],
    )
    expect(await page.locator('.sizes .caption').textContent()).toContain(
      'No window reads the last 2 places.',
    )
  })

  it('have the formula with the numbers of the axis', async () => {
    const page = await openDock(onPicture())
    for (const [tail, text] of [
      ['', '⌊(64width + 2·0padding − 1dilation·(3kernel − 1) − 1) ÷ 1stride⌋ + 1 = 62output'],
      [
        '_s2_d3_p1,0:2',
        '⌊(64width + 0before + 2after − 3dilation·(3kernel − 1) − 1) ÷ 2stride⌋ + 1 = 30output',
      ],
    ] as const) {
      await show(page, onPicture(tail).replace(at, '&at=output:0,0,3,4'))
      expect(await page.locator('.size-formula').textContent()).toBe(text)
    }
  })
})

describe('the modes', () => {
  it('have the sizes of the library, and set the padding', async () => {
    const page = await openDock(onPicture('_s2').replace(at, '&at=output:0,0,3,4'))
    const g = parseCase('1x1x43x64 * 1x1x3x3 s2')
    for (const [name, mode] of [
      ['valid', 'valid'],
      ['same-signal', 'same-signal'],
      ['full', 'full'],
    ] as const) {
      const geometry = withMode(g, mode)
      const [y, x] = geometry.axes.map((axis) => axis.output)
      const button = page.locator(`[data-mode="${name}"]`)
      expect(await button.locator('.mode-size').textContent()).toBe(`${x}×${y}`)
      await button.click()
      await expect
        .poll(() => linkPart(page, 'case'))
        .toBe(formatCase(geometry).replaceAll(' ', '_'))
      expect(await page.locator('.mode-choice[aria-pressed="true"]').count()).toBe(1)
      expect(await button.getAttribute('aria-pressed')).toBe('true')
    }
  })

  it('keep the window at its samples', async () => {
    const page = await openDock(onPicture())
    await page.locator('[data-mode="full"]').click()
    await expect.poll(() => linkPart(page, 'at')).toBe('output:0,0,25,21')
    const read = await page.locator('.position-line .number.read').allTextContents()
    expect(read).toEqual(['19', '20', '21'])
    await page.locator('[data-mode="valid"]').click()
    await expect.poll(() => linkPart(page, 'at')).toBe('output:0,0,23,19')
  })

  it('draw their planes and the window', async () => {
    const page = await openDock(example)
    const drawn = await page.locator('.mode-picture canvas').evaluateAll((all) =>
      all.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement
        const { data } = (canvas as HTMLCanvasElement)
          .getContext('2d')!
          .getImageData(0, 0, width, height)
        return data.filter((_, i) => i % 4 === 3).filter((alpha) => alpha > 0).length
      }),
    )
    expect(drawn).toHaveLength(6)
    expect(drawn.every((pixels) => pixels > 20)).toBe(true)
  })
})

describe('the rules', () => {
  it('are shown where there is padding, with what they read', async () => {
    const page = await openDock(onPicture())
    expect(await page.locator('.sizes .rule').count()).toBe(0)
    await show(page, example)
    const strips = await page
      .locator('.sizes .rule')
      .evaluateAll((all) =>
        all.map((rule) => [
          rule.getAttribute('data-rule'),
          [...rule.querySelectorAll('.rule-strip > span')]
            .map((cell) => cell.textContent)
            .join(' '),
        ]),
      )
    expect(Object.fromEntries(strips)).toEqual({
      zero: '0 3 9 0',
      constant: '1 3 9 0',
      edge: '3 3 9 0',
      symmetric: '3 3 9 0',
      reflect: '9 3 9 0',
      wrap: '0 3 9 0',
    })
    await page.locator('[data-rule="reflect"]').click()
    await expect.poll(() => linkPart(page, 'case')).toBe('1x1x3x3_*_1x1x2x2_p1_reflect')
    expect(await page.locator('[data-rule="reflect"]').getAttribute('aria-pressed')).toBe('true')
  })

  it('read the line under the window', async () => {
    const page = await openDock(example)
    // The window of the last output row starts at row 2 of the input.
    await page.getByRole('button', { name: 'height', exact: true }).click()
    await page.locator('.position-line').focus()
    await page.keyboard.press('End')
    await page.getByRole('button', { name: 'width', exact: true }).click()
    const strip = page.locator('[data-rule="reflect"] .rule-strip')
    await expect.poll(() => strip.textContent()).toBe('4148')
  })
})

it('works by touch', async () => {
  const page = await openTouchDock(onPicture('_p1'))
  await page.locator('.bar[data-output="63"] rect').first().tap()
  await expect.poll(() => lit(page)).toBe('63')
  await page.locator('[data-rule="wrap"]').tap()
  await expect.poll(() => linkPart(page, 'case')).toBe('1x1x43x64_*_1x1x3x3_p1_wrap')
  await page.locator('[data-mode="valid"]').tap()
  await expect.poll(() => linkPart(page, 'case')).toBe('1x1x43x64_*_1x1x3x3_wrap')
})

describe('the box', () => {
  const cases = {
    'a picture': onPicture(),
    padding: onPicture('_p1'),
    '7×7, dilated': '#v1&case=1x1x43x64_*_1x1x7x7_d3_s2_p2&x=picture:harbour&dock=sizes',
    'uneven padding': onPicture('_s4_p1:2,0:1').replace(at, '&at=output:0,0,2,3'),
    'an even kernel': '#v1&case=9x7_*_2x4_p1&dock=sizes',
    example,
    'a signal': '#v1&case=1x1x300_*_1x1x5_p2_reflect&dock=sizes',
  }
  const parts =
    '.position-line, .size-formula, .mode-choice, .rule, .axis-switch, .number:not(:empty), .gap'

  it('holds every case at every size, in both languages', async () => {
    const page = await openDock(cases.example)
    for (const [width, height] of dockSizes) {
      await page.setViewportSize({ width, height })
      await page.locator(`.sizes${width < 760 ? '.phone' : ':not(.phone)'}`).waitFor()
      await expectRoom(page, [width, height], Object.values(cases), async (name) =>
        expect(await faultsOfRoom(page, { root: '.sizes', parts }), name).toEqual([]),
      )
    }
  }, 240_000)

  it.each(['light', 'dark'])('has no fault that axe finds, %s', async (theme) => {
    const page = await openDock(onPicture('_p1'))
    await expectAccess(page, `${onPicture('_p1')}&theme=${theme}`)
  })
})
