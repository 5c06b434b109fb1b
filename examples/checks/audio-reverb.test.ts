/** Do saved sounds have the samples of the definition, and does live sound go through the room? */

import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import {
  closePages,
  developed,
  expectNoSidewaysScroll,
  installed,
  opened,
  pictured,
  previewed,
  printSizes,
  type Server,
  type Starter,
} from './starter.ts'

let starter: Starter
let server: Server

closePages()
beforeAll(async () => {
  starter = await installed('audio-reverb')
  printSizes('audio-reverb', starter)
  server = await previewed(starter)
})

const rate = 48_000

/** Numbers from −1 to 1, as float32. */
function noise(length: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** A WAV file of 32-bit floats, with the samples of all channels side by side. */
function wav(channels: readonly Float32Array[]): Buffer {
  const frames = channels[0]!.length
  const data = Buffer.alloc(4 * channels.length * frames)
  for (let i = 0; i < frames; i++)
    for (const [c, samples] of channels.entries())
      data.writeFloatLE(samples[i]!, 4 * (i * channels.length + c))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(3, 20)
  head.writeUInt16LE(channels.length, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(4 * channels.length * rate, 28)
  head.writeUInt16LE(4 * channels.length, 32)
  head.writeUInt16LE(32, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

/** The samples of a WAV file of stereo floats, left and right. */
function channelsOf(file: Buffer): readonly [number[], number[]] {
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 12)).toBe('RIFFWAVE')
  expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24)]).toEqual([
    3,
    2,
    rate,
  ])
  const frames = file.readUInt32LE(40) / 8
  expect(file.length).toBe(44 + 8 * frames)
  const side = (c: number): number[] =>
    Array.from({ length: frames }, (_, i) => file.readFloatLE(44 + 8 * i + 4 * c))
  return [side(0), side(1)]
}

test('a saved sound is the sum of the dry sound and its convolution with the room', async () => {
  const { page, errors } = await opened(server.address)
  const sound = noise(9000, 1)
  const room = [noise(2500, 2), noise(2500, 3)].map((side) =>
    side.map((v, i) => v * Math.exp(-i / 500)),
  )
  const mimeType = 'audio/wav'
  await page
    .getByLabel('Your sound')
    .setInputFiles({ name: 'sound.wav', mimeType, buffer: wav([sound]) })
  await expect.poll(() => page.locator('#status').textContent()).toBe('sound.wav is in use.')
  await page
    .getByLabel('Your room')
    .setInputFiles({ name: 'room.wav', mimeType, buffer: wav(room) })
  await expect.poll(() => page.locator('#status').textContent()).toBe('room.wav is in use.')
  const mix = 0.3
  await page.getByLabel('Reverb').fill(String(mix))
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save' }).click()
  const sides = channelsOf(readFileSync(await (await download).path()))

  const scale = Math.sqrt(Math.max(...room.map((side) => side.reduce((sum, v) => sum + v * v, 0))))
  for (const [c, side] of room.entries()) {
    expect(sides[c]).toHaveLength(sound.length + side.length - 1)
    const sum = side.reduce((total, tap) => total + Math.abs(tap), 0) / scale
    let most = 0
    for (const [i, value] of sides[c]!.entries()) {
      let wet = 0
      for (let t = Math.max(0, i - sound.length + 1); t < Math.min(side.length, i + 1); t++)
        wet += side[t]! * sound[i - t]!
      const expected = (1 - mix) * (sound[i] ?? 0) + (mix * wet) / scale
      most = Math.max(most, Math.abs(value - expected))
    }
    // Float32 transforms lose a few units in the last place of the largest possible sum.
    expect(most).toBeLessThan(8 * 2 ** -23 * (1 + sum))
  }
  expect(errors).toEqual([])
})

test('sound plays, the room changes meanwhile, and stop ends it', async () => {
  const { page, errors } = await opened(server.address)
  const level = (): Promise<number> =>
    page.evaluate(() => document.querySelector<HTMLMeterElement>('#level')!.value)
  expect(await level()).toBe(0)
  await page.getByRole('button', { name: 'Play' }).click()
  await expect.poll(level).toBeGreaterThan(0.02)
  await pictured(page, 'audio-reverb')
  for (const room of ['cathedral', 'chamber']) {
    await page.locator('#room').selectOption(room)
    await page.waitForTimeout(500)
    await expect.poll(level).toBeGreaterThan(0.02)
  }
  await page.locator('#sound').selectOption('clap')
  await expect.poll(level).toBeGreaterThan(0.02)
  expect(await page.locator('#status').textContent()).toMatch(/^Playing/)
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect.poll(level).toBe(0)
  await page.getByRole('button', { name: 'Play' }).click()
  await expect.poll(level).toBeGreaterThan(0.02)
  await expectNoSidewaysScroll(page)
  expect(errors).toEqual([])
})

test('what is no sound is said, and changes nothing', async () => {
  const { page, errors } = await opened(server.address)
  await page.getByLabel('Your room').setInputFiles({
    ...{ name: 'text.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') },
  })
  await expect.poll(() => page.locator('#status').getAttribute('class')).toBe('bad')
  expect(await page.locator('#room').inputValue()).toBe('hall')
  const silence = [new Float32Array(100)]
  await page.getByLabel('Your room').setInputFiles({
    ...{ name: 'silence.wav', mimeType: 'audio/wav', buffer: wav(silence) },
  })
  await expect.poll(() => page.locator('#status').textContent()).toMatch(/^The room is silent/)
  expect(errors).toEqual([])
})

test('the page of the development server works', async () => {
  const { page, errors } = await opened((await developed(starter)).address)
  await page.getByRole('button', { name: 'Play' }).click()
  await expect.poll(() => page.locator('#status').textContent()).toMatch(/^Playing/)
  expect(errors).toEqual([])
})
