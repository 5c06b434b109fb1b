/**
 * `npm run check:site`: builds the site and checks it in a browser, below a path. No link is dead,
 * no request leaves, axe finds nothing in light and in dark, no page is wider than a telephone, and
 * the search finds words of both languages. With `--built` it takes the site that is there, and
 * with `--pictures FOLDER` it saves pictures of the pages to look at.
 */

import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { axeFaults } from '../lab/test/axe.ts'
import { chromiumSwitches, findChromium, installChromium } from '../scripts/chromium.ts'
import { buildSite } from './build.ts'
import { builtPages, checkLinks } from './built-links.ts'
import { builtFolder } from './folders.ts'
import { serve } from './serve.ts'

const { values } = parseArgs({
  options: { built: { type: 'boolean', default: false }, pictures: { type: 'string' } },
})

const faults: string[] = []
const desk = { width: 1280, height: 800 }
const telephone = { width: 390, height: 844 }
const schemes = ['light', 'dark'] as const

/** A context whose requests to other hosts, failed requests and errors are faults. */
async function watched(
  browser: Browser,
  address: string,
  options: NonNullable<Parameters<Browser['newContext']>[0]>,
): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  const { origin } = new URL(address)
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin)
      faults.push(`A request leaves: ${request.url()}`)
    else if (url.origin === origin && !request.url().startsWith(address))
      faults.push(`A request leaves the path of the site: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`)
  })
  context.on('weberror', (error) => {
    faults.push(`${error.page()?.url()}: ${error.error().message}`)
  })
  return context
}

/** Waits until the scripts of the page run. */
const running = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}))
}

/** Every page on a telephone: it runs without an error, and is not wider than the screen. */
async function checkWidths(browser: Browser, address: string): Promise<void> {
  const context = await watched(browser, address, { viewport: telephone })
  const page = await context.newPage()
  for (const name of builtPages(builtFolder)) {
    await page.goto(address + name)
    await running(page)
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (excess > 0) faults.push(`${name} is ${excess} pixels wider than a telephone`)
  }
  await context.close()
}

/** The pages that are looked at closely. */
const closely = ['', 'zh/', 'guide/filters.html', 'api/filters-of-any-rank.html', 'benchmarks/']

async function checkLooks(browser: Browser, address: string): Promise<void> {
  for (const colorScheme of schemes)
    for (const viewport of values.pictures === undefined ? [desk] : [desk, telephone]) {
      const context = await watched(browser, address, { viewport, colorScheme })
      for (const name of closely) {
        const page = await context.newPage()
        await page.goto(address + name)
        if (/^(zh\/)?$/.test(name)) await checkLab(page)
        // The theme fades its colours.
        await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important }' })
        if (viewport === desk)
          for (const fault of await axeFaults(page, { root: '#app' }))
            faults.push(`${name || 'start'} ${colorScheme}: ${fault}`)
        if (values.pictures !== undefined) {
          const file = `${name.replaceAll(/\W+/g, '-') || 'start'}-${viewport.width}-${colorScheme}`
          await page.screenshot({ path: `${values.pictures}/${file}.png` })
        }
        await page.close()
      }
      await context.close()
    }
}

/** The lab in the frame of a start page shows its numbers, in the colours of the page. */
async function checkLab(page: Page): Promise<void> {
  const lab = page.frameLocator('.lab-frame iframe')
  await lab.getByText('751').first().waitFor()
  const theme = await lab.locator('html').getAttribute('data-theme')
  const isDark = await page.evaluate(() => document.documentElement.classList.contains('dark'))
  if ((theme === 'dark') !== isDark) faults.push(`The lab is ${theme}, its page is not`)
}

/** Links of the bar lead to their pages from every depth, without a new page. */
async function checkWays(browser: Browser, address: string): Promise<void> {
  const context = await watched(browser, address, { viewport: desk })
  const page = await context.newPage()
  await page.goto(`${address}guide/filters.html`)
  for (const [link, path, title] of [
    ['API', 'api/', 'API'],
    ['stridefold', '', 'Convolution for TypeScript'],
    ['Cookbook', 'guide/cookbook.html', 'Cookbook'],
    ['Benchmarks', 'benchmarks/', 'Benchmarks'],
  ] as const) {
    await page.locator('.VPNav').getByRole('link', { name: link, exact: true }).first().click()
    await page.locator('h1', { hasText: title }).waitFor()
    if (page.url() !== address + path)
      faults.push(`${link} leads to ${page.url()}, not to ${address}${path}`)
  }
  await context.close()
}

