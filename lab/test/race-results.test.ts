/** The race without a browser: made-up results, and one size that is really measured. */

import { capabilities, parseCase, planCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { chartLayout, choices, place, rangeWith, spread } from '../src/race/chart-layout.ts'
import { clockStep } from '../src/race/clock-step.ts'
import { courseOf, courses, usualCourse } from '../src/race/courses.ts'
import { crossingOf, crossingsOf, leaders } from '../src/race/crossings.ts'
import { measureSize, samplingOf } from '../src/race/measure-size.ts'
import { comparisonsOf } from '../src/race/printed.ts'
import {
  csvOf,
  isDisturbed,
  latestOf,
  nextSize,
  type SizeResult,
  type Standing,
  stays,
  withResult,
} from '../src/race/results.ts'
import { runnersOf } from '../src/race/runners.ts'
import { bytesText, timesText, timeText } from '../src/race/units.ts'

/** A time with its middle half 10 % around it. */
const measured = (median: number, spreadShare = 0.1): Standing => ({
  ...{ kind: 'measured', samples: [median], calls: 1, median, bytes: 1000 * median },
  ...{ low: median * (1 - spreadShare), high: median * (1 + spreadShare) },
  ...{ difference: 1e-7, bound: 1e-6 },
})

const sized = (
  n: number,
  standings: Readonly<Record<string, Standing>>,
  isWhole = true,
): SizeResult => ({
  ...{
    n,
    text: `${n}x${n} * 2x2`,
    flops: 8 * n * n,
    checked: 48,
    chosen: n < 100 ? 'naive' : 'fft',
  },
  ...{ standings, isWhole },
})

const curves = (
  sizes: readonly number[],
  times: Readonly<Record<string, readonly number[]>>,
  spreadShare?: number,
): readonly SizeResult[] =>
  sizes.map((n, i) =>
    sized(
      n,
      Object.fromEntries(
        Object.entries(times).map(([name, ms]) => [name, measured(ms[i]!, spreadShare)]),
      ),
    ),
  )

test('two curves cross where the lead changes for good', () => {
  const results = curves([1, 10, 100, 1000], { a: [1, 10, 100, 1000], b: [10, 20, 40, 80] })
  const crossing = crossingOf(results, ['a', 'b'])!
  expect(crossing).toMatchObject({ winner: 'b', loser: 'a', from: 100 })
  // a = n; b = 20·2^log10(n/10): they meet where both are 26.9 on logarithmic axes.
  expect(crossing.at.n).toBeCloseTo(26.95, 1)
  expect(crossing.at.ms).toBeCloseTo(26.95, 1)
  expect(crossingOf(results, ['b', 'a'])).toMatchObject({ winner: 'b', loser: 'a', from: 100 })
})

test('the last change counts, and no change is no crossing', () => {
  const back = curves([1, 2, 3, 4], { a: [1, 9, 1, 9], b: [3, 3, 3, 3] })
  expect(crossingOf(back, ['a', 'b'])).toMatchObject({ winner: 'b', loser: 'a', from: 4 })
  const none = curves([1, 2, 3], { a: [1, 2, 3], b: [2, 4, 6] })
  expect(crossingOf(none, ['a', 'b'])).toBeUndefined()
  expect(crossingOf([], ['a', 'b'])).toBeUndefined()
  expect(crossingOf(none, ['a', 'nobody'])).toBeUndefined()
})

test('sizes where the middle halves overlap decide nothing', () => {
  const times = { a: [1, 10, 30, 1000], b: [2, 9.5, 33, 100] }
  expect(crossingOf(curves([1, 2, 3, 4], times), ['a', 'b'])).toMatchObject({ from: 4 })
  // With a wide spread even the ends overlap.
  expect(crossingOf(curves([1, 2, 3, 4], times, 0.95), ['a', 'b'])).toBeUndefined()
  // Between the last lead of one and the first of the other, the lines meet where medians do.
  const { at } = crossingOf(curves([1, 2, 3, 4], times), ['a', 'b'])!
  expect(at.n).toBeGreaterThan(1)
  expect(at.n).toBeLessThan(2)
})

test('a runner that misses some sizes is compared at the others', () => {
  const results = [
    sized(1, { a: measured(1), b: measured(5) }),
    sized(2, { a: measured(2), b: { kind: 'unsupported', reason: 'no' } }),
    sized(3, { a: measured(30), b: measured(9) }),
  ]
  const crossing = crossingOf(results, ['a', 'b'])!
  expect(crossing).toMatchObject({ winner: 'b', from: 3 })
  expect(crossing.at.n).toBeGreaterThan(1)
  expect(crossing.at.n).toBeLessThan(3)
})

test('crossings are those with the loops, and those between runners that lead', () => {
  const results = curves([1, 10, 100], {
    loops: [1, 10, 100],
    a: [5, 5, 90],
    b: [9, 9, 9],
    // Crosses b, but leads nowhere and is always behind the loops.
    c: [2, 20, 200],
  })
  expect(leaders(results, ['loops', 'a', 'b', 'c'])).toEqual([
    { name: 'loops', from: 1, to: 1 },
    { name: 'a', from: 10, to: 10 },
    { name: 'b', from: 100, to: 100 },
  ])
  const found = crossingsOf(results, ['loops', 'a', 'b', 'c'], 'loops')
  expect(found.map(({ winner, loser }) => `${winner} ${loser}`).sort()).toEqual([
    'a loops',
    'b a',
    'b loops',
  ])
})

test('a runner stops before a size that would take too long, and after a failure', () => {
  const results = [
    sized(10, { fast: measured(1), slow: measured(100), broken: { kind: 'failed', message: '!' } }),
  ]
  const names = ['fast', 'slow', 'broken', 'new']
  const staying = stays(results, names, 8 * 20 * 20 + 1)
  expect([...staying.keys()]).toEqual(['slow', 'broken'])
  expect(staying.get('slow')).toMatchObject({ kind: 'slow' })
  expect((staying.get('slow') as { milliseconds: number }).milliseconds).toBeCloseTo(400, 0)
  // A later size: it stays out.
  const later = [...results, sized(20, { slow: { kind: 'slow', milliseconds: 500 } })]
  expect(stays(later, names, 1e9).has('slow')).toBe(true)
  expect(latestOf(later, 'slow')).toMatchObject({ n: 20, standing: { kind: 'slow' } })
})

test('the next size is the first that is not whole, or lacks a runner that returned', () => {
  const [first, second, third] = usualCourse.sizes as [number, number, number]
  const nobody: ReadonlySet<string> = new Set()
  expect(nextSize(usualCourse, [], nobody)).toBe(first)
  const one = withResult([], sized(first, { a: measured(1) }))
  expect(nextSize(usualCourse, one, nobody)).toBe(second)
  const part = withResult(one, sized(second, { a: measured(2) }, false))
  expect(nextSize(usualCourse, part, nobody)).toBe(second)
  const out = withResult(part, sized(second, { a: { kind: 'left-out' } }))
  expect(out.map(({ n }) => n)).toEqual([first, second])
  expect(nextSize(usualCourse, out, new Set(['a']))).toBe(third)
  expect(nextSize(usualCourse, out, nobody)).toBe(second)
  const all = usualCourse.sizes.map((n) => sized(n, {}))
  expect(nextSize(usualCourse, all, nobody)).toBeUndefined()
})

test('a race is disturbed if many points spread over a factor of two', () => {
  const quiet = curves([1, 2, 3], { a: [1, 2, 3], b: [1, 2, 3] })
  expect(isDisturbed(quiet)).toBe(false)
  expect(isDisturbed([])).toBe(false)
  const [noisy] = curves([4], { a: [1], b: [1] }, 0.5)
  expect(isDisturbed([...quiet, noisy!])).toBe(false)
  expect(isDisturbed([quiet[0]!, noisy!])).toBe(true)
})

test('CSV has every number, and quotes what needs it', () => {
  const text = csvOf(usualCourse, [
    sized(3, { 'auto, whole call': measured(0.5), fft: { kind: 'slow', milliseconds: 9 } }),
  ])
  const [head, first, second, end] = text.split('\r\n')
  expect(head!.split(',')).toHaveLength(15)
  expect(first).toBe(
    'image-2,3x3 * 2x2,3,"auto, whole call",measured,0.5,0.45,0.55,1,1,500,48,1e-7,0.000001,naive',
  )
  expect(second).toBe('image-2,3x3 * 2x2,3,fft,slow,,,,,,,,,,naive')
  expect(end).toBe('')
})

test('names at the ends of curves do not overlap, and stay in the chart', () => {
  const places = spread([100, 101, 102, 300, 0], { low: 10, high: 320 }, 17)
  expect(places[4]).toBe(10)
  expect(places[3]).toBe(300)
  const sorted = places.toSorted((a, b) => a - b)
  for (let i = 1; i < sorted.length; i++)
    expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(16.99)
  expect((places[0]! + places[1]! + places[2]!) / 3).toBeCloseTo(101, 5)
  const crowded = spread([315, 316, 317, 318], { low: 10, high: 320 }, 17)
  expect(Math.max(...crowded)).toBeLessThanOrEqual(320.001)
})

test('the axis has its usual range, and whole decades more where a time lies outside', () => {
  expect(rangeWith({ low: 1e-4, high: 1e2 }, [1, 50])).toEqual({ low: 1e-4, high: 1e2 })
  expect(rangeWith({ low: 1e-4, high: 1e2 }, [3e-6, 2500])).toEqual({ low: 1e-6, high: 1e4 })
})

test('the chart draws the numbers: places on logarithmic axes', () => {
  const results = curves([3, 10], { naive: [0.01, 1], fft: [0.1, 0.1] })
  const size = { width: 800, height: 400 }
  const usual = { low: 1e-4, high: 1e4 }
  const runners = runnersOf(usualCourse)
  const {
    curves: drawn,
    x,
    y,
    labels,
  } = chartLayout(...([usualCourse, runners, results, 'time', usual, size] as const))
  const naive = drawn.find(({ runner }) => runner.name === 'naive')!
  expect(naive.points.map(({ n }) => n)).toEqual([3, 10])
  // Two decades of eight.
  const decade = (y.from - y.to) / 8
  expect(naive.points[0]!.y - naive.points[1]!.y).toBeCloseTo(2 * decade, 6)
  expect(place(x, 3)).toBe(naive.points[0]!.x)
  expect(naive.points[0]!.bottom).toBeGreaterThan(naive.points[0]!.y)
  expect(labels.map(({ runner }) => runner.name)).toEqual(['naive', 'fft'])
  // A narrow chart has no names beside its curves.
  const narrow = { width: 360, height: 300 }
  expect(chartLayout(usualCourse, runners, results, 'time', usual, narrow).labels).toEqual([])
  const memory = chartLayout(
    ...([usualCourse, runners, results, 'memory', { low: 1, high: 1e4 }, size] as const),
  )
  const points = memory.curves.find(({ runner }) => runner.name === 'naive')!.points
  expect(points[0]!.top).toBe(points[0]!.y)
})

test('what auto takes is one stretch while it stays the same', () => {
  const x = { low: 1, high: 1000, from: 0, to: 300 }
  const stretches = choices([sized(1, {}), sized(10, {}), sized(1000, {})], x)
  expect(stretches).toEqual([
    { name: 'naive', from: 0, to: expect.closeTo(100, 6) },
    { name: 'fft', from: 300, to: 300 },
  ])
})

test('the articles’ figures stand beside the same quantities here', () => {
  const results = curves([3, 250], {
    'article: loops': [0.004, 2],
    'article: strides': [0.008, 0.5],
  })
  const rows = comparisonsOf(usualCourse, results)
  expect(rows).toMatchObject([
    { kind: 'time', name: 'loops', n: 3, hereMs: 0.004 },
    { kind: 'time', name: 'loops', n: 250, lowMs: 1000, highMs: 3000, hereMs: 2 },
    { kind: 'time', name: 'pytorch', n: 3, hereMs: null },
    { kind: 'speedup', times: 150, here: { n: 250, times: 4 } },
  ])
  expect(comparisonsOf(usualCourse, [])).toMatchObject([{ hereMs: undefined }, {}, {}, {}])
  const picture = comparisonsOf(courseOf('picture')!, [])
  expect(picture).toMatchObject([{ lowMs: 728.1 }, { lowMs: 151.1 }, { here: undefined }])
  expect((picture[2] as { times: number }).times).toBeCloseTo(4.82, 2)
  expect(comparisonsOf(courseOf('layer')!, [])).toEqual([])
})

test('times and bytes have three digits and the unit that keeps them short', () => {
  expect([1.5e-4, 0.0269, 0.9999, 1, 59.5, 999.9, 3000].map(timeText)).toEqual(
    ['150 ns', '26.9 µs', '1 ms', '1 ms', '59.5 ms', '1 s', '3 s'].map((text) =>
      text.replace(' ', '\u202f'),
    ),
  )
  expect(timesText(0.9, 1.1)).toBe('0.9–1.1\u202fms')
  expect([0, 16, 1234, 4_000_000].map(bytesText)).toEqual(
    ['0 B', '16 B', '1.23 kB', '4 MB'].map((text) => text.replace(' ', '\u202f')),
  )
})

test('every course is valid, grows, and has every algorithm of the library', () => {
  expect(new Set(courses.map(({ id }) => id)).size).toBe(courses.length)
  const { candidates } = planCase(usualCourse.caseOf(10))
  for (const course of courses) {
    expect(course.sizes).toEqual(course.sizes.toSorted((a, b) => a - b))
    for (const n of course.sizes) expect(() => parseCase(course.caseOf(n))).not.toThrow()
    const names = runnersOf(course).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(candidates.map(({ algorithm }) => algorithm)))
  }
  expect(capabilities().simd).toBeDefined()
})

