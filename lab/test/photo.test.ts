/**
 * The picture page in a browser: its pixels against the library, by pointer and by keyboard;
 * broken, tiny and large pictures; files that are saved; and that no picture leaves the device.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { readNpy } from 'stridefold/npy'
import { expect, test } from 'vitest'
import { filtered } from '../src/photo/chain.ts'
import { memoryPicture } from '../src/photo/picture.ts'
import type { Pixels } from '../src/photo/pixels.ts'
import { filterOf, type PhotoSettings, usualPhoto } from '../src/photo/settings.ts'
import { rulesOf, stepsOf } from '../src/photo/steps.ts'
import { axeFaults } from './axe.ts'
import { blankPage, giveBack, open, server, type WindowOptions } from './browser.ts'
import { linkPart, phone } from './dock-pages.ts'
import { bytesOf, drawnFrames, expected, fileOf, picture, settled } from './photo-pages.ts'
import { sweep } from './sweep.ts'

const edges = { width: 3, height: 3, values: [-1, 0, 1, -2, 0, 2, -1, 0, 1] }
const withFilters = (...filters: PhotoSettings['filters']): PhotoSettings => ({
  ...usualPhoto,
  picture: 'own',
  filters,
})

async function openPhoto(photo: string, more = ''): Promise<Page> {
  const page = await open(`#v1&photo=${photo}${more}`)
  await settled(page)
  return page
}

const choose = async (page: Page, width: number, height: number): Promise<void> => {
  await page.setInputFiles('input[type="file"]', await fileOf(picture(width, height)))
  await page.locator('.picture-size', { hasText: `${width} × ${height}` }).waitFor()
  await settled(page)
}

/**
 * The canvas has these bytes. Weights such as 1/9 are not exact, and another engine may round their
 * sums the other way: then one step of grey is allowed.
 */
async function expectShown(
  page: Page,
  width: number,
  height: number,
  settings: PhotoSettings,
  allowed: 0 | 1 = 0,
): Promise<void> {
  const { shown: wanted } = await expected(picture(width, height), settings)
  const largest = async (): Promise<number> => {
    const bytes = await bytesOf(page, 'after')
    if (bytes.length !== wanted.data.length) return Number.POSITIVE_INFINITY
    return bytes.reduce((most, byte, i) => Math.max(most, Math.abs(byte - wanted.data[i]!)), 0)
  }
  await expect.poll(largest).toBeLessThanOrEqual(allowed)
}

test('the first screen opens the page with its kernel; the own picture is filtered', async () => {
  const page = await open()
  await page.locator('.your-picture').click()
  await page.locator('#picture').waitFor()
  await settled(page)
  expect(await linkPart(page, 'photo')).toBe('k:3x3:-1,0,1,-2,0,2,-1,0,1')
  expect(await page.title()).toContain('Your picture')
  await choose(page, 40, 30)
  expect(await bytesOf(page, 'before')).toEqual([...picture(40, 30).data])
  // Edges sum to 0, so 0 is mid-grey.
  await expectShown(page, 40, 30, withFilters(filterOf(edges)))
  expect(await page.locator('[data-rank]').getAttribute('data-rank')).toBe('1')
  const cut = Number(await page.locator('[data-clipped]').getAttribute('data-clipped'))
  const results = await filtered(
    picture(40, 30),
    stepsOf([filterOf(edges)]),
    rulesOf(usualPhoto, false),
    'reflect',
  )
  expect(cut).toBe([...results.data].filter((v) => v + 128 < -0.5 || v + 128 > 255.5).length)
  expect(cut).toBeGreaterThan(0)
  // The link has the filters, and says that a picture of one's own belongs to it.
  expect(await linkPart(page, 'photo')).toBe('from:own;k:3x3:-1,0,1,-2,0,2,-1,0,1')
  await page.locator('.to-lens').click()
  await page.locator('#play').waitFor()
  await expect.poll(() => linkPart(page, 'photo')).toBe(undefined)
})

