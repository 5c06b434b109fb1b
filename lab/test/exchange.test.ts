/**
 * “Open”, “Save or copy” and the frame in a browser: what is pasted is used, every file that is
 * saved is read back, and only the frame may stand in another page.
 */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import sharp from 'sharp'
import { readNpy, writeNpy } from 'stridefold/npy'
import { conv2d, type NdArray, ndarray } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { systemTitles } from '../src/exchange/code-out.ts'
import { readCall } from '../src/exchange/code-text.ts'
import { matrixOf } from '../src/exchange/matrix-text.ts'
import { defaultState } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import { browser, open, openIn, server } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const paste = (page: Page, text: string): Promise<void> =>
  page.evaluate((text) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', text)
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, text)

const isChosen = (page: Page, role: string): Promise<boolean> =>
  page.locator(`[name="role"][value="${role}"]`).isChecked()

test('a pasted matrix is understood, chosen as kernel or input, and used', async () => {
  const page = await open('#v1')
  await paste(page, 'k = np.array([[1, 2], [3, x]])')
  const result = page.locator('#open-result')
  await result.filter({ hasText: 'Line 1, column 27: found “x”' }).waitFor()
  expect(await page.locator('.open-use .primary').isDisabled()).toBe(true)
  await page.locator('#open-text').fill('[[1, 2],\n [3, 4]]')
  await result.filter({ hasText: 'input 5 × 7, kernel 2 × 2, correlation' }).waitFor()
  expect(await isChosen(page, 'kernel')).toBe(true)
  await page.locator('[name="role"][value="input"]').check()
  await result.filter({ hasText: 'input 2 × 2, kernel 3 × 2' }).waitFor()
  expect(await axeFaults(page, { root: '.exchange', targets: true })).toEqual([])
  await page.locator('[name="role"][value="kernel"]').check()
  await page.keyboard.press('Enter')
  await page.locator('.exchange').waitFor({ state: 'detached' })
  await expect.poll(() => linkPart(page, 'k')).toBe('1,2,3,4')
  expect(await linkPart(page, 'case')).toBe('1x1x5x7_*_1x1x2x2_p1,0:1')
  // The input of the page has stayed.
  const input = defaultState.input as { readonly values: readonly number[] }
  expect(await linkPart(page, 'x')).toBe(input.values.join())
})

test('a call changes the problem, and a .npy file the input', async () => {
  const page = await open()
  await page.keyboard.press('o')
  await page.locator('#open-text').fill('nn.Conv2d(1, 1, 3, stride=2, padding=1)')
  const result = page.locator('#open-result')
  await result.filter({ hasText: 'PyTorch' }).filter({ hasText: 'stride 2, padding 1' }).waitFor()
  await page.locator('.open-use .primary').click()
  await expect.poll(() => linkPart(page, 'case')).toBe('1x1x43x64_*_1x1x3x3_s2_p1')
  // Everything else of the page is as before.
  expect(await linkPart(page, 'k')).toBe('-1,0,1,-2,0,2,-1,0,1')
  await page.keyboard.press('o')
  const values = Float64Array.from({ length: 24 }, (_, i) => i / 4 - 2)
  await page.setInputFiles('.open-file input', {
    name: 'x.npy',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(writeNpy(ndarray(values, [4, 6]))),
  })
  await result.filter({ hasText: '4 × 6 numbers, −2 … 3.75' }).waitFor()
  await page.locator('[name="role"][value="input"]').check()
  await page.locator('.open-use .primary').click()
  await expect.poll(() => linkPart(page, 'x')).toBe([...values].join())
  // With Back the picture is there again.
  await page.goBack()
  await expect.poll(() => linkPart(page, 'x')).toBe('picture:harbour')
})

/** Presses a button, and returns the file. */
async function saved(page: Page, button: string): Promise<readonly [name: string, bytes: Buffer]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(`[data-save="${button}"]`).click(),
  ])
  return [download.suggestedFilename(), readFileSync(await download.path())]
}

/** The texts of an SVG file; undefined if it is not well-formed. */
const svgTexts = (page: Page, text: string): Promise<string[] | undefined> =>
  page.evaluate((text) => {
    const file = new DOMParser().parseFromString(text, 'image/svg+xml')
    if (file.querySelector('parsererror')) return undefined
    return [...file.querySelectorAll('text')].map(({ textContent }) => textContent ?? '')
  }, text)

