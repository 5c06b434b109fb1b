/** Does the server filter uploads, refuse what exceeds its limits, and stop when a client goes? */

import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { type Bytes, correlated, farthest, gaussianRows } from './definition.ts'
import { installed, type Server, started } from './starter.ts'

let server: Server

beforeAll(async () => {
  const { folder } = await installed('image-server')
  server = await started(folder, ['dist/server.js'], { PORT: '0' })
})

const width = 120
const height = 70
const photo: Bytes = {
  ...{ width, height },
  data: Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => 90 + 60 * Math.sin(i / 41) + (i % 97),
  ),
}
const photoFile = (): Promise<Buffer> =>
  sharp(photo.data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()

const upload = (
  body: Uint8Array | undefined,
  query = '',
  signal?: AbortSignal,
): Promise<Response> =>
  fetch(`${server.address}/filter${query}`, {
    method: 'POST',
    ...(body && { body: new Uint8Array(body) }),
    ...(signal && { signal }),
  })

async function pictureIn(response: Response): Promise<Bytes & { readonly channels: number }> {
  expect(response.headers.get('content-type')).toBe('image/png')
  const file = new Uint8Array(await response.arrayBuffer())
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  return { data, ...info }
}

const refused = async (response: Promise<Response>): Promise<[number, string]> => {
  const { error } = (await (await response).json()) as { error: string }
  return [(await response).status, error]
}

const running = async (): Promise<number> => {
  const health = await fetch(`${server.address}/health`)
  return ((await health.json()) as { running: number }).running
}

test('an upload comes back filtered', async () => {
  const file = await photoFile()
  const blur = gaussianRows(2)
  const blurred = await pictureIn(await upload(file, '?filter=blur&amount=2'))
  expect(farthest(blurred, photo, (place) => correlated(photo, blur, place))).toBeLessThan(0.51)
  const narrow = gaussianRows(1.5)
  const sharper = await pictureIn(await upload(file, '?filter=sharpen&amount=0.5'))
  const expected = (place: Parameters<typeof correlated>[2]): number =>
    1.5 * correlated(photo, [[1]], place) - 0.5 * correlated(photo, narrow, place)
  expect(farthest(sharper, photo, expected)).toBeLessThan(0.51)
})

test('JPEG, WebP, grey, and transparent pictures are taken, and photos are turned', async () => {
  const { data } = photo
  const raw = { width, height, channels: 3 } as const
  const jpeg = await sharp(data, { raw }).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await pictureIn(await upload(jpeg))).toMatchObject({ width: height, height: width })
  const webp = await sharp(data, { raw }).webp({ lossless: true }).toBuffer()
  expect(await pictureIn(await upload(webp))).toMatchObject({ width, height, channels: 3 })
  const grey = await sharp(data, { raw }).greyscale().toColourspace('b-w').png().toBuffer()
  expect(await pictureIn(await upload(grey))).toMatchObject({ width, height })

  // The left half is red, the right half transparent green: no green may appear.
  const pixels = new Uint8Array(40 * 20 * 4)
  for (let i = 0; i < pixels.length; i += 4)
    pixels.set(i % 160 < 80 ? [255, 0, 0, 255] : [0, 255, 0, 0], i)
  const rgba = await sharp(pixels, { raw: { width: 40, height: 20, channels: 4 } })
    .png()
    .toBuffer()
  const soft = await pictureIn(await upload(rgba, '?amount=3'))
  expect(soft.channels).toBe(4)
  const [red, green, , alpha] = soft.data.subarray((10 * 40 + 21) * 4)
  expect([red, green]).toEqual([255, 0])
  expect(alpha).toBeGreaterThan(20)
  expect(alpha).toBeLessThan(127)
})

test('what exceeds a limit is refused, and what is no picture', async () => {
  expect(await refused(upload(new Uint8Array(11 * 2 ** 20)))).toEqual([
    413,
    'At most 10485760 bytes are taken.',
  ])
  const empty = { width: 6000, height: 5000, channels: 3, background: '#123456' } as const
  const bomb = await sharp({ create: empty }).png().toBuffer()
  expect(bomb.length).toBeLessThan(1_000_000)
  expect(await refused(upload(bomb))).toEqual([
    413,
    'The picture has 6000 × 5000 pixels. At most 24 million are taken.',
  ])
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  expect(await refused(upload(svg))).toEqual([415, expect.stringContaining('type svg')])
  expect(await refused(upload(Buffer.from('text')))).toEqual([
    415,
    expect.stringMatching(/no picture/),
  ])
  const file = await photoFile()
  const broken = Buffer.concat([file.subarray(0, file.length / 2), Buffer.alloc(40)])
  expect(await refused(upload(broken))).toEqual([
    422,
    expect.stringMatching(/^The picture is damaged/),
  ])
  expect(await refused(upload(undefined))).toEqual([400, 'Send a picture as the body.'])
})

test('a wrong question is answered with what is possible', async () => {
  const file = await photoFile()
  expect(await refused(upload(file, '?filter=toString'))).toEqual([
    400,
    "There is no filter 'toString'. Use blur, sharpen, edges.",
  ])
  for (const amount of ['51', '0', 'NaN', 'wide', 'Infinity'])
    expect(await refused(upload(file, `?amount=${amount}`))).toEqual([
      400,
      "The amount of 'blur' is a number from 0.3 to 50.",
    ])
  expect(await refused(fetch(`${server.address}/other`))).toEqual([
    404,
    'There is no GET /other. Use POST /filter.',
  ])
})

/** A picture that takes a while: noise is not flat anywhere. */
async function largeFile(): Promise<Buffer> {
  const side = 4800
  const pixels = new Uint8Array(side * side * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.imul(i, 2654435761) >>> 29) * 32
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 40 })
    .toBuffer()
}

test('a client that goes away ends its calculation, and the next one is served', async () => {
  const file = await largeFile()
  expect(file.length).toBeLessThan(10 * 2 ** 20)
  const controller = new AbortController()
  const answer = upload(file, '?filter=edges&amount=20', controller.signal)
  answer.catch(() => undefined)
  await expect.poll(running, { interval: 5 }).toBe(1)
  controller.abort()
  await expect(answer).rejects.toThrow('abort')
  await expect.poll(running, { interval: 5 }).toBe(0)
  expect(server.output()).toMatch(/POST \/filter\?filter=edges&amount=20 cancelled \d+ ms/)
  expect((await upload(await photoFile())).status).toBe(200)
})

test('too many uploads at once are asked to come back', async () => {
  const file = await largeFile()
  const health = await fetch(`${server.address}/health`)
  const { maxRunning } = (await health.json()) as { maxRunning: number }
  const controller = new AbortController()
  const held = Array.from({ length: maxRunning }, () =>
    upload(file, '?filter=edges&amount=20', controller.signal).catch(() => undefined),
  )
  await expect.poll(running, { interval: 5 }).toBe(maxRunning)
  const response = await upload(await photoFile())
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  controller.abort()
  await Promise.all(held)
  await expect.poll(running).toBe(0)
})

test('the server ends when it is asked to, also while it computes', async () => {
  const last = upload(await largeFile(), '?filter=edges&amount=20')
  await expect.poll(running, { interval: 5 }).toBe(1)
  const [code, response] = await Promise.all([server.stop(), last])
  expect(code).toBe(0)
  expect(response.status).toBe(503)
  expect(server.output()).not.toMatch(/Error/)
})