test('by keyboard: kernel, weights, a chain, the pixel, and the way to the lens', async () => {
  const page = await openPhoto('')
  await choose(page, 24, 18)
  await page.locator('#kernel-name').focus()
  await page.locator('#kernel-name').selectOption('sharpen')
  await page.waitForURL(/photo=from:own;k:sharpen$/)
  await expectShown(page, 24, 18, withFilters(filterOf({ name: 'sharpen' })))
  // One stop of Tab for the grid; a digit is typed into the field of the weight.
  expect(await page.locator('.kernel-grid [tabindex="0"]').count()).toBe(1)
  await page.locator('.kernel-grid [tabindex="0"]').focus()
  // The middle is chosen first.
  expect(await page.locator('.kernel-grid [tabindex="0"]').getAttribute('data-cell')).toBe('4')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('7')
  await page.waitForURL(/k:3x3:0,-1,0,-1,7,-1,0,-1,0$/)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('1/2')
  await page.waitForURL(/k:3x3:0,-1,0,-1,0.5,-1,0,-1,0$/)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('weight')
  const half = { width: 3, height: 3, values: [0, -1, 0, -1, 0.5, -1, 0, -1, 0] }
  await expectShown(page, 24, 18, withFilters(filterOf(half)))
  await page.locator('#offset').fill('200')
  await page.locator('#divisor').fill('2')
  const first = { ...filterOf(half), divisor: 2, offset: 200 }
  await expectShown(page, 24, 18, withFilters(first))
  // A second filter, first and then last.
  await page.locator('#add-filter').focus()
  await page.keyboard.press('Enter')
  await page.locator('#kernel-name').selectOption('box')
  const box = filterOf({ name: 'box' })
  await expectShown(page, 24, 18, withFilters(first, box), 1)
  await page.locator('.filters li').nth(1).locator('.icon').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/k:box;k:3x3/)
  await expectShown(page, 24, 18, withFilters(box, first), 1)
  // Where a button vanishes, the focus is not lost.
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true)
  await page.locator('.filters li').nth(1).locator('input').focus()
  await page.keyboard.press('Space')
  await page.waitForURL(/add=200\/off/)
  await expectShown(page, 24, 18, withFilters(box), 1)
  await page.locator('.filters li').nth(1).locator('.icon').last().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/photo=from:own;k:box$/)
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true)
  // The pixel: its numbers, and the same products on the first screen.
  await page.locator('#picture').focus()
  for (const key of ['ArrowLeft', 'ArrowLeft', 'Shift+ArrowUp', 'ArrowDown'])
    await page.keyboard.press(key)
  await page.locator('.where', { hasText: 'row 2, column 18' }).waitFor()
  await expect.poll(() => page.locator('.inspector [aria-live]').textContent()).toContain('Row 2')
  const shown = await page.locator('.values [data-result]').nth(1).getAttribute('data-result')
  await page.locator('#open-lens').focus()
  await page.keyboard.press('Enter')
  await page.locator('#play').waitFor()
  const sum = await page.locator('[data-sum]').textContent()
  expect(Number(sum!.replace('≈', ''))).toBeCloseTo(Number(shown), 3)
  expect(await page.locator('.lens-grid.weights input').count()).toBe(9)
  // Back brings the page and the picture.
  await page.goBack()
  await settled(page)
  await page.locator('.picture-size', { hasText: '24 × 18' }).waitFor()
  await expectShown(page, 24, 18, withFilters(box), 1)
})