test('the clock step is the smallest difference of two readings', () => {
  let [now, calls] = [0, 0]
  // Stands still for nine readings, then steps by 0.1 or 0.3.
  const coarse = (): number => {
    if (++calls % 10 === 0) now += calls % 20 === 0 ? 0.1 : 0.3
    return now
  }
  expect(clockStep(coarse)).toBeCloseTo(0.1, 9)
  expect(samplingOf(0.1).minMs).toBe(5)
  expect(samplingOf(0.005).minMs).toBe(1)
})

/** Short samples: these tests look at what is measured, not at how long it takes. */
const sampling = { samples: 3, minMs: 0.2, budgetMs: 60_000, equalTime: { fewest: 3 } }
const never = new AbortController().signal
const progress = (): void => {}

test('a size is verified and measured, and what fails or does not fit says why', async () => {
  const request = { course: 'image-3', n: 25, without: ['toeplitz'], before: undefined }
  const result = await measureSize(request, { sampling, signal: never, progress })
  expect(result).toMatchObject({ n: 25, text: '1x1x25x25 * 1x1x3x3', checked: 48, isWhole: true })
  expect(Object.keys(result.standings)).not.toContain('toeplitz')
  for (const name of ['naive', 'im2col', 'strided', 'fft', 'auto, whole call', 'article: loops']) {
    const standing = result.standings[name]
    expect(standing, name).toMatchObject({ kind: 'measured', samples: { length: 3 } })
    if (standing?.kind !== 'measured') continue
    expect(standing.low).toBeLessThanOrEqual(standing.median)
    expect(standing.median).toBeLessThanOrEqual(standing.high)
    expect(standing.difference).toBeLessThanOrEqual(standing.bound)
    // At least the result itself.
    expect(standing.bytes).toBeGreaterThanOrEqual(23 * 23 * 4)
  }
  // The reshape of article 1 fits 2×2 kernels only (defect D-02).
  expect(result.standings['article: strides']).toMatchObject({
    kind: 'failed',
    message: 'cannot reshape array of size 4761 into shape (529,6)',
  })
  expect(result.standings.winograd).toMatchObject({ kind: 'unsupported' })
})