const { input, kernel } = defaultState as Required<typeof defaultState> & {
  readonly input: { readonly values: readonly number[] }
  readonly kernel: { readonly values: readonly number[] }
}
const output: NdArray = conv2d(
  ndarray(Float64Array.from(input.values), [1, 1, 5, 7]),
  ndarray(Float64Array.from(kernel.values), [1, 1, 3, 2]),
  {
    padding: [
      [1, 1],
      [0, 1],
    ],
  },
)

test('pictures are files that others can read, with the numbers of the page', async () => {
  const page = await open('#v1&dock=matrix')
  await page.keyboard.press('e')
  await page.locator('.save-preview').waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-save'))).toBe('svg')
  const [dockName, dock] = await saved(page, 'svg')
  expect(dockName).toBe('matrix-5x7-kernel-3x2.svg')
  const dockTexts = await svgTexts(page, dock.toString())
  for (const text of ['15', '−2', 'Output']) expect(dockTexts).toContain(text)
  await page.locator('[data-picture]').selectOption('figure')
  const [name, svg] = await saved(page, 'svg')
  expect(name).toBe('convolution-5x7-kernel-3x2.svg')
  const texts = (await svgTexts(page, svg.toString()))!
  const shown = [...output.data].map((value) => String(value).replace('-', '−'))
  for (const value of shown) expect(texts).toContain(value)
  expect(texts.at(-1)).toBe('row 2, column 4: 2·1 + 7·(−2) + 6·0 + 5·3 + 7·2 + 2·(−1) = 15')
  // A program that knows nothing of the page draws it.
  const drawn = await sharp(svg).raw().toBuffer({ resolveWithObject: true })
  expect(new Set(drawn.data).size).toBeGreaterThan(20)
  await page.locator('[data-scale]').selectOption('4')
  const [pngName, png] = await saved(page, 'png')
  expect(pngName).toBe('convolution-5x7-kernel-3x2.png')
  const { width, height, format } = await sharp(png).metadata()
  expect([format, width, height]).toEqual(['png', drawn.info.width * 4, drawn.info.height * 4])
  expect(new Set(await sharp(png).raw().toBuffer()).size).toBeGreaterThan(100)
})

test('the window moves in a GIF: one frame for each output', async () => {
  const page = await open('#v1')
  await page.keyboard.press('e')
  await page.locator('.save-preview').waitFor()
  const [gifName, gif] = await saved(page, 'gif')
  expect(gifName).toBe('window-5x7-kernel-3x2.gif')
  const { format, pages, loop, width } = await sharp(gif, { animated: true }).metadata()
  expect([format, pages, loop]).toEqual(['gif', 35, 0])
  expect(width).toBeGreaterThan(800)
  // The last frame shows every output, the first only one.
  const frame = (page: number): Promise<Buffer> => sharp(gif, { page }).raw().toBuffer()
  expect((await frame(0)).equals(await frame(34))).toBe(false)
})

// Chromium lets a page save ten files in a row, so numbers and programs have a page each.
test('numbers are read back as they are', async () => {
  const page = await open('#v1')
  await page.keyboard.press('e')
  await page.locator('.save-preview').waitFor()
  const expected = {
    'input-5x7': [...input.values],
    'kernel-3x2': [...kernel.values],
    'output-5x7': [...output.data],
  }
  for (const [name, values] of Object.entries(expected)) {
    const kind = name.split('-')[0]!
    const [npyName, npy] = await saved(page, `${kind}.npy`)
    expect([npyName, [...readNpy(npy).data]]).toEqual([`${name}.npy`, values])
    const [csvName, csv] = await saved(page, `${kind}.csv`)
    expect([csvName, matrixOf(csv.toString())]).toMatchObject([`${name}.csv`, { values }])
  }
  const [matrixName, matrix] = await saved(page, 'matrix.npy')
  expect([matrixName, readNpy(matrix).shape]).toEqual(['matrix-6x35.npy', [6, 35]])
})

test('programs are read back as they are', async () => {
  const page = await open('#v1')
  await page.keyboard.press('e')
  await page.locator('.save-preview').waitFor()
  let programs = 0
  for (const [name] of systemTitles) {
    await page.locator('[data-system]').selectOption(name)
    const refusal = page.locator('[data-no-program]')
    if (name === 'sharp') {
      await refusal.filter({ hasText: 'border' }).waitFor()
      continue
    }
    const [fileName, program] = await saved(page, 'code')
    expect(fileName).toMatch(new RegExp(`^convolution-${name}\\.(py|js|sh)$`))
    const shapes = { input: [1, 1, 5, 7], kernel: [1, 1, 3, 2] }
    const call = readCall(program.toString(), shapes)
    expect(call).toMatchObject({ system: name, problem: defaultState.problem })
    if ('problem' in call && call.kernel) expect(call.kernel).toEqual(kernel.values)
    programs++
  }
  expect(programs).toBe(systemTitles.length - 1)
})