test('by pointer: the border, a pixel that is kept, and weights that are drawn', async () => {
  const page = await openPhoto('k:3x3:0,0,0,0,1,0,0,0,0')
  const box = (await page.locator('#picture').boundingBox())!
  const [middle, level] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(middle, level)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.2, level, { steps: 3 })
  await page.mouse.up()
  expect(await page.locator('#compare').inputValue()).toBe('20')
  // Hovering looks, a press keeps.
  await page.mouse.move(box.x + box.width * 0.7, level)
  await page.locator('.cursor:not(.kept)').waitFor()
  const where = (): Promise<string | null> => page.locator('.where').textContent()
  const hovered = await where()
  await page.mouse.move(box.x + box.width * 0.75, level)
  await expect.poll(where).not.toBe(hovered)
  await page.mouse.down()
  await page.mouse.up()
  await page.locator('.cursor.kept').waitFor()
  const kept = await where()
  await page.mouse.move(box.x + box.width * 0.5, level - 40)
  expect(await where()).toBe(kept)
  // Without the pen a press only chooses a weight.
  const cell = (i: number) => page.locator(`[data-cell="${i}"]`)
  await cell(8).click()
  expect(await linkPart(page, 'photo')).toBe('k:3x3:0,0,0,0,1,0,0,0,0')
  await page.locator('#draw').check()
  await page.locator('#pen').fill('-2')
  const at = async (i: number): Promise<[number, number]> => {
    const { x, y, width, height } = (await cell(i).boundingBox())!
    return [x + width / 2, y + height / 2]
  }
  await page.mouse.move(...(await at(0)))
  await page.mouse.down()
  await page.mouse.move(...(await at(1)), { steps: 2 })
  await page.mouse.move(...(await at(2)), { steps: 2 })
  await page.mouse.up()
  await page.waitForURL(/k:3x3:-2,-2,-2,0,1,0,0,0,0$/)
  await page.locator('#rows').fill('5')
  await page.waitForURL(/k:5x3:0,0,0,-2,-2,-2,0,1,0/)
  await page.locator('#normalise').check()
  await page.waitForURL(/\/norm$/)
})

/** The row and the column of the pixel that lies at a place of the window, from the canvas. */
const pixelAt = (page: Page, x: number, y: number): Promise<string> =>
  page.locator('.picture-plate canvas.before').evaluate(
    (canvas, [x, y]) => {
      const { width } = canvas as HTMLCanvasElement
      const box = canvas.getBoundingClientRect()
      const scale = box.width / width
      const [row, column] = [y! - box.top, x! - box.left].map((at) => 1 + Math.floor(at / scale))
      return `row ${row}, column ${column}`
    },
    [x, y],
  )

test('enlarged by keys, wheel and buttons, and moved: the pixel under the pointer', async () => {
  const page = await openPhoto('k:3x3:0,0,0,0,1,0,0,0,0')
  const whole = (await page.locator('#picture').boundingBox())!
  const x = Math.round(whole.x + whole.width * 0.7)
  const y = Math.round(whole.y + whole.height * 0.4)
  const where = (): Promise<string | null> => page.locator('.where').textContent()
  const isRight = async (nextX = x, nextY = y): Promise<void> => {
    await page.mouse.move(nextX + 3, nextY)
    await page.mouse.move(nextX, nextY)
    const wanted = await pixelAt(page, nextX, nextY)
    await expect.poll(where).toBe(wanted)
  }
  await isRight()
  // The wheel belongs to the page until the picture has the focus.
  const size = (): Promise<string | null> => page.locator('.zoom-whole').textContent()
  const sizeBefore = await size()
  await page.mouse.wheel(0, -400)
  await drawnFrames(page)
  expect(await size()).toBe(sizeBefore)
  await page.locator('#picture').focus()
  const under = await pixelAt(page, x, y)
  await page.mouse.wheel(0, -900)
  await page.locator('.picture-plate[data-enlarged][data-pixels]').waitFor()
  expect(await pixelAt(page, x, y)).toBe(under)
  await isRight()
  // Pixels are whole CSS pixels wide.
  expect(Number.parseInt((await size())!, 10) % 100).toBe(0)
  await page.keyboard.press('+')
  await drawnFrames(page)
  await isRight()
  // A drag moves the picture, and keeps no pixel.
  const left = (): Promise<number> =>
    page.locator('.picture-plate canvas.after').evaluate((c) => c.getBoundingClientRect().left)
  const leftBefore = await left()
  await page.mouse.down()
  await page.mouse.move(x - 60, y - 10, { steps: 4 })
  await page.mouse.up()
  expect(await left()).toBeCloseTo(leftBefore - 60, 0)
  expect(await page.locator('.cursor.kept').count()).toBe(0)
  await isRight(x - 60, y - 10)
  // The border between before and after stays where it is in the window.
  expect(await page.locator('#compare').inputValue()).toBe('50')
  const box = (await page.locator('#picture').boundingBox())!
  const line = (await page.locator('.border-line').boundingBox())!
  expect(line.x + line.width / 2).toBeCloseTo(box.x + box.width / 2, 0)
  // A pixel that keys choose stays in sight.
  for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowRight')
  await drawnFrames(page)
  const cursor = (await page.locator('.cursor.kept').boundingBox())!
  expect(cursor.x).toBeGreaterThan(box.x - 2)
  expect(cursor.x + cursor.width).toBeLessThan(box.x + box.width + 30)
  await page.locator('.zoom-buttons .icon').first().click()
  await page.locator('#picture').focus()
  await page.keyboard.press('0')
  await page.locator('.picture-plate:not([data-enlarged])').waitFor()
  expect(await size()).toBe(sizeBefore)
})

