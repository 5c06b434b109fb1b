/**
 * Stories in the page: each to its end by keyboard, with wrong answers and right ones; the page
 * shows the step and comes back to it; a story from a file; folded, on a phone, in a presentation.
 */

import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { numberText } from '../src/stage/number.ts'
import { type Answer, answerOf } from '../src/stories/answers.ts'
import { readStory } from '../src/stories/read-story.ts'
import type { Step, Story } from '../src/stories/story.ts'
import { storyNames } from '../src/stories/story-names.ts'
import { axeFaults } from './axe.ts'
import { blankPage, openIn, server } from './browser.ts'
import { linkPart, phone } from './dock-pages.ts'
import { storyText } from './story-files.ts'

const desk = { width: 1280, height: 800 }

function storyOf(name: (typeof storyNames)[number]): Story {
  const read = readStory(storyText(name))
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read.story
}

/** Opens a link in a window of this size, and waits for the panel. */
async function openStory(link: string, size = desk): Promise<Page> {
  const page = await openIn(size, `#v1&${link}`)
  await page.locator('.story .say, .story-list').first().waitFor()
  return page
}

const focusIs = (page: Page, selector: string): Promise<unknown> =>
  page.waitForFunction((selector) => document.activeElement?.matches(selector), selector)

/** Presses Tab until the focus is on an element. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector))
      return
  }
  throw new Error(`Tab does not reach ${selector}.`)
}

/** Moves in the table from its current cell. */
async function moveTo(page: Page, row: number, column: number): Promise<void> {
  const at = await page.evaluate(() => document.activeElement?.getAttribute('data-at') ?? '')
  const [fromRow = 0, fromColumn = 0] = at.split(',').map(Number)
  for (let i = fromRow; i !== row; i += Math.sign(row - fromRow))
    await page.keyboard.press(row > fromRow ? 'ArrowDown' : 'ArrowUp')
  for (let i = fromColumn; i !== column; i += Math.sign(column - fromColumn))
    await page.keyboard.press(column > fromColumn ? 'ArrowRight' : 'ArrowLeft')
}

const said = (page: Page) => page.locator('.story .said')

/** Answers the question by keyboard: first wrong, then right. The focus is on the sentence. */
async function answerByKeyboard(page: Page, step: Step): Promise<void> {
  const answer = answerOf(step, step.ask!)
  switch (answer.kind) {
    case 'number': {
      await tabTo(page, '.number-form input')
      await page.keyboard.type(String(answer.value + 1000))
      await page.keyboard.press('Enter')
      await said(page).filter({ hasText: 'too large' }).waitFor()
      // The wrong number is selected, so the next one replaces it.
      await page.keyboard.type(numberText(answer.value))
      await page.keyboard.press('Enter')
      return
    }
    case 'choices': {
      await tabTo(page, '.choice')
      const wrong = answer.right === 0 ? 1 : 0
      for (let i = 0; i < wrong; i++) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await said(page).filter({ hasText: '✗' }).waitFor()
      const way = answer.right > wrong ? 'Tab' : 'Shift+Tab'
      for (let i = 0; i < Math.abs(answer.right - wrong); i++) await page.keyboard.press(way)
      await page.keyboard.press('Space')
      return
    }
    default:
      await pointByKeyboard(page, answer)
  }
}

async function pointByKeyboard(
  page: Page,
  answer: Extract<Answer, { kind: 'cell' | 'find' }>,
): Promise<void> {
  const columns = answer.cells[0]!.length
  const all = answer.cells.flatMap((line, row) => line.map((_, column) => row * columns + column))
  const [right = 0] = answer.right
  const wrong = all.find((place) => !answer.right.has(place))
  await tabTo(page, '[role="gridcell"]')
  if (wrong !== undefined) {
    await moveTo(page, Math.floor(wrong / columns), wrong % columns)
    await page.keyboard.press('Enter')
    await said(page).filter({ hasText: '✗' }).waitFor()
  }
  await moveTo(page, Math.floor(right / columns), right % columns)
  await page.keyboard.press('Enter')
}

