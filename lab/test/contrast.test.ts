/**
 * The contrast of texts and marks, measured on the drawn page: light, dark and forced colours. Text
 * has at least 4.5 : 1 to its ground, large or disabled text 3 : 1, marks 3 : 1.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { viewNames } from '../src/state/state.ts'
import { browser, server } from './browser.ts'

const scale = 2

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Measured {
  /** The most frequent colour of the box. */
  readonly ground: readonly number[]
  /** The greatest contrast of a pixel to it. */
  readonly contrast: number
  /** The number of pixels with at least 3 : 1. */
  readonly marked: number
}

type Rgb = readonly number[]

const luminance = (colour: Rgb): number => {
  const [r = 0, g = 0, b = 0] = colour.map((channel) => {
    const c = channel / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: Rgb, b: Rgb): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** The pixels of some boxes of the page as it is drawn now. */
async function pixelsOf(page: Page, boxes: readonly Box[]): Promise<readonly Rgb[][]> {
  const picture = (await page.screenshot({ fullPage: true })).toString('base64')
  const reader = await page.context().newPage()
  await reader.goto('about:blank')
  const all = await reader.evaluate(
    async ([picture, boxes, scale]) => {
      const image = new Image()
      image.src = `data:image/png;base64,${picture}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d', { willReadFrequently: true })!
      context.drawImage(image, 0, 0)
      return boxes.map(({ x, y, width, height }) => {
        const [w, h] = [
          Math.max(1, Math.round(width * scale)),
          Math.max(1, Math.round(height * scale)),
        ]
        const { data } = context.getImageData(Math.round(x * scale), Math.round(y * scale), w, h)
        const pixels: number[] = []
        for (let i = 0; i < data.length; i += 4)
          pixels.push((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
        return pixels
      })
    },
    [picture, boxes, scale] as const,
  )
  await reader.close()
  return all.map((pixels) => pixels.map((pixel) => [pixel >> 16, (pixel >> 8) & 255, pixel & 255]))
}

function measure(pixels: readonly Rgb[]): Measured {
  const counts = new Map<string, number>()
  for (const pixel of pixels) counts.set(pixel.join(), (counts.get(pixel.join()) ?? 0) + 1)
  const [most = '0,0,0'] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
  const ground = most.split(',').map(Number)
  const ratios = [...counts].map(
    ([key, n]) => [contrast(key.split(',').map(Number), ground), n] as const,
  )
  return {
    ground,
    contrast: Math.max(...ratios.map(([ratio]) => ratio)),
    marked: ratios.reduce((sum, [ratio, n]) => sum + (ratio >= 3 ? n : 0), 0),
  }
}

interface TextBox extends Box {
  readonly text: string
  readonly least: number
}

/** One text of each look: the same element, class, colour and state look the same. */
const textsOf = (page: Page): Promise<TextBox[]> =>
  page.evaluate(() => {
    const looks = new Map<string, { text: string; least: number } & Box>()
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!
      const text = node.textContent!.trim()
      // Not drawn: scripts, texts for screen readers, zeros of a matrix, closed menus.
      if (text === '' || element.closest('script, noscript, option, .unseen, .skip')) continue
      const style = getComputedStyle(element)
      if (/, 0\)$/.test(style.color) || style.visibility === 'hidden') continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const box = range.getBoundingClientRect()
      if (box.width < 3 || box.height < 3) continue
      const within = element.closest('.grid-scroll, .follows, .focus-line')?.getBoundingClientRect()
      if (within && (box.right > within.right || box.bottom > within.bottom)) continue
      const isOff = element.closest(':disabled, [aria-disabled="true"], .off') !== null
      const size = Number.parseFloat(style.fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      const look = [
        element.tagName,
        element.getAttribute('class'),
        element.parentElement?.getAttribute('class'),
        style.color,
        style.fill,
        isOff,
        element.getAttribute('aria-pressed'),
        (element as HTMLElement).dataset?.kind,
        (element as HTMLElement).dataset?.tap,
      ].join('|')
      if (!looks.has(look))
        looks.set(look, {
          x: box.x + scrollX,
          y: box.y + scrollY,
          width: box.width,
          height: box.height,
          text: `${text.slice(0, 40)} (${look})`,
          least: isOff || isLarge ? 3 : 4.5,
        })
    }
    return [...looks.values()]
  })

interface Mark extends Box {
  readonly name: string
  /** The colours of a shape, each over its ground. */
  readonly colours: readonly Rgb[]
}

/** Shapes of drawings whose colour says something. */
const shapes = [
  '.signal-plot .axis',
  '.signal-plot path:not(.envelope)',
  '.ray',
  '.window rect',
  '.node-input',
  '.node-output',
  '.place-sample',
  '.place-border',
  '.way .outline',
  '.swatch',
]

const marksOf = (page: Page): Promise<Mark[]> =>
  page.evaluate((shapes) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
    const rgb = (colour: string): number[] => {
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = colour
      context.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data
      return [r, g, b, a / 255]
    }
    return shapes.flatMap((name) => {
      const element = [...document.querySelectorAll(`main ${name}`)].find(
        (shape) => shape.getClientRects().length > 0,
      )
      if (!element) return []
      const style = getComputedStyle(element)
      let opacity = 1
      for (let at: Element | null = element; at; at = at.parentElement)
        opacity *= Number(getComputedStyle(at).opacity)
      const box = element.getBoundingClientRect()
      const isShape = element instanceof SVGElement
      const colours = (isShape ? [style.stroke, style.fill] : [style.backgroundColor])
        .filter((colour) => colour !== 'none')
        .map(rgb)
        .map(([r = 0, g = 0, b = 0, a = 0]) => [r, g, b, a * opacity])
      return [
        {
          name,
          colours,
          x: box.x + scrollX - 4,
          y: box.y + scrollY - 4,
          width: box.width + 8,
          height: box.height + 8,
        },
      ]
    })
  }, shapes)

/** A box over the left edge of an element: half outside, half inside, in the middle of its height. */
const edgeOf = (page: Page, selector: string): Promise<Box | undefined> =>
  page.evaluate((selector) => {
    const element = [...document.querySelectorAll(selector)].find(
      (candidate) => candidate.getClientRects().length > 0,
    )
    if (!element) return undefined
    const { x, y, height } = element.getBoundingClientRect()
    return { x: x + scrollX - 3, y: y + scrollY + height * 0.4, width: 6, height: height * 0.2 }
  }, selector)

const themes = [
  ['light', 'none'],
  ['dark', 'none'],
  ['light', 'active'],
  ['dark', 'active'],
] as const

const links = [
  `views=${viewNames}&at=output:0,0,0,0`,
  'case=1x1x48_*_1x1x8_p7:0_flip&x=signal:step,0.8,3&k=weighting:gaussian&views=smoothing&at=output:0,0,20',
]

test.each(themes)('texts and marks, colours %s, forced %s', async (colorScheme, forcedColors) => {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    colorScheme,
    forcedColors,
    deviceScaleFactor: scale,
    viewport: { width: 1280, height: 900 },
  })
  const page = await context.newPage()
  const low: string[] = []
  for (const link of links) {
    await page.goto('about:blank')
    await page.goto(`${server.address}#v1&${link}`)
    await page.locator('main section').first().waitFor()
    await page.waitForTimeout(300)
    const texts = await textsOf(page)
    const marks = await marksOf(page)
    expect(texts.length).toBeGreaterThan(20)
    const edges: (readonly [string, Box])[] = []
    for (const name of ['select', '#problem', '.number', 'td[data-self="true"]']) {
      const edge = await edgeOf(page, `#lab ${name}`)
      if (edge) edges.push([name, edge])
    }
    const hatch = await page.evaluate(() => {
      const cell = document.querySelector('td[data-kind="padding"]:not([data-tap])')
      const box = cell?.getBoundingClientRect()
      return (
        box && { x: box.x + scrollX + 2, y: box.y + scrollY + 2, width: box.width - 4, height: 7 }
      )
    })
    if (hatch) edges.push(['hatch', hatch])
    const pixels = await pixelsOf(page, [...texts, ...marks, ...edges.map(([, box]) => box)])
    for (const [i, text] of texts.entries()) {
      const { contrast } = measure(pixels[i]!)
      if (contrast < text.least) low.push(`text ${contrast.toFixed(2)}: ${text.text}`)
    }
    for (const [i, { name, colours }] of marks.entries()) {
      const { ground } = measure(pixels[texts.length + i]!)
      const ratios = colours.map(([r = 0, g = 0, b = 0, alpha = 1]) =>
        contrast(
          [r, g, b].map((channel, c) => channel * alpha + ground[c]! * (1 - alpha)),
          ground,
        ),
      )
      const best = Math.max(0, ...ratios)
      if (best < 3) low.push(`mark ${best.toFixed(2)}: ${name}`)
    }
    for (const [i, [name]] of edges.entries()) {
      const { contrast } = measure(pixels[texts.length + marks.length + i]!)
      if (contrast < 3) low.push(`edge ${contrast.toFixed(2)}: ${name}`)
    }
  }
  expect([...new Set(low)]).toEqual([])
  await context.close()
})

test.each(themes)('states are seen, colours %s, forced %s', async (colorScheme, forcedColors) => {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    colorScheme,
    forcedColors,
    deviceScaleFactor: scale,
    viewport: { width: 1280, height: 900 },
  })
  const page = await context.newPage()
  await page.goto(`${server.address}#v1&views=slide,arithmetic`)
  await page.locator('main section').first().waitFor()
  // A pressed button differs from one that is not pressed, by more than its text.
  const choice = page.getByRole('group').getByRole('button', { name: 'Slide', exact: true })
  const boxOf = async (): Promise<Box> => {
    const { x, y, width, height } = (await choice.boundingBox())!
    return { x: x - 4, y: y - 4, width: width + 8, height: height + 8 }
  }
  const look = async (): Promise<readonly Rgb[]> => (await pixelsOf(page, [await boxOf()]))[0]!
  const differing = (a: readonly Rgb[], b: readonly Rgb[]): number =>
    a.filter((pixel, i) => contrast(pixel, b[i] ?? [0, 0, 0]) >= 3).length
  const pressed = await look()
  await choice.click()
  await page.mouse.move(0, 0)
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  expect(differing(pressed, await look()), 'pressed').toBeGreaterThan(40)
  await choice.click()
  // The ring of the keyboard focus, around every kind of control.
  for (const selector of [
    '.settings button',
    '#problem',
    '.scrub',
    'main input[type="checkbox"]',
    'main select',
    'table[data-grid="slide-kernel"] td[tabindex="0"]',
    '.follows',
  ]) {
    const control = page.locator(selector).first()
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await control.scrollIntoViewIfNeeded()
    await page.evaluate(() => scrollTo(0, 0))
    const box = await control.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      return { x: x + scrollX - 6, y: y + scrollY - 6, width: width + 12, height: height + 12 }
    })
    const [before] = await pixelsOf(page, [box])
    await page.keyboard.press('Shift')
    await control.focus()
    await page.evaluate(() => scrollTo(0, 0))
    const [after] = await pixelsOf(page, [box])
    expect(differing(before!, after!), `focus of ${selector}`).toBeGreaterThan(40)
  }
  await context.close()
})