test('a matrix is pasted, as text of the page and in its field; a fault says why', async () => {
  const page = await openPhoto('k:box')
  await page.locator('#paste-matrix').click()
  await page.locator('#matrix').fill('1 2\n3')
  await page.locator('#use-matrix').click()
  await page.locator('#matrix-fault', { hasText: 'Row 2 has 1 numbers' }).waitFor()
  await page.locator('#matrix').fill('[[1, 2], [3, 4.5]]')
  await page.locator('#use-matrix').click()
  await page.waitForURL(/k:2x2:1,2,3,4.5$/)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('paste-matrix')
  const paste = (type: string, data: string): Promise<void> =>
    page.evaluate(
      ([type, data]) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData(type!, data!)
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
      },
      [type, data],
    )
  await paste('text/plain', '0 1 0; 1 -4 1; 0 1 0')
  await page.waitForURL(/k:3x3:0,1,0,1,-4,1,0,1,0$/)
  await paste('text/plain', 'no numbers')
  await page.locator('[data-notice="noFiles"]').waitFor()
  // A kernel that is too large says so, and its filter does nothing.
  await page.evaluate(() => {
    location.hash = '#v1&photo=k:gaussian:sigma=9'
  })
  await page.locator('.kernel .fault', { hasText: '73 × 73' }).waitFor()
})

test('a picture is dropped and pasted; a broken file leaves the picture before', async () => {
  const page = await openPhoto('k:box')
  const file = await fileOf(picture(7, 5), 'dropped.png')
  const give = (event: 'drop' | 'paste', bytes: readonly number[], name: string): Promise<void> =>
    page.evaluate(
      ([event, bytes, name]) => {
        const data = new DataTransfer()
        data.items.add(
          new File([new Uint8Array(bytes as number[])], name as string, { type: 'image/png' }),
        )
        const init = { bubbles: true, cancelable: true }
        document.body.dispatchEvent(
          event === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: data })
            : new ClipboardEvent('paste', { ...init, clipboardData: data }),
        )
      },
      [event, bytes, name] as const,
    )
  await give('drop', [...file.buffer], 'dropped.png')
  await page.locator('.picture-size', { hasText: '7 × 5' }).waitFor()
  await expectShown(page, 7, 5, withFilters(filterOf({ name: 'box' })), 1)
  await give('paste', [1, 2, 3, 4], 'broken.png')
  const notice = page.locator('[data-notice="broken"]')
  await notice.waitFor()
  expect(await notice.textContent()).toContain('broken.png is not a picture')
  await settled(page)
  expect(await page.locator('.picture-size').textContent()).toBe('7 × 5')
  await expectShown(page, 7, 5, withFilters(filterOf({ name: 'box' })), 1)
  await notice.locator('button').click()
  await notice.waitFor({ state: 'detached' })
  await give('paste', [...(await fileOf(picture(3, 4))).buffer], 'pasted.png')
  await page.locator('.picture-size', { hasText: '3 × 4' }).waitFor()
  await settled(page)
})

test('one pixel under a kernel of 31 × 31', async () => {
  const page = await openPhoto('k:box')
  await choose(page, 1, 1)
  // With the sample, which is large, this kernel takes seconds.
  await page.evaluate(() => {
    location.hash = '#v1&photo=from:own;k:box:size=31'
  })
  await expect.poll(() => page.locator('#parameter-size').inputValue()).toBe('31')
  await settled(page)
  const [red, green, blue] = picture(1, 1).data
  expect(await bytesOf(page, 'after')).toEqual([red, green, blue, 255])
  await page.locator('#picture').focus()
  await page.keyboard.press('ArrowLeft')
  await page.locator('.where', { hasText: 'row 1, column 1' }).waitFor()
  await page.locator('#open-lens').click()
  await page.locator('#play').waitFor()
})

