/**
 * Missing samples in arrays that run in boxes, with and without holes. No bit of a result may
 * depend on where arrays lie, on how many threads compute, or on which boxes have holes; windows
 * without holes have the bits of the plain call. Truth for others: the definition at some results.
 */

import * as later from 'stridefold'
import {
  close,
  configure,
  contiguous,
  correlate,
  kernels,
  type NdArray,
  ndarray,
  plan,
  zeros,
} from 'stridefold/sync'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { epsilon } from '../src/ndarray/dtype.ts'
import { useBackends } from '../src/runtime/backends.ts'
import { slowBackend } from './slow-backend.ts'

afterAll(() => later.close())

/** Compares all elements. A difference of large arrays would take minutes to print. */
function expectBits(found: NdArray['data'], expected: NdArray['data'] | undefined): void {
  expect(found.length).toBe(expected?.length)
  let different = 0
  for (let i = 0; i < found.length; i++) if (!Object.is(found[i], expected![i])) different++
  expect(different).toBe(0)
}

let state = 7
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32
}

/** Samples with holes in one half of the array: some boxes have many, others none. */
function halved(shape: readonly number[]): { readonly whole: NdArray; readonly x: NdArray } {
  const whole = zeros(shape)
  for (let i = 0; i < whole.data.length; i++) whole.data[i] = 10 * random() - 4
  const x = contiguous(whole)
  const half = x.data.length / 2
  for (let i = 0; i < half; i++) if (random() < 0.2) x.data[i] = NaN
  x.data.fill(NaN, half / 2, half / 2 + Math.min(9 * shape.at(-1)!, 5000))
  x.data[x.data.length - 5] = NaN
  return { whole, x }
}

/** The index that a coordinate reads; undefined outside a border that repeats nothing. */
function source(at: number, extent: number, border: unknown): number | undefined {
  if (at >= 0 && at < extent) return at
  if (border === 'wrap') return (at + extent) % extent
  if (border === 'edge') return at < 0 ? 0 : extent - 1
  if (border === 'reflect') return at < 0 ? -at : 2 * extent - 2 - at
  return undefined
}

/** The window of a result: its weights, and its samples; undefined where none is known. */
function windowAt(
  x: NdArray,
  k: NdArray,
  position: number,
  border: unknown,
): { weight: number; value: number | undefined }[] {
  const outside = typeof border === 'object' ? 2 : border === 'zero' ? 0 : undefined
  const shape3 = (list: readonly number[]): number[] => [1, 1, ...list].slice(-3)
  const [[d, h, w], [kd, kh, kw]] = [shape3(x.shape), shape3(k.shape)] as [number[], number[]]
  const [z, y, c] = [
    Math.floor(position / (h! * w!)),
    Math.floor(position / w!) % h!,
    position % w!,
  ]
  const taps: { weight: number; value: number | undefined }[] = []
  k.data.forEach((weight, i) => {
    const at = [
      source(z + Math.floor(i / (kh! * kw!)) - (kd! >> 1), d!, border),
      source(y + (Math.floor(i / kw!) % kh!) - (kh! >> 1), h!, border),
      source(c + (i % kw!) - (kw! >> 1), w!, border),
    ]
    const isInside = at.every((coordinate) => coordinate !== undefined)
    const value = isInside ? x.data[(at[0]! * h! + at[1]!) * w! + at[2]!]! : outside
    taps.push({ weight, value: Number.isNaN(value) ? undefined : value })
  })
  return taps
}

function defined(taps: ReturnType<typeof windowAt>): number {
  let [sum, missing, weighted, present] = [0, 0, 0, 0]
  for (const { weight, value } of taps) {
    if (value === undefined) missing += weight
    else {
      sum += weight * value
      weighted += Math.abs(weight) * value
      present += Math.abs(weight)
    }
  }
  if (present === 0) return taps.some(({ weight }) => weight !== 0) ? NaN : 0
  return taps.every(({ weight, value }) => weight === 0 || value !== undefined)
    ? sum
    : sum + missing * (weighted / present)
}

const gaussian = kernels.gaussian({ sigma: 1.5, size: 9 })
const negative = ndarray(
  Float32Array.from(gaussian.data, (weight) => -weight),
  [9, 9],
)
const cube = ndarray(
  Float32Array.from({ length: 27 }, (_, i) => (i % 5) - 1.5),
  [3, 3, 3],
)
const line = ndarray(
  Float32Array.from({ length: 7 }, (_, i) => 1 + (i % 3)),
  [7],
)

