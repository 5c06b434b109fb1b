/**
 * Does the report show the measurements, in both languages, on one self-contained page? Do the
 * functions of the articles fail where the report says that they fail?
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '@stridefold/measure'
import {
  asUint8,
  conv,
  convMatmul,
  dotAsWritten,
  im2colLoops,
  matrix,
  naiveConvolution,
  padding,
  rowTimesMatrix,
  stridedWindows,
  type Volume,
  windowsTimesColumn,
} from '@stridefold/measure/articles'
import { conv2d, correlate, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { openBaselines } from '../src/report/baselines.ts'
import { drawChart } from '../src/report/charts.ts'
import { checkBaselines, skippedMessage } from '../src/report/checked-baselines.ts'
import { defects } from '../src/report/defects.ts'
import { embossBlocks } from '../src/report/emboss.ts'
import { ladderSection } from '../src/report/ladder.ts'
import { filesOf, type Report, writeReport } from '../src/report/report.ts'
import type { Cell, Words } from '../src/report/section.ts'
import { world } from './helpers/world.ts'

const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => ((i * 37 + seed * 11) % 19) - 9)

describe('article 1, as written', () => {
  const [x, k] = [matrix(7, 7, noise(49, 1)), matrix(2, 2, noise(4, 2))]
  const right = correlate(ndarray(x.data, [7, 7]), ndarray(k.data, [2, 2]), {
    mode: 'valid',
    bias: 0.5,
  }).data

  test(
    'its loops, its matrix and its windows give the convolution; the example is that of the ' +
      'article',
    () => {
      expect(naiveConvolution(x, k, 0.5).data).toEqual(right)
      expect(rowTimesMatrix(k, im2colLoops(x, k), 0.5).data).toEqual(right)
      expect(windowsTimesColumn(k, stridedWindows(x, k), 0.5).data).toEqual(right)
      const [x3, k2] = [matrix(3, 3, [3, 9, 0, 2, 8, 1, 1, 4, 8]), matrix(2, 2, [8, 9, 4, 4])]
      expect(Array.from(naiveConvolution(x3, k2, 0.06).data)).toEqual([
        145.06, 108.06, 108.06, 121.06,
      ])
      expect(dotAsWritten(k2, stridedWindows(x3, k2), 0.06).data).toEqual(
        naiveConvolution(x3, k2, 0.06).data,
      )
    },
  )

  test('its mistakes are the same here', () => {
    expect(() => dotAsWritten(k, stridedWindows(x, k), 0)).toThrow('not aligned')
    expect(() => stridedWindows(x, matrix(3, 3))).toThrow(
      'cannot reshape array of size 225 into shape (25,6)',
    )
  })

  test('its arrays are counted when they are created', () => {
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
  const sumOf = (x: Volume, k: Volume) =>
    correlate(ndarray(x.data, x.shape), ndarray(k.data, k.shape), {
      mode: ['same', 'same', 'valid'],
    }).data

  test('a square kernel gives the right result in both forms', () => {
    for (const n of [2, 3, 4]) {
      const [x, k] = [volume(6, 9, 3, 3), volume(n, n, 3, 4)]
      expect(conv(x, k, 1).data).toEqual(sumOf(x, k))
      expect(convMatmul(x, k, 1).data).toEqual(sumOf(x, k))
    }
  })

  test(
    'its mode does nothing, a kernel that is not square fails, SAME ignores the stride, bytes ' +
      'wrap',
    () => {
      const x = volume(5, 7, 1, 5)
      expect(conv(x, volume(3, 3, 1, 6), 1, 'VALID')).toEqual(
        conv(x, volume(3, 3, 1, 6), 1, 'FULL'),
      )
      expect(() => conv(x, volume(3, 5, 1, 6), 1)).toThrow('could not be broadcast')
      expect(Array.from(convMatmul(x, volume(3, 5, 1, 6), 1).data)).not.toEqual(
        Array.from(sumOf(x, volume(3, 5, 1, 6))),
      )
      expect(padding([7, 7], 'SAME')).toEqual([3, 3, 3, 3])
      expect(Array.from(asUint8(Float32Array.of(-1, 256.9, 12.7)))).toEqual([255, 0, 12])
    },
  )
})

test('thirteen defects are shown, each with two different results', () => {
  const all = defects()
  expect(all.map(({ row }) => row)).toEqual(
    Array.from({ length: 13 }, (_, i) => `D-${String(i + 1).padStart(2, '0')}`),
  )
  for (const { theirs, ours } of all) expect(theirs).not.toEqual(ours)
  const nine = all[8]!
  expect([nine.theirs, nine.ours]).toEqual(['(3, 3)', '(2, 3)'])
})

describe('the page', () => {
  const reportPromise: Promise<Report> = (async () => {
    const controller = new AbortController()
    // Interrupted after two sizes; both stay.
    return writeReport({ quick: true }, controller.signal, (share) => {
      if (share > 0.1) controller.abort()
    })
  })()

  test(
    'an interrupted run keeps its results and is marked as interrupted; the page loads nothing; ' +
      'the files can be read back',
    async () => {
      const report = await reportPromise
      expect(report.interrupted).toBe(true)
      const files = await filesOf(report)
      const text = (name: string): string =>
        Buffer.from(files.find((f) => f.name === name)!.bytes).toString()
      const page = text('index.html')
      expect(page).toContain('interrupted')
      expect(page).toContain('运行被中断')
      expect(page).not.toMatch(/<script|src="(?!data:)|url\((?!#)|@import/)
      expect(page).toContain("default-src 'none'")
      expect(JSON.parse(text('report.json'))).toMatchObject({
        schemaVersion: 1,
        verb: 'report',
        interrupted: true,
      })
      expect(files.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['time-all.svg', 'time-all.png', 'time-all.csv', 'defects.csv']),
      )
      for (const { name, bytes } of files) {
        if (name.endsWith('.svg'))
          expect(Buffer.from(bytes).toString()).toMatch(/^<svg [\s\S]*<\/svg>$/)
        if (name.endsWith('.csv')) {
          const lines = Buffer.from(bytes).toString().trimEnd().split('\n')
          expect(lines.length).toBeGreaterThan(1)
        }
      }
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length)
    },
  )

  test(
    'every figure that was measured says how often, on what and by which version; so do the ' +
      'files of charts',
    async () => {
      const report = await reportPromise
      const files = await filesOf(report)
      const text = (name: string): string =>
        Buffer.from(files.find((f) => f.name === name)!.bytes).toString()
      const about = `stridefold ${report.machine.stridefold}`
      const page = text('index.html')
      const figures = page
        .split('<figure>')
        .slice(1)
        .filter((html) => html.includes('<svg'))
      expect(figures.length).toBeGreaterThan(0)
      for (const html of figures)
        expect(html).toMatch(
          new RegExp(`Samples of each: \\d+[^<]*${about}[\\s\\S]*每项样本数：\\d+`),
        )
      expect(text('time-naive.svg')).toMatch(new RegExp(`Samples of each: \\d+[^<]*${about}`))
      const [head, first] = text('time-naive.csv').split('\n')
      expect(head).toBe(
        'series,"N, of an N × N input",time of one call (ms),lower quartile,upper quartile,samples',
      )
      expect(Number(first!.split(',').at(-1))).toBeGreaterThan(0)
    },
  )

  test('every text exists in both languages', async () => {
    const isWords = (cell: Cell): cell is Words => typeof cell === 'object'
    for (const { title, blocks } of (await reportPromise).sections) {
      const words = [
        title,
        ...blocks.flatMap((block): Words[] => {
          if (block.kind === 'text') return [block.text]
          if (block.kind === 'table')
            return [block.caption, ...block.head, ...block.rows.flat().filter(isWords)]
          if (block.kind === 'chart')
            return [
              block.caption,
              block.chart.x.label,
              block.chart.y.label,
              ...block.chart.series.map(({ name }) => name),
            ]
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

test('a chart keeps its sizes, units and style; its accessible name is escaped', () => {
  const series = [
    {
      key: 'strided',
      name: { en: 'strided', zh: '跨距' },
      points: [
        { x: 3, y: 0.0004, low: 0.0002, high: 0.002 },
        { x: 700, y: 5 },
      ],
    },
    {
      key: 'article: strides',
      name: { en: 'article', zh: '文章' },
      points: [
        { x: 3, y: 0.1 },
        { x: 700, y: 80 },
      ],
    },
  ]
  const axes = {
    x: { label: { en: 'N', zh: '边长' }, unit: 'number' },
    y: { label: { en: 'time', zh: '时间' }, unit: 'milliseconds' },
  } as const
  const inks = { text: '#111111', grid: '#eeeeee' }
  const svg = drawChart({ ...axes, series }, 'en', inks, 'a < "b"', 'foot & hand')
  for (const word of [
    '3',
    '700',
    '100 ns',
    '1 µs',
    '10 ms',
    '100 ms',
    'strided',
    'article',
    'N',
    'time',
  ])
    expect(svg).toContain(`>${word}</text>`)
  expect(svg).toContain('aria-label="a &lt; &quot;b&quot;"')
  expect(svg).toContain('>foot &amp; hand</text>')
  // A method has the same colour in the chart and in its legend; the line of the article is dashed.
  expect(svg.match(/<path [^>]*stroke="#009e73"[^>]*stroke-width="2"/g)).toHaveLength(4)
  expect(svg).toContain('stroke-dasharray')
  expect(svg).not.toMatch(/#010203|#040506|NaN/)
  expect(drawChart({ ...axes, series }, 'zh', inks, '')).toContain('>边长</text>')
  const bytes = { ...axes.y, unit: 'bytes' } as const
  const memory = drawChart(
    {
      x: axes.x,
      y: bytes,
      series: [
        {
          ...series[0]!,
          points: [
            { x: 100, y: 70_000 },
            { x: 200, y: 3e6 },
          ],
        },
      ],
    },
    'en',
    inks,
    '',
  )
  for (const word of ['64 KiB', '256 KiB', '1 MiB', '4 MiB'])
    expect(memory).toContain(`>${word}</text>`)
})

test('Ctrl-C: the page has the finished measurements, and the exit code is 130', {
  timeout: 180_000,
}, async () => {
  const interrupted = async (milliseconds: number) => {
    const interrupt = new AbortController()
    const w = world(interrupt.signal)
    setTimeout(() => interrupt.abort(), milliseconds)
    return { w, ...(await w.run(['report', '--quick', '-o', 'r', '--json'])) }
  }
  let run = await interrupted(1500)
  // On a busy machine nothing may be measured yet.
  for (let wait = 3000; !run.stdout.includes('time-naive.csv') && wait < 30_000; wait *= 2)
    run = await interrupted(wait)
  const { w, code, stdout, stderr } = run
  expect(code).toBe(130)
  expect(stderr).toContain('Interrupted: r has the finished measurements.')
  const answer = JSON.parse(stdout.toString())
  expect(answer).toMatchObject({ verb: 'report', folder: 'r', interrupted: true })
  expect(answer.files).toEqual(
    expect.arrayContaining(['index.html', 'report.json', 'time-naive.svg', 'time-naive.csv']),
  )
  expect(w.bytes('r/index.html').toString()).toContain('The run was interrupted')
  expect(w.names()).toEqual(['r'])
})

test('a baseline that is wrong or fails is skipped with the reason', async () => {
  const p = problem('6x7 * 2x3')
  const baseline = (name: string, result: () => ArrayLike<number>) => ({
    ...{ name, version: '1', unsupportedReason: () => undefined, close: () => {} },
    prepare: async () => {
      const values = result()
      return { call: name, output: async () => ({ values }), run: () => {}, close: () => {} }
    },
  })
  const { prepared: ready, skipped: left } = await checkBaselines(
    [
      baseline('sound', () => conv2d(p.x, p.k).data),
      baseline('turned', () => Array.from(conv2d(p.x, p.k).data).reverse()),
      baseline('broken', () => {
        throw new Error('no SIMD here\nat line 1')
      }),
    ],
    p,
  )
  expect(ready.map(({ name }) => name)).toEqual(['sound'])
  expect(left.map(({ name }) => name)).toEqual(['turned', 'broken'])
  expect(left[0]!.reason).toMatch(/^output \[0,0,\d,\d\] of .* is .* but the definition gives/)
  expect(left[1]!.reason).toBe('no SIMD here')
  expect(
    skippedMessage(
      [
        { x: 6, skipped: left },
        { x: 9, skipped: [] },
      ],
      'N',
    ),
  ).toEqual({
    en: `Not shown: turned (N = 6), ${left[0]!.reason}; broken (N = 6), no SIMD here.`,
    zh: '未绘出：turned (N = 6)；broken (N = 6)。',
  })
  expect(skippedMessage([{ x: 6, skipped: [] }], 'N')).toBeUndefined()
})

test('the matrix products and the image filters pass their checks before any timing', async () => {
  const stopped = { quick: true, signal: AbortSignal.abort(), progress: () => {} }
  expect((await ladderSection(stopped)).id).toBe('ladder')
  expect((await embossBlocks(stopped)).length).toBeGreaterThan(3)
})

test('an existing folder is not overwritten', async () => {
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

test('missing baselines are listed with the reason', async () => {
  const { available: matches, missing } = await openBaselines(world().folder, 'no-such-python')
  expect(matches).toEqual([])
  expect(missing.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'sharp',
      'TensorFlow.js wasm',
      'ONNX Runtime Web',
      'OpenCV.js',
      'PyTorch',
      'SciPy',
      'OpenCV',
    ]),
  )
  for (const { reason } of missing) expect(reason).not.toBe('')
})
