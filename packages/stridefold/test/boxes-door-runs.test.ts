/**
 * How do plans of boxes run? Large boxes are cut again and computed by workers, runs wait for each
 * other and can be aborted, samples outside of `readsOf` are not needed, memory stays within
 * `bytesOf`, and planning takes no longer for large shapes.
 */

import { type BoxesPlan, type BoxOptions, planBoxes, type Range } from 'stridefold/boxes'
import {
  close,
  configure,
  correlate,
  type DType,
  type NdArray,
  slice,
  zeros,
} from 'stridefold/sync'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { synchronousBackends as standard } from '../src/backends/list.ts'
import { callersMemory, stagingMemory, userMemory } from '../src/backends/wasm/memories.ts'
import type { WasmMemory } from '../src/backends/wasm/memory.ts'
import { copy } from '../src/ndarray/copy.ts'
import { useBackends } from '../src/runtime/backends.ts'
import {
  type BoxCase,
  boxesOf,
  filled,
  firstDifference,
  firstFault,
  partOf,
  samplesIn,
  wholeOf,
} from './boxes-door-cases.ts'
import { random } from './random-geometry.ts'
import { slowBackend } from './slow-backend.ts'

afterAll(() => close())

/** Boxes of about these parts of the whole, at multiples of the quantum. */
const boxesOfParts = ({ outputShape, quantum }: BoxesPlan, parts: number): Range[][] =>
  boxesOf(
    outputShape.map((extent, axis) => {
      const multiple = quantum[axis]!
      const size = multiple === Infinity ? extent : multiple * Math.ceil(extent / parts / multiple)
      return Array.from({ length: Math.ceil(extent / size) }, (_, i): Range => {
        return [i * size, Math.min(extent, (i + 1) * size)]
      })
    }),
  )

const large: readonly (readonly [string, readonly number[], readonly number[], BoxOptions])[] = [
  ['an image', [1500, 1300], [5, 5], { boundary: 'reflect', algorithm: 'strided' }],
  ['separable', [1500, 1300], [9, 9], { boundary: 'wrap', algorithm: 'separable' }],
  ['fft', [1200, 1300], [21, 23], { boundary: { constant: 3 }, algorithm: 'fft' }],
  [
    'a volume',
    [70, 110, 120],
    [3, 5, 5],
    { boundary: ['edge', 'wrap', 'zero'], stride: [1, 1, 2] },
  ],
  // Small boxes copy their border whole, so their blocks are others than those of the whole.
  ['toeplitz', [24, 160, 170], [5, 5, 5], { boundary: 'edge', algorithm: 'toeplitz' }],
  ['a signal', [900_000], [301], { boundary: 'symmetric', algorithm: 'fft' }],
  [
    'bytes',
    [1100, 1200, 3],
    [7, 7],
    { channelAxis: -1, inputDType: 'uint8', outputDType: 'uint8' },
  ],
  ['a kernel per channel', [900, 800, 3], [5, 5, 3], { channelAxis: 2, boundary: 'edge' }],
]

function largeCase(
  shape: readonly number[],
  kernel: readonly number[],
  options: BoxOptions,
): BoxCase {
  const next = random(shape[0]!)
  const k = filled(kernel, 'float32', next)
  if (options.algorithm === 'separable') k.data.fill(1 / 7)
  return { call: 'correlate', x: filled(shape, options.inputDType ?? 'float32', next), k, options }
}

describe.each(['shared memory', 'transfer'])('workers with %s', (memory) => {
  beforeAll(async () => {
    await close()
    if (memory === 'transfer') vi.stubGlobal('crossOriginIsolated', false)
    configure({ threads: 2 })
  })

  afterAll(async () => {
    await close()
    vi.unstubAllGlobals()
  })

  test.each(large)(
    '%s',
    async (_, shape, kernel, options) => {
      const one = largeCase(shape, kernel, options)
      const plan = await planBoxes('correlate', shape, one.k, options)
      const whole = wholeOf(one, plan.algorithm)
      expect(plan.outputShape).toEqual(whole.shape)
      const boxes = boxesOfParts(plan, 2)
      expect(await firstFault(one, [plan], boxes, whole)).toBeUndefined()
      // Small boxes have other programs: they are not cut again, and are computed by the caller.
      const some = boxesOfParts(plan, 8).filter((_, i) => i % 23 === 0)
      expect(await firstFault(one, [plan], some, whole)).toBeUndefined()
      plan.dispose()
    },
    60_000,
  )
})

