/** Does the page show the results of the network, computed here in plain loops of float64? */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import {
  closePages,
  developed,
  expectNoSidewaysScroll,
  installed,
  opened,
  pictured,
  pixelsOf,
  previewed,
  printSizes,
  type Server,
  type Starter,
} from './starter.ts'

let starter: Starter
let server: Server
let layers: readonly Layer[]

closePages()
beforeAll(async () => {
  starter = await installed('cnn-forward')
  printSizes('cnn-forward', starter)
  const file = readFileSync(join(starter.folder, 'src/shapes.json'), 'utf8')
  layers = (JSON.parse(file) as { layers: Layer[] }).layers
  server = await previewed(starter)
})

interface Layer {
  readonly weight: { readonly shape: [number, number, number, number]; readonly data: string }
  readonly bias: { readonly data: string }
  readonly stride: number
  readonly padding: number
  readonly activation?: 'relu'
}

interface Maps {
  readonly data: readonly number[]
  readonly channels: number
  readonly side: number
}

const floats = (text: string): number[] => {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** y[o, i, j] = bias[o] + Σ w[o, c, a, b] · x[c, i·s + a − p, j·s + b − p], and at least 0. */
function layerOf({ data, channels, side }: Maps, layer: Layer): Maps {
  const [outputs, , height, width] = layer.weight.shape
  const { stride, padding } = layer
  const [weight, bias] = [floats(layer.weight.data), floats(layer.bias.data)]
  const extent = Math.floor((side + 2 * padding - height) / stride) + 1
  const sums: number[] = []
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < extent; i++)
      for (let j = 0; j < extent; j++) {
        let sum = bias[o]!
        for (let c = 0; c < channels; c++)
          for (let a = 0; a < height; a++)
            for (let b = 0; b < width; b++) {
              const [y, x] = [i * stride + a - padding, j * stride + b - padding]
              if (y >= 0 && y < side && x >= 0 && x < side)
                sum +=
                  weight[((o * channels + c) * height + a) * width + b]! *
                  data[(c * side + y) * side + x]!
            }
        sums.push(layer.activation === 'relu' ? Math.max(0, sum) : sum)
      }
  return { data: sums, channels: outputs, side: extent }
}

interface Shown {
  readonly answer: string
  readonly shares: readonly number[]
}

const shown = (page: Page): Promise<Shown> =>
  page.evaluate(() => ({
    answer: document.querySelector('#answer')!.textContent!,
    shares: [...document.querySelectorAll<HTMLProgressElement>('#scores progress')].map(
      (bar) => bar.value,
    ),
  }))

/** Compares maps and shares with the definition, from the pixels that the network got. */
async function expectDefinition(page: Page): Promise<void> {
  const canvases = await page.locator('#layers canvas').count()
  expect(canvases).toBe(1 + 8 + 16)
  const alphas: number[][] = []
  for (let i = 0; i < canvases; i++) {
    await page.evaluate((i) => {
      for (const [at, canvas] of document.querySelectorAll('#layers canvas').entries())
        canvas.id = at === i ? 'chosen' : ''
    }, i)
    const { data } = await pixelsOf(page, '#chosen')
    alphas.push(Array.from({ length: data.length / 4 }, (_, p) => data[4 * p + 3]!))
  }
  // The colour of the input is its coverage: from −1, nothing, to 1.
  const input = alphas[0]!.map((alpha) => Math.fround((2 * alpha) / 255 - 1))
  let maps: Maps = { data: input, channels: 1, side: 20 }
  let at = 1
  for (const layer of layers) {
    maps = layerOf(maps, layer)
    if (layer.activation === undefined) continue
    const largest = Math.max(...maps.data)
    const area = maps.side ** 2
    for (let c = 0; c < maps.channels; c++)
      for (const [i, alpha] of alphas[at++]!.entries())
        expect(Math.abs(alpha - (255 * maps.data[c * area + i]!) / largest)).toBeLessThan(0.51)
  }
  const powers = maps.data.map((score) => Math.exp(score - Math.max(...maps.data)))
  const sum = powers.reduce((a, b) => a + b)
  const { shares } = await shown(page)
  for (const [i, share] of shares.entries())
    expect(Math.abs(share - powers[i]! / sum)).toBeLessThan(1e-5)
}

test('examples are right, and all maps and shares are those of the definition', async () => {
  const { page, errors } = await opened(server.address)
  for (const name of ['circle', 'square', 'triangle', 'star']) {
    await page.getByRole('button', { name: `Draw a ${name}` }).click()
    expect((await shown(page)).answer).toBe(name)
    await expectDefinition(page)
  }
  await pictured(page, 'cnn-forward')
  await expectNoSidewaysScroll(page)
  expect(errors).toEqual([])
})

test('a shape that is drawn by hand is seen', async () => {
  const { page, errors } = await opened(server.address)
  const { x, y, width } = (await page.locator('#paper').boundingBox())!
  const draw = async (points: readonly (readonly [number, number])[]): Promise<void> => {
    const [first, ...others] = points.map(([a, b]) => [x + a * width, y + b * width] as const)
    await page.mouse.move(...first!)
    await page.mouse.down()
    for (const point of others) await page.mouse.move(...point, { steps: 5 })
    await page.mouse.up()
  }
  // Small and in a corner: the page brings it to the size that the network has learned.
  await draw([
    [0.1, 0.3],
    [0.2, 0.1],
    [0.3, 0.3],
    [0.1, 0.3],
  ])
  expect((await shown(page)).answer).toBe('triangle')
  await expectDefinition(page)
  const turn = (i: number): [number, number] => [
    0.5 + 0.4 * Math.cos(i / 5),
    0.5 + 0.4 * Math.sin(i / 5),
  ]
  await draw(Array.from({ length: 32 }, (_, i) => turn(i)))
  expect((await shown(page)).answer).toBe('circle')
  await expectDefinition(page)
  expect(errors).toEqual([])
})

test('the page of the development server works', async () => {
  const { page, errors } = await opened((await developed(starter)).address)
  await expect.poll(async () => (await shown(page)).answer).toBe('star')
  expect(errors).toEqual([])
})