const sha256 = (data: Uint8Array | Uint8ClampedArray): string =>
  createHash('sha256').update(data).digest('hex')

/** Whether the enlarged part on the screen is that part of the wanted picture. */
async function isPartOf(page: Page, wanted: Pixels): Promise<boolean> {
  const part = await page.locator('canvas.part-after').evaluate(async (canvas, pictureWidth) => {
    const { width, height } = canvas as HTMLCanvasElement
    const [box, whole] = [canvas, document.querySelector('canvas.after')!].map((of) =>
      of.getBoundingClientRect(),
    ) as [DOMRect, DOMRect]
    const scale = whole.width / pictureWidth
    const copy = new OffscreenCanvas(width, height).getContext('2d')!
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0)
    const { data } = copy.getImageData(0, 0, width, height)
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    return {
      x: Math.round((box.left - whole.left) / scale),
      y: Math.round((box.top - whole.top) / scale),
      ...{ width, height },
      hash: [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    }
  }, wanted.width)
  return part.hash === sha256(memoryPicture(wanted).read(part).data)
}

test('a large picture: a preview, then the whole, and files of full size', async () => {
  // Just above what is filtered at once.
  const [width, height] = [1500, 1100]
  const own = picture(width, height)
  const page = await open(
    '#v1&photo=border:edge;k:3x3:1,2,1,2,4,2,1,2,1/div=16;k:3x3:-1,0,1,-2,0,2,-1,0,1',
  )
  await settled(page)
  const file = await fileOf(own)
  await page.setInputFiles('input[type="file"]', file)
  await page.locator('.picture-progress', { hasText: 'Preview' }).waitFor()
  await settled(page)
  const settings: PhotoSettings = {
    ...withFilters(
      { ...filterOf({ width: 3, height: 3, values: [1, 2, 1, 2, 4, 2, 1, 2, 1] }), divisor: 16 },
      filterOf(edges),
    ),
    border: 'edge',
  }
  const { results, shown: wanted } = await expected(own, settings)
  // Enlarged, what is seen has all its pixels, though the picture on the screen has not.
  await page.locator('#picture').focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('+')
  await page.locator('canvas.part-after:not([hidden])').waitFor()
  await expect.poll(() => isPartOf(page, wanted)).toBe(true)
  await page.keyboard.press('0')
  const saved = async (button: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ])
    return readFileSync(await download.path())
  }
  const png = await saved('Save PNG')
  // The browser reads the file that the page wrote.
  const read = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    return { width: image.width, height: image.height, hash: [...hash] }
  }, png.toString('base64'))
  expect([read.width, read.height]).toEqual([width, height])
  expect(read.hash).toEqual([...createHash('sha256').update(wanted.data).digest()])
  const numbers = readNpy(await saved('Save .npy'))
  expect([...numbers.shape]).toEqual([height, width, 3])
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
  expect(bytes(numbers.data as Float32Array).equals(bytes(results.data))).toBe(true)
})

test('nothing leaves the device: with the picture open no request is made', async () => {
  const page = await openPhoto('k:box')
  await settled(page)
  const requests: string[] = []
  page.on('request', (request) => {
    // The library's workers, and the icon, which browsers read again with every address.
    if (!/^blob:|icon\.svg$/.test(request.url())) requests.push(request.url())
  })
  await choose(page, 30, 20)
  await page.locator('#kernel-name').selectOption('gabor')
  await page.locator('#picture').focus()
  await page.keyboard.press('ArrowLeft')
  await settled(page)
  await Promise.all([page.waitForEvent('download'), page.locator('#save').click()])
  expect(requests).toEqual([])
  // A page that is opened with such a link has the filters, says that the picture is missing, and
  // shows a sample.
  const link = new URL(page.url()).hash
  expect(link).toBe('#v1&photo=from:own;k:gabor')
  const other = await open(link)
  await other.locator('[data-notice="noPicture"]').waitFor()
  await settled(other)
  expect(await other.locator('.picture-size').textContent()).toContain('768 × 512')
})

const looks = [
  [{ viewport: { width: 1280, height: 800 } }, 'theme=light&lang=en'],
  [phone, 'theme=dark&lang=zh'],
  [{ viewport: { width: 1280, height: 800 } }, 'theme=dark&lang=zh'],
  [phone, 'theme=light&lang=zh'],
  [phone, 'theme=dark&lang=en'],
] as const