describe('memory', () => {
  afterEach(() => close())

  const memories = (): WasmMemory[] => [...new Set([userMemory(), stagingMemory()])]
  /** The bytes of all memories of the backend that are in use, and that they hold. */
  const usedBytes = (): number => memories().reduce((sum, { used }) => sum + used, 0)
  const heldBytes = (): number =>
    memories().reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0)

  test.each([
    ['strided', [700, 900], [5, 5], 'float32'],
    ['fft', [700, 900], [15, 17], 'float32'],
    ['strided', [60, 70, 80], [3, 5, 7], 'uint8'],
    ['toeplitz', [500, 600], [3, 9], 'float64'],
  ] as const)('%s: runs take no more than bytesOf', async (algorithm, shape, kernel, dtype) => {
    await close()
    const next = random(3)
    const options = { algorithm, inputDType: dtype, boundary: 'wrap' } as const
    const plan = await planBoxes('correlate', shape, filled(kernel, 'float32', next), options)
    const x = filled(shape, dtype as DType, next)
    let [most, allowed] = [0, 0]
    // From small boxes to large ones, and back: programs of other sizes must go.
    for (const parts of [5, 3, 1, 2, 4, 1]) {
      const boxes = boxesOfParts(plan, parts).slice(0, 3)
      for (const box of boxes) {
        await plan.run(box, samplesIn(x, plan.readsOf(box)))
        allowed = Math.max(allowed, plan.bytesOf(box))
        expect(usedBytes()).toBeLessThanOrEqual(allowed)
        // A new memory has a reserve, and gaps.
        expect(heldBytes()).toBeLessThanOrEqual(allowed + 2 ** 21)
        most = Math.max(most, usedBytes())
      }
    }
    // Without shared memory the workers have memories of their own.
    expect(most).toBeGreaterThan(callersMemory() === undefined ? -1 : 10_000)
    plan.dispose()
    expect(usedBytes()).toBeLessThanOrEqual(most)
  })

  test('boxes of one size have one program, and the kernel is packed once', async () => {
    await close()
    const slow = slowBackend(3, 'js')
    useBackends([slow])
    const plan = await planBoxes(
      'correlate',
      [64, 64],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { mode: 'valid' },
    )
    const x = filled([64, 64], 'float32', random(1))
    for (const box of boxesOfParts(plan, 8)) await plan.run(box, samplesIn(x, plan.readsOf(box)))
    // Inside, and at the end of each axis and of both.
    expect([slow.state.runs, slow.state.compiled]).toEqual([64, 4])
    plan.dispose()
    expect(slow.state.disposed).toBe(4)
    useBackends(standard)
  })
})

/** A sample of an array that no memory holds. */
const sampleAt = (place: readonly number[]): number =>
  place.reduce((sum, coordinate, axis) => sum + (coordinate % 97) * [7, 13, 29, 31][axis]!, 0) % 251

/** Result number `place` of a correlation by the definition, far from all borders. */
function definedAt(
  place: readonly number[],
  shape: readonly number[],
  k: NdArray,
  { stride = 1, dilation = 1, channelAxis }: BoxOptions,
): number {
  const axes = shape.flatMap((_, axis) => (axis === channelAxis ? [] : [axis]))
  let sum = 0
  for (let i = 0; i < k.data.length; i++) {
    const at = [...place]
    let rest = i
    for (const [a, axis] of [...axes.entries()].reverse()) {
      const t = rest % k.shape[a]!
      rest = Math.floor(rest / k.shape[a]!)
      const before = Math.floor(((dilation as number) * (k.shape[a]! - 1)) / 2)
      at[axis] = place[axis]! * (stride as number) + t * (dilation as number) - before
    }
    const isInside = at.every((coordinate, axis) => coordinate >= 0 && coordinate < shape[axis]!)
    if (isInside) sum += k.data[i]! * sampleAt(at)
  }
  return sum
}

