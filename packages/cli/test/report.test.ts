/**
 * Does the report say what was measured, in both languages, on one page that needs nothing else? And do the articles' own functions, as they are
 * written, go wrong where we say so?
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { correlate, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import {
  dotAsWritten,
  im2colLoops,
  matrix,
  naiveConvolution,
  rowTimesMatrix,
  stridedWindows,
  windowsTimesColumn,
} from '../src/report/as-written/article1.ts'
import { asUint8, conv, convMatmul, padding, type Volume } from '../src/report/as-written/article2.ts'
import { defects } from '../src/report/defects.ts'
import { filesOf, type Report, reported } from '../src/report/report.ts'
import { rivalsOf } from '../src/report/rivals.ts'
import type { Cell, Words } from '../src/report/section.ts'
import { world } from './helpers/world.ts'

const noise = (n: number, seed: number): number[] => Array.from({ length: n }, (_, i) => ((i * 37 + seed * 11) % 19) - 9)

describe('article 1, as written', () => {
  const [x, k] = [matrix(7, 7, noise(49, 1)), matrix(2, 2, noise(4, 2))]
  const right = correlate(ndarray(x.data, [7, 7]), ndarray(k.data, [2, 2]), { mode: 'valid', bias: 0.5 }).data

  test('its loops, its matrix and its windows give the convolution; the example is that of the article', () => {
    expect(naiveConvolution(x, k, 0.5).data).toEqual(right)
    expect(rowTimesMatrix(k, im2colLoops(x, k), 0.5).data).toEqual(right)
    expect(windowsTimesColumn(k, stridedWindows(x, k), 0.5).data).toEqual(right)
    const [x3, k2] = [matrix(3, 3, [3, 9, 0, 2, 8, 1, 1, 4, 8]), matrix(2, 2, [8, 9, 4, 4])]
    expect(Array.from(naiveConvolution(x3, k2, 0.06).data)).toEqual([145.06, 108.06, 108.06, 121.06])
    expect(dotAsWritten(k2, stridedWindows(x3, k2), 0.06).data).toEqual(naiveConvolution(x3, k2, 0.06).data)
  })

  test('what is wrong in it is wrong here', () => {
    expect(() => dotAsWritten(k, stridedWindows(x, k), 0)).toThrow('not aligned')
    expect(() => stridedWindows(x, matrix(3, 3))).toThrow('cannot reshape array of size 225 into shape (25,6)')
  })

  test('its arrays are counted as they are made', () => {
    let bytes = 0
    im2colLoops(x, k, (more) => {
      bytes += more
    })
    expect(bytes).toBe(4 * 36 * 8)
  })
})

describe('article 2, as written', () => {
  const volume = (height: number, width: number, channels: number, seed: number): Volume => ({
    shape: [height, width, channels],
    data: Float32Array.from(noise(height * width * channels, seed)),
  })
  const summed = (x: Volume, k: Volume) =>
    correlate(ndarray(x.data, x.shape), ndarray(k.data, k.shape), { mode: ['same', 'same', 'valid'] }).data

  test('a square kernel comes out right both ways', () => {
    for (const n of [2, 3, 4]) {
      const [x, k] = [volume(6, 9, 3, 3), volume(n, n, 3, 4)]
      expect(conv(x, k, 1).data).toEqual(summed(x, k))
      expect(convMatmul(x, k, 1).data).toEqual(summed(x, k))
    }
  })

  test('its mode does nothing, a kernel that is not square fails, SAME ignores the stride, bytes wrap', () => {
    const x = volume(5, 7, 1, 5)
    expect(conv(x, volume(3, 3, 1, 6), 1, 'VALID')).toEqual(conv(x, volume(3, 3, 1, 6), 1, 'FULL'))
    expect(() => conv(x, volume(3, 5, 1, 6), 1)).toThrow('could not be broadcast')
    expect(Array.from(convMatmul(x, volume(3, 5, 1, 6), 1).data)).not.toEqual(Array.from(summed(x, volume(3, 5, 1, 6))))
    expect(padding([7, 7], 'SAME')).toEqual([3, 3, 3, 3])
    expect(Array.from(asUint8(Float32Array.of(-1, 256.9, 12.7)))).toEqual([255, 0, 12])
  })
})

test('all thirteen defects are shown, and what is right differs from what is written', () => {
  const all = defects()
  expect(all.map(({ row }) => row)).toEqual(Array.from({ length: 13 }, (_, i) => `D-${String(i + 1).padStart(2, '0')}`))
  for (const { theirs, ours } of all) expect(theirs).not.toEqual(ours)
  const nine = all[8]!
  expect([nine.theirs, nine.ours]).toEqual(['(3, 3)', '(2, 3)'])
})

describe('the page', () => {
  const made: Promise<Report> = (async () => {
    const controller = new AbortController()
    let parts = 0
    // Interrupted in its middle: what was measured stays.
    return reported({ quick: true }, controller.signal, (share) => {
      if (share > 0.02 && ++parts > 3) controller.abort()
    })
  })()

  test('an interrupted run keeps what it has and says so; nothing is loaded; files can be read back', async () => {
    const report = await made
    expect(report.interrupted).toBe(true)
    const files = await filesOf(report)
    const text = (name: string): string => Buffer.from(files.find((f) => f.name === name)!.bytes).toString()
    const page = text('index.html')
    expect(page).toContain('interrupted')
    expect(page).toContain('运行被中断')
    expect(page).not.toMatch(/<script|src="(?!data:)|url\(|@import/)
    expect(page).toContain("default-src 'none'")
    expect(JSON.parse(text('report.json'))).toMatchObject({ schemaVersion: 1, verb: 'report', interrupted: true })
    for (const { name, bytes } of files) {
      if (name.endsWith('.svg')) expect(Buffer.from(bytes).toString()).toMatch(/^<svg [\s\S]*<\/svg>$/)
      if (name.endsWith('.csv')) {
        const lines = Buffer.from(bytes).toString().trimEnd().split('\n')
        expect(lines.length).toBeGreaterThan(1)
      }
    }
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length)
  })

  test('every text is there in both languages', async () => {
    const isWords = (cell: Cell): cell is Words => typeof cell === 'object'
    for (const { title, blocks } of (await made).sections) {
      const words = [
        title,
        ...blocks.flatMap((block): Words[] => {
          if (block.kind === 'text') return [block.text]
          if (block.kind === 'table') return [block.caption, ...block.head, ...block.rows.flat().filter(isWords)]
          if (block.kind === 'chart')
            return [block.caption, block.chart.x.label, block.chart.y.label, ...block.chart.series.map(({ name }) => name)]
          return [block.caption]
        }),
      ]
      for (const { en, zh } of words) {
        expect(en).not.toBe('')
        expect(zh).not.toBe('')
        if (en.split(' ').length > 4) expect(zh).toMatch(/[\u4e00-\u9fff]/)
      }
    }
  })
})

test('a folder that exists is not written over', async () => {
  const w = world()
  mkdirSync(join(w.folder, 'stridefold-report'))
  w.put('stridefold-report/mine.txt', 'mine')
  const { code, stderr } = await w.run(['report', '--quick'])
  expect(code).toBe(1)
  expect(stderr).toContain('--force')
  expect(w.bytes('stridefold-report/mine.txt').toString()).toBe('mine')
  w.put('taken', 'a file')
  expect((await w.run(['report', '--quick', '-o', 'taken', '--force'])).code).toBe(2)
})

test('rivals that are not there are named, with the reason', async () => {
  const { found, missing } = await rivalsOf(world().folder, 'no-such-python')
  expect(found).toEqual([])
  expect(missing.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['TensorFlow.js wasm', 'ONNX Runtime Web', 'OpenCV.js', 'PyTorch', 'SciPy', 'OpenCV']),
  )
  for (const { reason } of missing) expect(reason).not.toBe('')
})
