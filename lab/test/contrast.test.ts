/**
 * The contrast of texts and marks, measured on the drawn page: light, dark and forced colours. Text
 * has at least 4.5 : 1 to its ground, large or disabled text 3 : 1, marks 3 : 1.
 */

import type { Locator, Page } from 'playwright'
import { expect, test } from 'vitest'
import { viewNames } from '../src/state/state.ts'
import { atRest, blankPage, load, server } from './browser.ts'
import { sweep } from './sweep.ts'

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
}

type Rgb = readonly number[]

/** WCAG's contrast of two colours. Self-contained, so that it also runs in the page. */
function contrast(a: Rgb, b: Rgb): number {
  const luminance = (colour: Rgb): number => {
    const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
      const c = channel / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** Opens a blank page that reads pictures. */
async function openReader(page: Page): Promise<Page> {
  const reader = await page.context().newPage()
  await reader.goto('about:blank')
  await reader.evaluate(`globalThis.contrast = ${contrast.toString()}`)
  return reader
}

/** The whole page as a PNG in base64: the pixels of `page.screenshot`, packed less and sooner. */
async function pictureOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const { cssContentSize } = await session.send('Page.getLayoutMetrics')
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'png',
    captureBeyondViewport: true,
    optimizeForSpeed: true,
    clip: { ...cssContentSize, scale },
  })
  await session.detach()
  return data
}

/** Measures boxes of a picture of the page. */
const measure = (reader: Page, picture: string, boxes: readonly Box[]): Promise<Measured[]> =>
  reader.evaluate(
    async ([picture, boxes, scale]) => {
      const image = new Image()
      image.src = `data:image/png;base64,${picture}`
      await image.decode()
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d', {
        willReadFrequently: true,
      })!
      context.drawImage(image, 0, 0)
      const { contrast } = globalThis as unknown as { contrast: (a: Rgb, b: Rgb) => number }
      return boxes.map((box) => {
        const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((length) =>
          Math.round(length * scale),
        ) as [number, number, number, number]
        const { data } = context.getImageData(x, y, Math.max(1, width), Math.max(1, height))
        const counts = new Map<number, number>()
        for (let i = 0; i < data.length; i += 4) {
          const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!
          counts.set(colour, (counts.get(colour) ?? 0) + 1)
        }
        const rgb = (colour: number): Rgb => [colour >> 16, (colour >> 8) & 255, colour & 255]
        const [most = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
        const ground = rgb(most)
        return {
          ground,
          contrast: Math.max(...[...counts.keys()].map((colour) => contrast(rgb(colour), ground))),
        }
      })
    },
    [picture, boxes, scale] as const,
  )

/** The number of pixels that differ by at least 3 : 1 in two pictures of the same part. */
const differing = (reader: Page, before: Buffer, after: Buffer): Promise<number> =>
  reader.evaluate(
    async ([before, after]) => {
      const [a, b] = await Promise.all(
        [before, after].map(async (picture) => {
          const image = new Image()
          image.src = `data:image/png;base64,${picture}`
          await image.decode()
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
          context.drawImage(image, 0, 0)
          return context.getImageData(0, 0, image.width, image.height).data
        }),
      )
      const { contrast } = globalThis as unknown as { contrast: (a: Rgb, b: Rgb) => number }
      let count = 0
      for (let i = 0; i < a!.length; i += 4)
        if (contrast([...a!.slice(i, i + 3)], [...b!.slice(i, i + 3)]) >= 3) count++
      return count
    },
    [before.toString('base64'), after.toString('base64')] as const,
  )

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
      if (!element.checkVisibility()) continue
      const style = getComputedStyle(element)
      if (/^rgba\(.*, 0\)$/.test(style.color) || style.visibility === 'hidden') continue
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
        (shape) => shape.getClientRects().length > 0 && shape.checkVisibility(),
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