test.each([
  [[1e6, 1e6, 1e6], [3, 3, 3], {}],
  [[1e6, 1e6, 1e6], [17, 17, 17], { boundary: 'wrap', stride: 3 }],
  [[2 ** 50], [9], { boundary: 'reflect' }],
  [[3, 2 ** 45, 5], [3, 101, 3], {}],
  [[1e7, 1e7, 3], [15, 15], { channelAxis: 2, inputDType: 'uint8' }],
  [[4, 1e6, 1e6, 1e6], [5, 5, 5], { channelAxis: 0, dilation: 2, boundary: 'edge' }],
] as const)('a whole of %j is planned at once', async (shape, kernel, given) => {
  const options = given as BoxOptions
  const k = filled(kernel, 'float32', random(5))
  const start = performance.now()
  const plan = await planBoxes('correlate', shape, k, options)
  // A list of boxes would take hours. The limit is for a loaded machine.
  expect(performance.now() - start).toBeLessThan(30_000)
  const box = plan.outputShape.map((extent, axis): Range => {
    const multiple = Math.min(plan.quantum[axis]!, extent)
    const first = extent < 10 ? 0 : Math.floor(extent / 2 / multiple) * multiple
    return [first, Math.min(extent, first + multiple * Math.ceil(9 / multiple))]
  })
  const coordinates = plan
    .readsOf(box)
    .map((ranges) =>
      ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)),
    )
  const samples = zeros(
    coordinates.map(({ length }) => length),
    plan.inputDType,
  ) as NdArray
  expect(samples.data.length).toBeLessThan(2 ** 23)
  expect(plan.bytesOf(box)).toBeLessThan(2 ** 28)
  let i = 0
  const fill = (place: readonly number[]): void => {
    if (place.length === shape.length) samples.data[i++] = sampleAt(place)
    else for (const at of coordinates[place.length]!) fill([...place, at])
  }
  fill([])
  const found = await plan.run(box, samples)
  const weights = k.data as Float32Array
  const scale = 251 * weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  for (const at of [0, 1, found.data.length >> 1, found.data.length - 1]) {
    let rest = at
    const place = found.shape.map((_, axis) => {
      const size = found.strides[axis]!
      const index = Math.floor(rest / size)
      rest %= size
      return box[axis]![0] + index
    })
    const error = Math.abs(found.data[at]! - definedAt(place, shape, k, options))
    expect(error).toBeLessThanOrEqual(plan.errorBound * scale)
  }
})

test('positions above 2⁵³ are refused', async () => {
  await expect(planBoxes('correlate', [2 ** 53 - 1], [1, 2, 3], { mode: 'full' })).rejects.toThrow(
    expect.objectContaining({ name: 'OptionError', code: 'GEOMETRY_TOO_LARGE' }),
  )
})