test('article 2 runs on its picture, and a signal without an article', async () => {
  const watcher = { sampling, signal: never, progress }
  const before = undefined
  const picture = await measureSize({ course: 'picture', n: 11, without: [], before }, watcher)
  for (const name of ['article: conv', 'article: conv_matmul', 'winograd'])
    expect(picture.standings[name]?.kind, name).toBe(
      name === 'winograd' ? 'unsupported' : 'measured',
    )
  // The matrix of all windows, the padded picture, and the result, in float32.
  expect(picture.standings['article: conv_matmul']).toMatchObject({
    bytes: 4 * (27 * 121 + 13 * 13 * 3 + 121),
  })
  const signal = await measureSize({ course: 'signal-9', n: 100, without: [], before }, watcher)
  expect(Object.keys(signal.standings).some((name) => name.startsWith('article'))).toBe(false)
})

test('a size that is stopped keeps its samples, and goes on with them', async () => {
  const stopper = new AbortController()
  const request = { course: 'image-2', n: 50, without: [], before: undefined }
  const slow = { samples: 20, minMs: 1, budgetMs: 60_000, equalTime: { fewest: 20 } }
  const part = await measureSize(request, {
    ...{ sampling: slow, signal: stopper.signal },
    progress: (share) => {
      if (share > 0.1) stopper.abort()
    },
  })
  expect(part.isWhole).toBe(false)
  const taken = part.standings.strided
  if (taken?.kind !== 'measured') throw new Error('nothing was measured before the stop')
  expect(taken.samples.length).toBeLessThan(20)
  const whole = await measureSize(
    { ...request, before: part },
    { sampling: { ...slow, samples: taken.samples.length + 1 }, signal: never, progress },
  )
  expect(whole.isWhole).toBe(true)
  const rest = whole.standings.strided
  if (rest?.kind !== 'measured') throw new Error('nothing was measured after the stop')
  expect(rest.samples.slice(0, taken.samples.length)).toEqual(taken.samples)
  expect(rest.samples.length).toBe(taken.samples.length + 1)
})