test('in the workspace, in Chinese, dark, on a phone', async () => {
  const link = '#v1&lang=zh&theme=dark&views=slide&case=1x2x5x5_*_3x2x2x2'
  const page = await openIn({ width: 390, height: 844 }, link)
  await page.keyboard.press('e')
  await page.locator('.save-preview').waitFor()
  expect(await axeFaults(page, { root: '.exchange', targets: true })).toEqual([])
  const isWide = (): Promise<boolean> =>
    page.locator('.exchange').evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth)
  expect(await isWide()).toBe(false)
  const [name, svg] = await saved(page, 'svg')
  expect(name).toBe('slide-5x5-kernel-2x2.svg')
  expect((await svgTexts(page, svg.toString()))!.length).toBeGreaterThan(50)
  const [, npy] = await saved(page, 'output.npy')
  expect(readNpy(npy).shape).toEqual([1, 3, 4, 4])
  // Several channels are no single plane, so there is neither animation nor frame.
  expect(await page.locator('[data-save="gif"], [data-snippet]').count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.keyboard.press('o')
  await page.locator('#open-text').fill('F.conv2d(x, w, paddin=1)')
  await page.locator('.open-fault q').filter({ hasText: 'paddin' }).waitFor()
  expect(await axeFaults(page, { root: '.exchange', targets: true })).toEqual([])
  expect(await isWide()).toBe(false)
})

test('the frame stands in a page of another origin, the lab does not', async () => {
  const asked: string[] = []
  const course = createServer((request, response) => {
    asked.push(request.url!)
    response.writeHead(200, { 'Content-Type': 'text/html' })
    response.end(`<!doctype html><title>course</title>
      <script>addEventListener('message', ({ data }) => { globalThis.told = data })</script>
      <iframe name="embed" width="900" height="560" src="${server.address}embed.html#v1"></iframe>
      <iframe name="old" width="900" height="560"
        src="${server.address}?embed#v1&dock=sum"></iframe>
      <iframe name="lab" width="900" height="560" src="${server.address}#v1"></iframe>`)
  })
  await new Promise<void>((resolve) => course.listen(0, '127.0.0.1', resolve))
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${(course.address() as AddressInfo).port}/`)
    const frame = page.frameLocator('[name="embed"]')
    await frame.locator('#play').waitFor()
    await frame.locator('.embed-foot a').waitFor()
    expect(await frame.locator('.bar, .thumbnail').count()).toBe(0)
    expect(await frame.locator('[data-sum]').textContent()).toBe('15')
    await page.frameLocator('[name="old"]').locator('.dock-sum[aria-busy="false"]').waitFor()
    expect(await page.frameLocator('[name="lab"]').locator('#play').count()).toBe(0)
    await page.waitForFunction(() => 'told' in globalThis)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'told'))).toMatchObject({
      type: 'stridefold:size',
      height: expect.any(Number),
    })
    // Nothing is below the line at its foot.
    const rest = await frame.locator('.embed-foot').evaluate((foot) => {
      const { bottom } = foot.getBoundingClientRect()
      return document.getElementById('lab')!.scrollHeight - bottom
    })
    expect(rest).toBeGreaterThanOrEqual(0)
    expect(rest).toBeLessThan(16)
    // A change stays in the frame: Back belongs to the page around it.
    const before = await page.evaluate(() => history.length)
    await frame.locator('[data-kernel="blur"]').click()
    const embedded = page.frames().find((each) => each.name() === 'embed')!
    await expect.poll(() => embedded.url()).toContain('k=')
    expect(await page.evaluate(() => history.length)).toBe(before)
    await frame.locator('.embed-foot a').focus()
    const way = await frame.locator('.embed-foot a').evaluate((a) => (a as HTMLAnchorElement).href)
    expect(way.startsWith(`${server.address}#v1`) && way.includes('k=')).toBe(true)
    // Keys of the lab are not keys of the frame.
    await frame.locator('.embed-foot a').press('e')
    expect(await frame.locator('.exchange').count()).toBe(0)
    expect(asked.filter((path) => path !== '/' && path !== '/favicon.ico')).toEqual([])
  } finally {
    await context.close()
    course.close()
  }
})