test.each(sweep(looks, 2))('axe finds nothing %#', async (options, look) => {
  const page = await openAsPhoto(options, `k:sobel-x;k:3x3:0,1,0,1,-4,1,0,1,0/div=3&${look}`)
  await page.locator('#picture').focus()
  await page.keyboard.press('ArrowLeft')
  await page.locator('.values').waitFor()
  await page.locator('#paste-matrix').click()
  await page.locator('.facts summary').click()
  expect(await axeFaults(page, { targets: true })).toEqual([])
  await giveBack(page)
})

async function openAsPhoto(options: WindowOptions, photo: string): Promise<Page> {
  const page = await blankPage(options)
  await page.goto(`${server.address}#v1&photo=${photo}`)
  await settled(page)
  return page
}

const sizes = sweep(
  [
    [360, 740],
    [1280, 800],
    [390, 844],
    [768, 1024],
    [1024, 700],
    [1920, 1080],
  ] as const,
  2,
)

test.each([
  `k:gabor:wavelength=5,angle=30;k:sharpen;k:5x7:${new Array(35).fill('-0.125')}`,
  'k:gaussian:sigma=3.7&lang=zh',
  'from:cutout;alpha:premultiply;channels:luma;light:linear;show:minmax;k:log&lang=zh',
])(
  'in windows of several sizes nothing is cut off, overlaps or scrolls sideways %#',
  async (photo) => {
    const page = await openAsPhoto({}, photo)
    await page.locator('#picture').focus()
    await page.keyboard.press('ArrowLeft')
    await page.locator('.values').waitFor()
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height })
      await drawnFrames(page)
      for (const filter of await page.locator('[data-filter]').all()) {
        await filter.evaluate((button: HTMLButtonElement) => button.click())
        expect(await faults(page), `${width}×${height}: ${photo}`).toEqual([])
      }
    }
  },
)

/** Parts that overlap or leave the page, and controls that are too narrow for their words. */
const faults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wrong: string[] = []
    if (document.documentElement.scrollWidth > innerWidth) wrong.push('scrolls sideways')
    const name = (part: Element): string => part.id || part.className || part.tagName
    const parts = [
      ...document.querySelectorAll(
        '.bar > *, h1, .toolbar > *, .picture-box, figcaption > *, .save-buttons, .panel > *, ' +
          '.scaling > *, .weight-line > *, .weight-buttons > *, .filters li > *, .choice > *',
      ),
    ].filter(
      (part) => part.checkVisibility() && !part.matches('.hidden, .skip, input[type="file"]'),
    )
    const boxes = parts.map((part) => part.getBoundingClientRect())
    for (const [i, a] of boxes.entries()) {
      if (a.width === 0) continue
      if (a.left < -1 || a.right > innerWidth + 1) wrong.push(`outside: ${name(parts[i]!)}`)
      for (const [j, b] of boxes.entries()) {
        if (j <= i || b.width === 0) continue
        const [first, second] = [parts[i]!, parts[j]!]
        if (first.contains(second) || second.contains(first)) continue
        // The picture stays in sight over what scrolls below it.
        const figure = document.querySelector('.picture-figure')!
        if (figure.contains(first) !== figure.contains(second)) continue
        if (
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
        )
          wrong.push(`${name(first)} over ${name(second)}`)
      }
    }
    for (const control of document.querySelectorAll<HTMLElement>('button, [data-cell] > span')) {
      if (!control.checkVisibility() || control.matches('.filter-name, .skip')) continue
      const room = control.matches('span') ? control.parentElement! : control
      if (control.scrollWidth > room.clientWidth + 2) wrong.push(`cut: ${control.textContent}`)
    }
    return wrong
  })

test('forced colours and reduced motion: everything is still there', async () => {
  const page = await openAsPhoto(
    { forcedColors: 'active', reducedMotion: 'reduce' },
    'k:3x3:-1,0,1,-2,0,2,-1,0,1',
  )
  const tints = await page
    .locator('.kernel-grid [data-cell]')
    .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor))
  expect(new Set(tints).size).toBeGreaterThan(3)
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
})
