/**
 * Tuning: choices by measurement, and the speeds of this machine, carried from process to process.
 * No test depends on which algorithm is the fastest here.
 */

import * as asynchronous from 'stridefold'
import {
  algorithms,
  close,
  configure,
  conv2d,
  correlate,
  loadTuning,
  ndarray,
  plan,
  planCase,
  saveTuning,
} from 'stridefold/sync'
import { afterEach, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { isInBackendMemory } from '../src/ndarray/memory.ts'
import { version } from '../src/runtime/version.ts'

afterEach(() => close())

interface Saved {
  readonly version: string
  readonly engine: string
  readonly processor: string
  readonly speeds: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly choices: Readonly<
    Record<string, { algorithm: string; milliseconds: Readonly<Record<string, number>> }>
  >
}

const saved = (): Saved => JSON.parse(saveTuning()) as Saved
const withSpeeds = (speeds: object): string => JSON.stringify({ ...saved(), speeds })
const names = algorithms().map(({ name }) => name)

const filled = (shape: readonly number[]): ReturnType<typeof ndarray> => {
  const length = shape.reduce((n, extent) => n * extent, 1)
  return ndarray(
    Float32Array.from({ length }, (_, i) => (((i * 37) % 101) - 50) / 64),
    shape,
  )
}
const x = filled([1, 8, 20, 20])
const k = filled([8, 8, 3, 3])
const measure = { padding: 1, tune: 'measure' } as const

test('the version is that of the package', () => {
  expect(version).toBe(manifest.version)
})

describe("tune: 'measure'", () => {
  test('the first call measures, later calls know the choice', () => {
    const y = conv2d(x, k, measure)
    const { choices } = saved()
    const [choice] = Object.values(choices)
    expect(Object.keys(choices)).toHaveLength(1)
    expect(names).toContain(choice!.algorithm)
    const times = Object.entries(choice!.milliseconds)
    expect(times.length).toBeGreaterThan(1)
    for (const [name, time] of times) {
      expect(names).toContain(name)
      expect(time).toBeGreaterThan(0)
    }
    // The choice is the fastest of those that were measured.
    expect(choice!.milliseconds[choice!.algorithm]).toBe(Math.min(...times.map(([, t]) => t)))
    const before = saveTuning()
    expect(conv2d(x, k, measure).data).toEqual(y.data)
    expect(saveTuning()).toBe(before)
  })

  test('the result is that of the chosen algorithm, within the bound of the definition', () => {
    const y = conv2d(x, k, { ...measure, verify: true })
    const [choice] = Object.values(saved().choices)
    const named = conv2d(x, k, { padding: 1, algorithm: choice!.algorithm })
    expect(y.data).toEqual(named.data)
  })

  test('a plan measures when it is made, and explains it', () => {
    const p = plan('conv2d', [1, 8, 20, 20], [8, 8, 3, 3], measure)
    const [choice] = Object.values(saved().choices)
    expect(p.algorithm).toBe(choice!.algorithm)
    expect(p.decision).toMatch(/measured/)
    expect(p.explain()).toMatch(/measured \d/)
    const before = saveTuning()
    // The calls of both entry points and the plan ask the same question.
    conv2d(x, k, measure)
    p.runSync(x, k)
    expect(saveTuning()).toBe(before)
    const predicted = plan('conv2d', [1, 8, 20, 20], [8, 8, 3, 3], { padding: 1 })
    expect(predicted.explain()).not.toMatch(/measured/)
  })

  test('a loaded choice is taken without a measurement, whatever the prediction', () => {
    conv2d(x, k, measure)
    const json = saved()
    const [[problem, { milliseconds }]] = Object.entries(json.choices) as [
      [string, Saved['choices'][string]],
    ]
    for (const algorithm of ['strided', 'im2col', 'naive']) {
      const choices = { [problem]: { algorithm, milliseconds } }
      loadTuning(JSON.stringify({ ...json, choices }))
      const p = plan('conv2d', [1, 8, 20, 20], [8, 8, 3, 3], measure)
      expect(p.algorithm).toBe(algorithm)
      expect(conv2d(x, k, measure).data).toEqual(conv2d(x, k, { padding: 1, algorithm }).data)
    }
  })

  test('an asynchronous call measures too, in turns', async () => {
    let turns = 0
    const count = setInterval(() => turns++, 0)
    const y = await asynchronous.correlate(filled([3000]), filled([31]), { tune: 'measure' })
    clearInterval(count)
    expect(Object.keys(saved().choices)).toHaveLength(1)
    expect(turns).toBeGreaterThan(0)
    const direct = correlate(filled([3000]), filled([31]), { algorithm: 'naive' })
    for (const [i, value] of y.data.entries()) expect(value).toBeCloseTo(direct.data[i]!, 3)
  })

  test('an abort ends the measurement', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const call = asynchronous.conv2d(filled([1, 64, 60, 60]), filled([64, 64, 3, 3]), {
      ...measure,
      signal: controller.signal,
    })
    setTimeout(() => controller.abort(reason), 5)
    await expect(call).rejects.toBe(reason)
    expect(saved().choices).toEqual({})
  })

  test('other shapes, types, places and kernels have choices of their own', () => {
    const count = (): number => Object.keys(saved().choices).length
    conv2d(x, k, measure)
    conv2d(filled([1, 8, 21, 20]), k, measure)
    expect(count()).toBe(2)
    conv2d(x, k, { ...measure, dtype: 'float64' })
    expect(count()).toBe(3)
    const inBackend = ndarray(x.data.slice(), x.shape, { memory: 'backend' })
    conv2d(inBackend, k, measure)
    // A page that is not isolated keeps the arrays of callers on the heap.
    const places = isInBackendMemory(inBackend) ? 1 : 0
    expect(count()).toBe(3 + places)
    const image = filled([40, 40])
    correlate(image, new Array(9).fill(new Array(9).fill(1)), { tune: 'measure' })
    correlate(image, filled([9, 9]), { tune: 'measure' })
    expect(count()).toBe(5 + places)
  })

  test('a named algorithm needs no measurement', () => {
    conv2d(x, k, { ...measure, algorithm: 'strided' })
    expect(saved().choices).toEqual({})
  })

  test('cases, gradients and the js backend take it', () => {
    planCase('12x12 * 3x3 same', { tune: 'measure' })
    planCase('12x12 * 3x3 same', { tune: 'measure', backend: 'js' })
    expect(Object.keys(saved().choices)).toHaveLength(2)
  })

  test('it excludes deterministic, and other values are not valid', () => {
    for (const call of [
      () => correlate([1, 2, 3], [1], { tune: 'measure', deterministic: true }),
      () => plan('conv2d', x.shape, k.shape, { ...measure, deterministic: true }),
    ])
      expect(call).toThrow(expect.objectContaining({ code: 'OPTION_CONFLICT' }))
    expect(() => correlate([1, 2, 3], [1], { tune: 'guess' as 'measure' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('a calibration', () => {
  const algorithmOf = (): string => plan('correlate', [5000], [64]).algorithm

  test('changes predictions and choices of later plans, and no result beyond the bound', () => {
    const before = plan('correlate', [5000], [64])
    const time = (p: typeof before, name: string): number =>
      p.candidates.find(({ algorithm }) => algorithm === name)!.milliseconds
    loadTuning(withSpeeds({ wasm: { transforms: 0.02, spectra: 0.02 } }))
    const slow = plan('correlate', [5000], [64])
    expect(time(slow, 'fft')).toBeGreaterThan(5 * time(before, 'fft'))
    expect(time(slow, 'strided')).toBe(time(before, 'strided'))
    expect(slow.algorithm).not.toBe('fft')
    loadTuning(withSpeeds({ wasm: { transforms: 50, spectra: 50, moves: 50, stage: 50 } }))
    expect(algorithmOf()).toBe('fft')
    correlate(filled([5000]), filled([64]), { verify: true })
  })

  test('speeds of costs make them smaller', () => {
    const time = (): number =>
      plan('correlate', [5], [3]).candidates.find(({ algorithm }) => algorithm === 'strided')!
        .milliseconds
    const before = time()
    loadTuning(withSpeeds({ wasm: { run: 10, stage: 10 } }))
    expect(time()).toBeLessThan(before)
  })

  test('a plan that is held keeps its choice', async () => {
    const held = plan('correlate', [5000], [64])
    const { algorithm } = held
    const [signal, kernel] = [filled([5000]), filled([64])]
    const first = held.runSync(signal, kernel)
    loadTuning(withSpeeds({ wasm: { transforms: 0.02, spectra: 0.02, sums: 9 } }))
    expect(held.algorithm).toBe(algorithm)
    expect(held.runSync(signal, kernel).data).toEqual(first.data)
    expect(algorithmOf()).not.toBe('fft')
  })

  test('deterministic calls throw while one is loaded', async () => {
    loadTuning(withSpeeds({ wasm: { sums: 1.5 } }))
    const calls = [
      () => correlate([1, 2, 3], [1], { deterministic: true }),
      () => plan('correlate', [5], [3], { deterministic: true }),
    ]
    for (const call of calls)
      expect(call).toThrow(expect.objectContaining({ code: 'OPTION_CONFLICT' }))
    await expect(
      asynchronous.correlate([1, 2, 3], [1], { deterministic: true }),
    ).rejects.toMatchObject({ code: 'OPTION_CONFLICT' })
    await close()
    expect([...correlate([1, 2, 3], [1], { deterministic: true }).data]).toEqual([1, 2, 3])
  })

  test('it survives configure, and not close', async () => {
    loadTuning(withSpeeds({ wasm: { sums: 1.5 } }))
    configure({ threads: 1 })
    expect(saved().speeds).toEqual({ wasm: { sums: 1.5 } })
    await close()
    expect(saved().speeds).toEqual({})
  })
})

describe('loadTuning', () => {
  test('reads what saveTuning wrote', async () => {
    conv2d(x, k, measure)
    loadTuning(withSpeeds({ wasm: { sums: 1.25 }, js: { best: 0.5 } }))
    const json = saveTuning()
    await close()
    expect(saveTuning()).not.toBe(json)
    loadTuning(json)
    expect(saveTuning()).toBe(json)
  })

  test.each([
    ['nothing', undefined],
    ['a number', 3],
    ['no JSON', 'tuning'],
    ['a cut text', (json: string) => json.slice(0, -3)],
    ['no object', '[]'],
    ['null', 'null'],
    ['no origin', '{}'],
    ['no speeds', (json: string) => json.replace('"speeds"', '"speed"')],
    ['an unknown backend', () => withSpeeds({ gpu: {} })],
    ['an unknown rate', () => withSpeeds({ wasm: { warp: 9 } })],
    ['a text as speed', () => withSpeeds({ wasm: { sums: '2' } })],
    ['a speed of 0', () => withSpeeds({ wasm: { sums: 0 } })],
    ['a speed of 1000', () => withSpeeds({ wasm: { sums: 1000 } })],
    ['an inherited rate', () => withSpeeds({ wasm: { toString: 1 } })],
    ['choices that are a list', () => JSON.stringify({ ...saved(), choices: [] })],
    [
      'an unknown algorithm',
      () => JSON.stringify({ ...saved(), choices: { a: { algorithm: 'x', milliseconds: {} } } }),
    ],
    [
      'a time that is no number',
      () =>
        JSON.stringify({
          ...saved(),
          choices: { a: { algorithm: 'fft', milliseconds: { fft: null } } },
        }),
    ],
  ])('refuses %s, and nothing changes', (_, given) => {
    loadTuning(withSpeeds({ wasm: { sums: 1.25 } }))
    const before = saveTuning()
    const json = typeof given === 'function' ? given(before) : given
    expect(() => loadTuning(json as string)).toThrow(
      expect.objectContaining({ name: 'OptionError', code: 'TUNING_INVALID' }),
    )
    expect(saveTuning()).toBe(before)
  })

  test.each(['version', 'engine', 'processor'])('refuses another %s', (name) => {
    expect(() => loadTuning(JSON.stringify({ ...saved(), [name]: 'other' }))).toThrow(
      expect.objectContaining({
        code: 'TUNING_FOREIGN',
        message: expect.stringContaining(`${name} 'other'`),
      }),
    )
  })

  test('waits for no call: it throws while one waits', async () => {
    const call = asynchronous.correlate([1, 2, 3], [1])
    expect(() => loadTuning(saveTuning())).toThrow(
      expect.objectContaining({ code: 'CALLS_RUNNING' }),
    )
    await call
    loadTuning(saveTuning())
  })
})