describe('runs', () => {
  const shape = [1200, 1100]
  const kernel = filled([15, 15], 'float32', random(2))
  const whole: Range[] = [
    [0, 1200],
    [0, 1100],
  ]

  test('the event loop goes on, and several runs wait for each other', async () => {
    const plan = await planBoxes('correlate', shape, kernel, { algorithm: 'strided' })
    const x = filled(shape, 'float32', random(3))
    await plan.run(whole, x)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const order: number[] = []
    const runs = [0, 1, 2].map(async (i) => {
      const y = await plan.run(whole, x)
      order.push(i)
      return y
    })
    const results = await Promise.all(runs)
    clearInterval(timer)
    expect(order).toEqual([0, 1, 2])
    for (const y of results) expect(firstDifference(y, results[0]!)).toBeUndefined()
    expect(turns).toBeGreaterThan(3)
    plan.dispose()
  })

  test('a run is aborted, and the next one is right', async () => {
    const plan = await planBoxes('correlate', shape, kernel, { algorithm: 'strided' })
    const x = filled(shape, 'float32', random(3))
    const expected = await plan.run(whole, x)
    const aborted = new AbortController()
    aborted.abort(new Error('not wanted'))
    await expect(plan.run(whole, x, { signal: aborted.signal })).rejects.toThrow('not wanted')
    for (const delay of [0, 2, 10]) {
      const controller = new AbortController()
      const run = plan.run(whole, x, { signal: controller.signal })
      setTimeout(() => controller.abort(new Error('no more')), delay)
      // A fast machine may be done before.
      await run.catch((error: Error) => expect(error.message).toBe('no more'))
      expect(firstDifference(await plan.run(whole, x), expected)).toBeUndefined()
    }
    plan.dispose()
  })

  test('out: an array, a typed array, and a view of a larger array', async () => {
    const plan = await planBoxes('correlate', [40, 50], kernel, { outputDType: 'uint8' })
    const x = filled([40, 50], 'float32', random(3))
    const box: Range[] = [
      [0, 40],
      [0, 50],
    ]
    const expected = await plan.run(box, x)
    const bytes = new Uint8Array(2000)
    await plan.run(box, x, { out: bytes })
    expect(bytes).toEqual(expected.data)
    const canvas = zeros([60, 60, 2], 'uint8') as NdArray
    const view = slice(canvas, [5, 45], [6, 56], 1)
    expect(await plan.run(box, x, { out: view })).toBe(view)
    expect(firstDifference(view, expected)).toBeUndefined()
    const sum = (array: NdArray): number =>
      (array.data as Uint8Array).reduce((total, value) => total + value, 0)
    expect(sum(canvas)).toBe(sum(expected))
    // In the memory of the backend, and samples there, and samples that are a view.
    const inBackend = { memory: 'backend' } as const
    const out = zeros([40, 50], 'uint8', inBackend) as NdArray
    const samples = zeros([40, 100], 'float32', inBackend) as NdArray
    const part = slice(samples, null, [0, 100, 2])
    copy(x, part)
    await plan.run(box, part, { out })
    expect(firstDifference(out, expected)).toBeUndefined()
  })

  test('the plan runs again after close()', async () => {
    const plan = await planBoxes('correlate', [30], [1, 2, 3])
    const samples = Float32Array.from({ length: 30 }, (_, i) => i)
    const before = await plan.run([[0, 30]], samples)
    await close()
    expect((await plan.run([[0, 30]], samples)).data).toEqual(before.data)
  })

  test('a sample that is not finite leaves its box to the direct sum', async () => {
    const next = random(9)
    const k = filled([21, 21], 'float32', next)
    const x = filled([300, 300], 'float32', next)
    x.data[50 * 300 + 60] = NaN
    x.data[250 * 300 + 10] = Infinity
    const plan = await planBoxes('correlate', [300, 300], k, { algorithm: 'fft', boundary: 'wrap' })
    const direct = correlate(x, k, { algorithm: 'strided', boundary: 'wrap' }) as NdArray
    for (const box of boxesOfParts(plan, 3)) {
      const found = await plan.run(box, samplesIn(x, plan.readsOf(box)))
      const expected = partOf(direct, box)
      const isSame = firstDifference(found, expected) === undefined
      const [a, b] = [zeros(found.shape, 'float64'), zeros(found.shape, 'float64')] as NdArray[]
      copy(found, a!)
      copy(expected, b!)
      // The direct sum has exactly the values that are not finite; others are close.
      const isWrong = (value: number, i: number): boolean => {
        const other = b!.data[i]!
        const isClose = Number.isFinite(other)
          ? Math.abs(value - other) < 0.1
          : Object.is(value, other)
        return !isClose
      }
      expect((a!.data as Float64Array).findIndex(isWrong)).toBe(-1)
      if (b!.data.some((value) => !Number.isFinite(value))) expect(isSame).toBe(true)
    }
  })
})