describe.each([
  ['a Gaussian', [700, 500], gaussian, 'auto', 'reflect'],
  ['a Gaussian', [700, 500], gaussian, 'strided', { constant: 2 }],
  ['negative weights', [700, 500], negative, 'auto', 'wrap'],
  ['Sobel', [700, 500], kernels.sobelX(), 'auto', 'zero'],
  ['Sobel', [700, 500], kernels.sobelX(), 'im2col', 'missing'],
  ['sharpening', [700, 500], kernels.sharpen(), 'auto', 'edge'],
  ['a volume', [50, 80, 90], cube, 'auto', 'missing'],
  ['a signal', [400_000], line, 'auto', 'reflect'],
] as const)('%s on [%s]', (_, shape, k, algorithm, boundary) => {
  const { whole, x } = halved(shape)
  const options = { algorithm, boundary, missing: 'nan', threads: 1 } as const
  const y = correlate(x, k, options)

  test('without holes the bits are those of the plain call; others are defined', () => {
    if (boundary !== 'missing') {
      const plain = correlate(whole, k, { algorithm, boundary, threads: 1 })
      // No window of the last quarter reads the half with holes, but for borders.
      const start = 0.75 * y.data.length
      let different = 0
      for (let i = start; i < y.data.length; i++) if (y.data[i] !== plain.data[i]) different++
      expect(different).toBeLessThan(k.data.length + (boundary === 'wrap' ? 4 * shape.at(-1)! : 1))
      for (let i = 0; i < 300; i++) {
        const at = Math.floor(random() * y.data.length)
        if (windowAt(x, k, at, boundary).every(({ value }) => value !== undefined))
          expect(y.data[at]).toBe(plain.data[at])
      }
    }
    const total = k.data.reduce((sum, weight) => sum + Math.abs(weight), 0)
    const bound = 4 * (2 * k.data.length + 32) * epsilon.float32 * 6 * total
    for (let i = 0; i < 1500; i++) {
      const at = i < 400 ? i : Math.floor(random() * y.data.length)
      const truth = defined(windowAt(x, k, at, boundary))
      if (Number.isNaN(truth)) expect(y.data[at], `element ${at}`).toBeNaN()
      else expect(Math.abs(y.data[at]! - truth), `element ${at}`).toBeLessThanOrEqual(bound)
    }
  })

  test('places, threads and entry points change no bit', async () => {
    const inBackend = zeros(shape, 'float32', { memory: 'backend' })
    inBackend.data.set(x.data)
    expectBits(correlate(inBackend, k, options).data, y.data)
    inBackend.release()
    for (const threads of [1, 2])
      expectBits((await later.correlate(x, k, { ...options, threads })).data, y.data)
    expectBits(correlate(x, k, { ...options, threads: 2 }).data, y.data)
  })
})

test('workers without shared memory give the same bits', async () => {
  const { x } = halved([700, 500])
  const given = [
    [gaussian, { boundary: 'reflect', missing: 'nan' }],
    [kernels.sobelX(), { boundary: 'missing', missing: 'nan' }],
    // The same plan, with other constants.
    [kernels.gaussian({ sigma: 1, size: 9 }), { boundary: 'reflect', missing: 'nan' }],
  ] as const
  const expected = given.map(([k, options]) => correlate(x, k, options).data)
  await later.close()
  vi.stubGlobal('crossOriginIsolated', false)
  try {
    configure({ threads: 2 })
    for (const [i, [k, options]] of given.entries())
      expectBits((await later.correlate(x, k, options)).data, expected[i])
  } finally {
    await later.close()
    vi.unstubAllGlobals()
  }
})

test('a backend that takes its time, in any order, gives the bits of the interpreter', async () => {
  const { x } = halved([60, 40])
  const small = kernels.gaussian({ sigma: 1, size: 5 })
  const all = [
    [small, { boundary: 'reflect' }],
    [kernels.sobelX(), { boundary: 'missing', bias: 2 }],
  ] as const
  const expected = all.map(
    ([k, options]) => correlate(x, k, { ...options, missing: 'nan', backend: 'js' }).data,
  )
  await later.close()
  try {
    for (const seed of [1, 2]) {
      useBackends([slowBackend(seed, 'js')])
      for (const [i, [k, options]] of all.entries()) {
        const y = await later.correlate(x, k, { ...options, missing: 'nan', backend: 'js' })
        expectBits(y.data, expected[i]!)
      }
      await later.close()
    }
  } finally {
    await later.close()
  }
})

test('one plan serves kernels of all signs, with and without missing samples', async () => {
  const { whole, x } = halved([90, 80])
  const list = [gaussian, negative, kernels.gaussian({ sigma: 2, size: 9 })]
  const fresh: NdArray['data'][][] = []
  for (const k of list) {
    await close()
    fresh.push([correlate(x, k, { missing: 'nan' }).data, correlate(whole, k).data])
  }
  await close()
  for (let round = 0; round < 2; round++)
    for (const [i, k] of list.entries()) {
      expectBits(correlate(x, k, { missing: 'nan' }).data, fresh[i]![0])
      expectBits(correlate(whole, k).data, fresh[i]![1])
    }
})

test('a result within a memory limit is the same, or computed in another way', () => {
  const { x } = halved([300, 200])
  const y = correlate(x, gaussian, { missing: 'nan' })
  const { workspaceBytes } = plan('correlate', x.shape, gaussian.shape, { kernel: gaussian })
  for (const memoryLimit of [workspaceBytes + 4 * 300 * 200 * 4, 2 ** 26]) {
    const limited = correlate(x, gaussian, { missing: 'nan', memoryLimit })
    const isSame = (value: number, i: number): boolean =>
      Number.isNaN(value)
        ? Number.isNaN(limited.data[i])
        : Math.abs(limited.data[i]! - value) < 1e-4
    expect(y.data.every(isSame)).toBe(true)
  }
  expect(() => correlate(x, gaussian, { missing: 'nan', memoryLimit: 1000 })).toThrow(/memoryLimit/)
})

test('an abort ends a call, and the next one is right', async () => {
  const { x } = halved([1500, 1000])
  const options = { boundary: 'reflect', missing: 'nan' } as const
  const y = correlate(x, gaussian, options)
  const outcomes: string[] = []
  for (const milliseconds of [0, 2]) {
    const controller = new AbortController()
    const outcome = later.correlate(x, gaussian, { ...options, signal: controller.signal }).then(
      () => 'done',
      ({ name }: Error) => name,
    )
    if (milliseconds === 0) controller.abort()
    else setTimeout(() => controller.abort(), milliseconds)
    outcomes.push(await outcome)
    expectBits((await later.correlate(x, gaussian, options)).data, y.data)
  }
  expect(outcomes[0]).toBe('AbortError')
  // A fast machine may be done by then.
  expect(['AbortError', 'done']).toContain(outcomes[1])
})
