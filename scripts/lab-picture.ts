/**
 * `npm run lab:picture`: writes docs/lab.webp, the moving picture of the lab in the READMEs, and
 * the stills docs/lab-matrix-*.webp for the site. Opens the built lab in Chromium and stops its
 * clock, so that a slow machine draws the same picture. Then it plays: the window is dragged,
 * products appear and are added, the window moves on, the kernel changes, and the same products are
 * seen as a column of a matrix.
 *
 *     npm run build && npm run lab:picture [-- FOLDER]   FOLDER also gets each frame as a PNG
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { chromium, type Page } from 'playwright'
import sharp from 'sharp'
import { firstLink } from '../site/first-link.ts'
import { chromiumSwitches, findChromium } from './chromium.ts'

const [width, height] = [1280, 800]
const shownWidth = 1000
const maxBytes = 1_000_000
/** Milliseconds of the page between two frames that move. */
const frameMs = 150

interface Frame {
  readonly png: Buffer
  /** In milliseconds. */
  delay: number
}

const [framesFolder] = process.argv.slice(2)
const frames: Frame[] = []
const pointer = { x: 640, y: 720 }

const server = spawn(process.execPath, ['packages/cli/dist/main.js', 'lab', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(server.stdout, 'data')
const { address } = JSON.parse(String(line)) as { readonly address: string }
const executablePath = findChromium()
if (!executablePath) throw new Error("No Chromium was found: 'npm test' gets one.")
const browser = await chromium.launch({ executablePath, args: [...chromiumSwitches] })
try {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: 'light',
    // The page forbids styles that it does not bring.
    bypassCSP: true,
  })
  await page.clock.install()
  await page.goto(address)
  await page.locator('[data-sum]').waitFor()
  await page.waitForTimeout(2000)
  await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important }' })
  await addPointer(page)
  await page.clock.pauseAt(Date.now() + 60_000)
  await show(page)
  for (const theme of ['light', 'dark'] as const) await writeMatrix(theme)
} finally {
  await browser.close()
  server.kill()
}
await write()

/** The matrix beside the picture, for the start page of the site. */
async function writeMatrix(theme: 'light' | 'dark'): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(`${address}#${firstLink}&dock=matrix&theme=${theme}`)
  await page.locator('.dock-matrix[aria-busy="false"] figcaption').waitFor()
  await page.waitForTimeout(1000)
  const picture = sharp(await page.screenshot({ animations: 'disabled' }))
  await picture.webp({ quality: 80 }).toFile(`docs/lab-matrix-${theme}.webp`)
  await page.close()
}

/** What is shown, from the first screen to the matrix. */
async function show(page: Page): Promise<void> {
  await hold(page, 1000)
  const { x, y, width: size } = (await page.locator('.frame').boundingBox())!
  const [startX, startY] = [x + size / 2, y + size / 2]
  await movePointer(page, startX, startY, 5)
  await page.mouse.down()
  await movePointer(page, 105, 95, 7)
  await movePointer(page, startX, startY, 7)
  await page.mouse.up()
  await hold(page, 500)
  await press(page, '.transport .primary')
  await run(page, 3900)
  await press(page, '.transport .primary')
  await press(page, '[data-kernel="emboss"]')
  await hold(page, 1000)
  await press(page, '[data-kernel="edges-x"]')
  await hold(page, 400)
  await press(page, '[data-dock="matrix"]')
  await hold(page, 1300)
  await press(page, '.transport .primary')
  await run(page, 3300)
  await hold(page, 1800)
}

/** Lets the page's time go on, a frame at a time. */
async function run(page: Page, duration: number): Promise<void> {
  for (let t = 0; t < duration; t += frameMs) {
    await page.clock.runFor(frameMs)
    await take(page, frameMs)
  }
}

/** Shows what is there for some time. */
async function hold(page: Page, duration: number): Promise<void> {
  await page.clock.runFor(500)
  await page.waitForTimeout(400)
  await page.clock.runFor(500)
  await take(page, duration)
}

/** A frame like the last one makes the last one longer. */
async function take(page: Page, delay: number): Promise<void> {
  const png = await page.screenshot({ animations: 'disabled' })
  const last = frames.at(-1)
  if (last?.png.equals(png)) last.delay += delay
  else frames.push({ png, delay })
}

async function press(page: Page, selector: string): Promise<void> {
  const box = (await page.locator(selector).boundingBox())!
  await movePointer(page, box.x + Math.min(box.width, 120) / 2, box.y + box.height / 2, 5)
  await page.mouse.down()
  await page.mouse.up()
  await page.clock.runFor(50)
}

/** Moves the mouse and its picture on a straight line, slower at both ends. */
async function movePointer(page: Page, x: number, y: number, steps: number): Promise<void> {
  const from = { ...pointer }
  for (let step = 1; step <= steps; step++) {
    const t = (1 - Math.cos((Math.PI * step) / steps)) / 2
    pointer.x = from.x + (x - from.x) * t
    pointer.y = from.y + (y - from.y) * t
    await page.mouse.move(pointer.x, pointer.y)
    await page.evaluate(
      ([left, top]) => {
        const { style } = document.querySelector<HTMLElement>('#pointer')!
        style.translate = `${left}px ${top}px`
      },
      [pointer.x, pointer.y] as const,
    )
    await page.clock.runFor(60)
    await take(page, 60)
  }
}

/** Screenshots do not have the pointer of the system. */
async function addPointer(page: Page): Promise<void> {
  await page.evaluate(
    ([left, top]) => {
      const picture = document.createElement('div')
      picture.id = 'pointer'
      picture.innerHTML =
        '<svg width="22" height="30" viewBox="0 0 22 30"><path d="M2 2v21l5-5 4 9 4-2-4-8h7z" ' +
        'fill="#111" stroke="#fff" stroke-width="2" stroke-linejoin="round"/></svg>'
      picture.style.cssText = `position:fixed;left:0;top:0;z-index:9999;pointer-events:none;translate:${left}px ${top}px`
      document.body.append(picture)
    },
    [pointer.x, pointer.y] as const,
  )
}

/** Joins the frames, with round corners, so that the picture also suits a dark page. */
async function write(): Promise<void> {
  const shownHeight = Math.round((height / width) * shownWidth)
  const corners = Buffer.from(
    `<svg width="${shownWidth}" height="${shownHeight}"><rect width="100%" height="100%" rx="14"/></svg>`,
  )
  const pictures = await Promise.all(
    frames.map(({ png }) =>
      sharp(png)
        .resize(shownWidth, shownHeight, { kernel: 'lanczos3' })
        .composite([{ input: corners, blend: 'dest-in' }])
        .png()
        .toBuffer(),
    ),
  )
  if (framesFolder !== undefined) {
    mkdirSync(framesFolder, { recursive: true })
    for (const [i, picture] of pictures.entries())
      writeFileSync(join(framesFolder, `${String(i).padStart(3, '0')}.png`), picture)
  }
  const delay = frames.map((frame) => frame.delay)
  const webp = await sharp(pictures, { join: { animated: true } })
    .webp({ quality: 60, effort: 4, delay, loop: 0 })
    .toBuffer()
  const seconds = delay.reduce((sum, one) => sum + one, 0) / 1000
  console.log(`docs/lab.webp: ${frames.length} frames, ${seconds} s, ${webp.length} bytes`)
  if (webp.length > maxBytes) throw new Error(`The picture may have ${maxBytes} bytes at most.`)
  writeFileSync('docs/lab.webp', webp)
}