/** A box over the middle of the left edge of an element, half of it outside. */
const edgeOf = (page: Page, selector: string): Promise<Box | undefined> =>
  page.evaluate((selector) => {
    const element = [...document.querySelectorAll(selector)].find(
      (candidate) => candidate.getClientRects().length > 0 && candidate.checkVisibility(),
    )
    if (!element) return undefined
    const { x, y, height } = element.getBoundingClientRect()
    return { x: x + scrollX - 3, y: y + scrollY + height * 0.4, width: 6, height: height * 0.2 }
  }, selector)

const themes = sweep(
  [
    ['dark', 'none'],
    ['light', 'active'],
    ['light', 'none'],
    ['dark', 'active'],
  ] as const,
  2,
)

const links = [
  `views=${viewNames}&at=output:0,0,0,0`,
  'case=1x1x48_*_1x1x8_p7:0_flip&x=signal:step,0.8,3&k=weighting:gaussian&views=smoothing&at=output:0,0,20',
]

test.each(themes)(
  'texts and marks, colours %s, forced %s',
  { timeout: 180_000 },
  async (colorScheme, forcedColors) => {
    const page = await blankPage({
      colorScheme,
      forcedColors,
      deviceScaleFactor: scale,
      viewport: { width: 1280, height: 900 },
    })
    const reader = await openReader(page)
    await page.bringToFront()
    const low: string[] = []
    for (const link of links) {
      await load(page, `#v1&${link}`)
      await page.locator('main section').first().waitFor()
      await atRest(page)
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
      const picture = await pictureOf(page)
      const boxes = [...texts, ...marks, ...edges.map(([, box]) => box)]
      const measured = await measure(reader, picture, boxes)
      for (const [i, text] of texts.entries()) {
        const { contrast: ratio } = measured[i]!
        if (ratio < text.least) low.push(`text ${ratio.toFixed(2)}: ${text.text}`)
      }
      for (const [i, { name, colours }] of marks.entries()) {
        const { ground } = measured[texts.length + i]!
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
        const { contrast: ratio } = measured[texts.length + marks.length + i]!
        if (ratio < 3) low.push(`edge ${ratio.toFixed(2)}: ${name}`)
      }
    }
    expect([...new Set(low)]).toEqual([])
  },
)

test.each(themes)(
  'states are seen, colours %s, forced %s',
  { timeout: 180_000 },
  async (colorScheme, forcedColors) => {
    const page = await blankPage({
      colorScheme,
      forcedColors,
      deviceScaleFactor: scale,
      viewport: { width: 1280, height: 900 },
    })
    await page.goto(`${server.address}#v1&views=slide,arithmetic`)
    await page.locator('main section').first().waitFor()
    const reader = await openReader(page)
    await page.bringToFront()
    const blur = (): Promise<void> =>
      page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    /** The control with some pixels around it. */
    const look = async (control: Locator): Promise<Buffer> => {
      const { x, y, width, height } = (await control.boundingBox())!
      return page.screenshot({
        clip: {
          x: Math.max(0, x - 6),
          y: y - 6,
          width: Math.min(300, width + 12),
          height: height + 12,
        },
      })
    }
    // A pressed button differs from one that is not pressed, by more than its text.
    const choice = page.getByRole('button', { name: 'Slide', exact: true })
    const pressed = await look(choice)
    await choice.click()
    await page.mouse.move(0, 0)
    await blur()
    expect(await differing(reader, pressed, await look(choice)), 'pressed').toBeGreaterThan(40)
    await choice.click()
    // The ring of the keyboard focus, around every kind of control.
    for (const selector of [
      '.settings button',
      '.scrub',
      'main input[type="checkbox"]',
      'main select',
      'table[data-grid="slide-kernel"] td[tabindex="0"]',
    ]) {
      const control = page.locator(selector).first()
      await blur()
      await control.scrollIntoViewIfNeeded()
      const before = await look(control)
      await page.keyboard.press('Shift')
      await control.focus()
      expect(await differing(reader, before, await look(control)), selector).toBeGreaterThan(40)
    }
  },
)