test.each(storyNames)('%s: every question by keyboard, to the end', async (name) => {
  const { steps, title } = storyOf(name)
  const page = await openStory(`story=${name}:1&lang=en`)
  await page.locator('.say').focus()
  for (const [i, step] of steps.entries()) {
    await page.locator('.count', { hasText: `${i + 1} of ${steps.length}` }).waitFor()
    expect(await page.locator('.story .say').textContent()).toBe(step.say.en)
    await answerByKeyboard(page, step)
    await said(page).and(page.locator('[data-outcome="right"]')).waitFor()
    await focusIs(page, '.said')
    expect(await said(page).textContent()).toContain(step.ask!.because.en)
    if (i === steps.length - 1) break
    await page.keyboard.press('PageDown')
    await focusIs(page, '.say')
  }
  expect(await page.locator('.dots [data-outcome="right"]').count()).toBe(steps.length)
  expect(await page.locator('.story').getAttribute('aria-label')).toBe(`Story: ${title.en}`)
  // The end offers what follows.
  const next = name === 'im2col' ? 'modes' : undefined
  await page.locator('.story .end button').click()
  if (next) await page.waitForURL(/story=modes:1/)
  else await page.locator('.story-list').waitFor()
})

test('the answer is not on the page before it is given; then the page shows it', async () => {
  const page = await openStory('story=im2col:1&lang=en')
  expect(await page.locator('[data-sum]').textContent()).toBe('145.06')
  await page.locator('.number-form input').fill('108')
  await page.keyboard.press('Enter')
  await said(page).filter({ hasText: 'Now add the bias' }).waitFor()
  await page.locator('.number-form input').fill('a')
  await page.keyboard.press('Enter')
  await said(page).filter({ hasText: 'Type a number' }).waitFor()
  await page.locator('.show-me').click()
  await page.locator('.said[data-outcome="shown"]', { hasText: '108.06' }).waitFor()
  await expect.poll(() => page.locator('[data-sum]').textContent()).toBe('108.06')
  // The next step shows outputs up to its own window only, and the page keys work from anywhere.
  await page.locator('.story .turn.on').click()
  await page.waitForURL(/story=im2col:2/)
  await page.goBack()
  await page.locator('.said[data-outcome="shown"]').waitFor()
})

test('the reader plays with the numbers; “Back to the step” restores them', async () => {
  const page = await openStory('story=im2col:1&lang=en')
  const back = page.locator('.restore')
  expect(await back.getAttribute('aria-disabled')).toBe('true')
  const weight = page.locator('.weights input').first()
  await weight.fill('1')
  await weight.press('Enter')
  await expect.poll(() => page.locator('[data-sum]').textContent()).toBe('124.06')
  await back.click()
  await expect.poll(() => page.locator('[data-sum]').textContent()).toBe('145.06')
  expect(await back.getAttribute('aria-disabled')).toBe('true')
  // The panel folds, and the strip of the first screen is there again.
  expect(await page.locator('.foot').isVisible()).toBe(false)
  await page.locator('.story .tool[aria-expanded]').click()
  await page.locator('.foot').waitFor()
  expect(await page.locator('.say').count()).toBe(0)
  await page.locator('.story .tool').last().click()
  await page.waitForURL((url) => !url.hash.includes('story'))
  expect(await page.locator('.story').count()).toBe(0)
})

test('page keys: not in a grid of the workspace, and the story in a presentation', async () => {
  const page = await openStory('story=im2col:7&lang=en')
  const grid = page.locator('table[data-grid="memory"] td[tabindex="0"]')
  await grid.focus()
  await page.keyboard.press('PageDown')
  expect(await linkPart(page, 'story')).toBe('im2col:7')
  await page.evaluate(() => {
    location.hash = '#v1&story=im2col:7&present=on&lang=en'
  })
  await page.locator('.story.presented').waitFor()
  await page.keyboard.press('PageUp')
  await page.waitForURL(/story=im2col:6/)
  await page.locator('.stage-page.presenting').waitFor()
  await page.locator('#frame').focus()
  await page.keyboard.press('PageUp')
  await page.waitForURL(/story=im2col:5/)
})