/** The menu of languages leads to the same page, or to the start page where there is none. */
async function checkLanguages(browser: Browser, address: string): Promise<void> {
  const context = await watched(browser, address, { viewport: desk })
  const page = await context.newPage()
  for (const [from, language, to] of [
    ['guide/walk.html', '中文', 'zh/guide/walk.html'],
    ['zh/guide/walk.html', 'English', 'guide/walk.html'],
    ['readme.html', '中文', 'zh/readme.html'],
    ['', '中文', 'zh/'],
    ['zh/', 'English', ''],
    ['guide/filters.html', '中文', 'zh/'],
  ] as const) {
    await page.goto(address + from)
    await running(page)
    await page.locator('.VPNavBarTranslations button').hover()
    await page.locator('.VPNavBarTranslations').getByRole('link', { name: language }).click()
    await page.waitForURL((url) => url.href !== address + from)
    if (page.url() !== address + to)
      faults.push(`${language} of ${from} leads to ${page.url()}, not to ${address}${to}`)
  }
  await context.close()
}

/** Every example of the reference runs in the page, and shows what its comments say. */
async function checkExamples(browser: Browser, address: string): Promise<void> {
  const context = await watched(browser, address, { viewport: desk })
  const page = await context.newPage()
  let count = 0
  for (const name of builtPages(builtFolder).filter((page) => page.startsWith('api/'))) {
    await page.goto(address + name)
    await running(page)
    for (const example of await page.locator('.example').all()) {
      // Buttons that are clicked one after the other cost a scroll each.
      await example.locator('.run').dispatchEvent('click')
      await example.locator('.outcome[data-state]').waitFor({ state: 'attached' })
      const outcome = example.locator('.outcome')
      count++
      if ((await outcome.getAttribute('data-state')) !== 'same')
        faults.push(
          `${name}: ${await example.locator('pre code').textContent()}\n  shows ${await outcome.textContent()}`,
        )
    }
  }
  await context.close()
  if (count < 100) faults.push(`Only ${count} examples of the reference can be run.`)
  else console.log(`${count} examples ran.`)
}

/** The search finds what is typed, and its first result leads there. */
async function checkSearch(browser: Browser, address: string): Promise<void> {
  const context = await watched(browser, address, { viewport: desk })
  const page = await context.newPage()
  for (const [from, text, expected] of [
    ['', 'gaussianFilter', 'api/filters-by-name.html#gaussianfilter'],
    ['', 'winograd', 'algorithms/winograd.html'],
    ['zh/', '翻转卷积核', 'zh/'],
    ['zh/', 'savitzkyGolay', 'api/filters-by-name.html#savitzkygolay'],
  ] as const) {
    await page.goto(address + from)
    await running(page)
    await page.locator('#local-search button').first().click()
    await page.locator('.search-input').fill(text)
    const first = page.locator('.results .result').first()
    await first.waitFor()
    // The list follows the typing after a moment.
    await page.waitForTimeout(500)
    const found = await page
      .locator('.results .result')
      .evaluateAll((all) => all.slice(0, 5).map((result) => (result as HTMLAnchorElement).href))
    if (!found[0]?.startsWith(address + expected))
      faults.push(`A search for ${text} finds ${found.join(', ')}, not ${expected}`)
    await first.click()
    await page.waitForURL(found[0]!)
    await page.locator('h1').first().waitFor()
  }
  await context.close()
}

if (!values.built) await buildSite()
if (values.pictures !== undefined) mkdirSync(values.pictures, { recursive: true })
const { links, dead } = checkLinks(builtFolder)
faults.push(...dead)
const { server, address } = await serve(builtFolder, { path: '/below/a-path/' })
const browser = await chromium.launch({
  executablePath: findChromium() ?? installChromium(),
  args: [...chromiumSwitches],
})
try {
  const checks = [checkWidths, checkLooks, checkWays, checkLanguages, checkSearch, checkExamples]
  for (const check of checks) await check(browser, address)
} finally {
  await browser.close()
  server.close()
}
for (const fault of new Set(faults)) console.log(fault)
console.log(
  `${builtPages(builtFolder).length} pages, ${links} links, ${new Set(faults).size} faults.`,
)
if (faults.length > 0) process.exitCode = 1