describe('a story from a file', () => {
  const link = 'v1&case=1x1x3x3_*_1x1x2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&at=output:0,0,0,0'
  const story = (number: string): string =>
    JSON.stringify({
      title: 'Mine',
      steps: [
        { link, say: 'One.' },
        { link, say: 'Two.', ask: { question: 'Next?', because: 'So.', number } },
      ],
    })
  const choose = (page: Page, text: string): Promise<void> =>
    page.locator('.story-list input[type="file"]').setInputFiles({
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    })

  test('faults are named; the mended file opens; it can be saved again', async () => {
    const page = await openStory('story=list&lang=en')
    await choose(page, story('outputs:0,1'))
    const faults = page.locator('.faults')
    await faults.filter({ hasText: 'steps[1].ask' }).waitFor()
    expect(await faults.textContent()).toContain("'outputs:0,1' is not a number of the lab")
    await choose(page, '{"title"')
    await faults.filter({ hasText: 'This is not JSON' }).waitFor()
    expect(await axeFaults(page, { root: '.story-list' })).toEqual([])
    await choose(page, story('output:0,1'))
    await page.locator('.say', { hasText: 'One.' }).waitFor()
    expect(await linkPart(page, 'story')).toBe('own:1')
    await page.keyboard.press('PageDown')
    await page.locator('.number-form input').fill('108')
    await page.keyboard.press('Enter')
    await page.locator('.said[data-outcome="right"]').waitFor()
    await page.locator('.end button').click()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.own-open .quiet').last().click(),
    ])
    expect(saved.suggestedFilename()).toBe('mine.json')
  })

  test('pasted; and a link to it in a new page says that the file is needed', async () => {
    const page = await openStory('story=list&lang=en')
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    }, story('output:0,1'))
    await page.locator('.say', { hasText: 'One.' }).waitFor()
    const other = await openStory('story=own:2&lang=en')
    await other.locator('.own', { hasText: 'This story was in a file' }).waitFor()
    await other.keyboard.press('Escape')
    await other.waitForURL((url) => !url.hash.includes('story'))
  })

  test('the page as a step', async () => {
    const page = await openStory(`${link.slice(3)}&story=list&lang=en`)
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new Error('no')) },
        configurable: true,
      })
    })
    await page.locator('.own .quiet').last().click()
    const step = JSON.parse((await page.locator('.own pre').textContent())!)
    expect(step.say).toEqual({ en: '', zh: '' })
    const read = readStory(JSON.stringify({ title: 'T', steps: [{ ...step, say: 'S' }] }))
    expect('story' in read && read.story.steps[0]!.link).toBe(step.link)
    expect(step.link).toContain('x=3,9,0,2,8,1,1,4,8')
    expect(step.link).not.toContain('story')
  })
})

test('opened from the first screen, and from the menu', async () => {
  const page = await openIn(desk, '#v1&lang=en')
  await page.locator('.article .link', { hasText: 'step by step' }).click()
  await page.locator('.story-list li button').first().click()
  await page.waitForURL(/story=im2col:1/)
  await focusIs(page, '.say')
  await page.locator('.story .tool').last().click()
  await page.locator('.bar button', { hasText: 'More' }).click()
  await page.locator('.menu li button', { hasText: 'Stories' }).click()
  await page.locator('.story-list').waitFor()
})

test.each(['im2col:12&lang=en', 'modes:8&lang=zh', 'im2col:2&theme=dark&lang=en'])(
  '%s: axe finds nothing, and nothing is cut off or covered',
  async (look) => {
    const page = await openStory(`story=${look}`)
    expect(await axeFaults(page, { root: '.story', targets: true })).toEqual([])
    expect(await roomFaults(page)).toEqual([])
  },
)

test('the panel has one height from step to step', async () => {
  const heights = new Set<number>()
  const page = await openStory('story=modes:9&lang=en')
  for (let step = 9; step <= 12; step++) {
    await page.waitForURL(new RegExp(`story=modes:${step}`))
    heights.add((await page.locator('.story').boundingBox())!.height)
    if (step < 12) await page.locator('.story .turn.on').click()
  }
  expect(heights.size).toBe(1)
})

/** What lies over something else: the panel over the last control, or texts that are cut off. */
const roomFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const panel = document.querySelector('.story')!.getBoundingClientRect()
    const faults: string[] = []
    if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is too wide')
    if (Math.round(panel.bottom) !== innerHeight) faults.push('the panel is not at the bottom')
    for (const node of document.querySelectorAll('.story :is(button, td, th, h2)'))
      if (node.tagName !== 'H2' && node.scrollWidth > node.clientWidth + 1)
        faults.push(`cut off: ${node.textContent}`)
    scrollTo(0, document.body.scrollHeight)
    const last = [...document.querySelectorAll('main button')]
      .map((button) => button.getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .reduce((bottom, box) => Math.max(bottom, box.bottom), 0)
    if (last > panel.top + 1) faults.push('the panel covers a control')
    return faults
  })

test('on a phone: below each other, no sideways scrolling, dots in one line', async () => {
  const page = await blankPage(phone)
  await page.goto(`${server.address}#v1&story=im2col:12&lang=en`)
  await page.locator('.story.on-phone .say').waitFor()
  expect(await roomFaults(page)).toEqual([])
  expect(await axeFaults(page, { root: '.story', targets: true })).toEqual([])
  const { height } = (await page.locator('.story').boundingBox())!
  expect(height).toBeLessThan(844 * 0.45)
  await page.locator('.story .turn.back').tap()
  await page.waitForURL(/story=im2col:11/)
})
