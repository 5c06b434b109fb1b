/**
 * How do the functions that create and view arrays treat invalid arguments? They return an array or
 * throw an error of this library. The arguments include BigInts, NaN, −0, numbers beyond 2⁵³,
 * values that are not lists, cycles and unrelated objects.
 */

import * as library from 'stridefold/sync'
import {
  asStrided,
  flip,
  ndarray,
  reshape,
  slice,
  slidingWindows,
  toNested,
  transpose,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { random } from './random-geometry.ts'

const cycle: unknown[] = []
cycle.push(cycle)
const pixels = new Uint8ClampedArray(4)

const invalidValues: readonly unknown[] = [
  ...[0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e308],
  ...['', '1', 'abc', null, undefined, true, {}, [], 1n, -5n, Symbol('s'), () => 1, cycle],
  ...[
    new DataView(new ArrayBuffer(8)),
    new BigInt64Array(2),
    new Float64Array(0),
    new Date(0),
    /x/,
    new Map(),
    Object.create(null),
  ],
  ...[
    new Array(5),
    ['1'],
    [1n],
    [NaN],
    [[1, 2], [3]],
    [Object.create(null)],
    [Symbol('s')],
    Object(3),
    { length: 3 },
  ],
  ...[
    { data: [1, 2], shape: [2] },
    { data: new Float32Array(4), shape: [2, 2], strides: [1n, 2] },
  ],
  ...[
    { width: NaN, height: 1, data: pixels },
    { width: -1, height: -1, data: pixels },
  ],
  ...[
    { shape: 5, dtype: 'float32', dataSync: () => new Float32Array(2) },
    { shape: [2], dtype: 'float32', dataSync: () => 5 },
  ],
]

test('random arguments give an array or an error of this library', () => {
  const next = random(7)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const number = (): unknown =>
    next(5) === 0 ? pick(invalidValues) : pick([0, -0, 1, 2, 3, 4, -1, -2])
  const list = (): unknown =>
    next(10) === 0 ? pick(invalidValues) : Array.from({ length: next(4) }, number)
  const numberOrList = (): unknown => (next(2) === 0 ? number() : list())
  const array = (): unknown =>
    pick([
      () => pick(invalidValues),
      () => ndarray(new Float32Array(24), [2, 3, 4]),
      () => zeros([0, 3]),
      () => [
        [1, 2, 3],
        [4, 5, 6],
      ],
      () => ({ data: new Float32Array(12), shape: [3, 4], strides: list(), offset: number() }),
      () => ({ data: new Int16Array(12), shape: list() }),
      () => Object.freeze({ ...zeros([2, 2]), strides: Object.freeze([list()].flat()) }),
    ])()
  const options = (...names: readonly string[]): unknown =>
    next(15) === 0
      ? pick(invalidValues)
      : Object.fromEntries(names.filter(() => next(3) === 0).map((name) => [name, numberOrList()]))
  const calls: Readonly<Record<string, () => readonly unknown[]>> = {
    ndarray: () => [array(), list(), options('strides', 'offset', 'memory')],
    zeros: () => [
      list(),
      pick(['float32', 'int8', undefined, pick(invalidValues)]),
      options('memory'),
    ],
    slice: () => [array(), ...Array.from({ length: next(4) }, numberOrList)],
    transpose: () => [array(), pick([undefined, list()])],
    flip: () => [array(), numberOrList()],
    reshape: () => [array(), list()],
    asStrided: () => [array(), options('shape', 'strides', 'offset', 'writable')],
    slidingWindows: () => [array(), numberOrList(), options('step', 'dilation', 'axes')],
    contiguous: () => [array()],
    toNested: () => [array()],
    analyzeKernel: () => [array()],
  }
  const names = Object.keys(calls)
  let successCount = 0
  for (let i = 0; i < 15_000; i++) {
    const name = pick(names)
    const callArguments = calls[name]!()
    try {
      const answer = (
        library as unknown as Record<string, (...values: readonly unknown[]) => unknown>
      )[name]!(...callArguments)
      const { shape = [], strides = [], offset = 0 } = (answer ?? {}) as Partial<library.NdArray>
      for (const whole of [...shape, ...strides, offset])
        expect(Number.isSafeInteger(whole) && !Object.is(whole, -0), name).toBe(true)
      successCount++
    } catch (error) {
      const isOurs =
        error instanceof library.OptionError || error instanceof library.UnavailableError
      if (!isOurs) throw new Error(`call ${i}, ${name}: ${error}`, { cause: error })
    }
  }
  expect(successCount).toBeGreaterThan(3000)
})

describe('error messages for invalid arguments', () => {
  const x = ndarray(new Float32Array(6), [2, 3])
  const untyped = <T>(value: unknown): T => value as T
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    [
      'a BigInt as an extent',
      () => zeros(untyped([2n, 1])),
      'SHAPE_INVALID',
      /shape \[2n,1\] has extent 2n along axis 0/,
    ],
    [
      'more axes than an array may have',
      () => zeros(new Array(30_000).fill(1)),
      'SHAPE_INVALID',
      /30000 axes: at most 64/,
    ],
    [
      'a case with too many axes',
      () => library.parseCase(`${'1x'.repeat(299)}1 * ${'1x'.repeat(299)}1`),
      'GEOMETRY_INVALID',
      /axes are 298/,
    ],
    [
      'strides that are not a list',
      () => ndarray(x.data, [2], { strides: untyped(true) }),
      'STRIDES_INVALID',
      /strides are the boolean true/,
    ],
    [
      'axes that are not a list',
      () => transpose(x, untyped({})),
      'AXES_INVALID',
      /axes are an object without keys/,
    ],
    [
      'a BigInt as an axis',
      () => flip(x, untyped([1n])),
      'AXES_INVALID',
      /axis 1n in \[1n\] does not exist/,
    ],
    ['axis 0 twice, once as −0', () => flip(x, [0, -0]), 'AXES_INVALID', /occurs twice/],
    [
      'a dtype that has no text form',
      () => zeros([1], untyped(cycle)),
      'DTYPE_UNKNOWN',
      /dtype an array of 1 is not known/,
    ],
    [
      'null instead of options',
      () => zeros([1], 'int8', untyped(null)),
      'OPTION_INVALID',
      /options are null/,
    ],
    [
      'a misspelt option name',
      () => ndarray(x.data, [2], untyped({ stride: [1] })),
      'OPTION_UNKNOWN',
      /no option 'stride'.*strides/,
    ],
    [
      'a string for `writable`',
      () => asStrided(x, { writable: untyped('no') }),
      'OPTION_INVALID',
      /true or false/,
    ],
    [
      'an unknown value of `memory`',
      () => zeros([1], 'int8', { memory: untyped(1n) }),
      'MEMORY_UNKNOWN',
      /memory is the bigint 1n/,
    ],
    [
      'more numbers than a list can hold',
      () => toNested(asStrided(x, { shape: [2 ** 40], strides: [0] })),
      'OUT_OF_MEMORY',
      /1099511627776/,
    ],
    [
      'more weights than the analysis accepts',
      () => library.analyzeKernel(zeros([2 ** 21])),
      'KERNEL_TOO_LARGE',
      /2097152 weights/,
    ],
  ]
  test.each(cases)('%s', (_, call, code, words) => {
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringMatching(words) }))
  })

  test('−0 means the same as 0', () => {
    expect(
      Object.is(slice(asStrided(x, { strides: [0, 1] }), [null, null, -1]).strides[0], 0),
    ).toBe(true)
    expect(Object.is(reshape(zeros([-0, 3]), [0]).shape[0], 0)).toBe(true)
    expect(slidingWindows(x, [1, 2]).shape).toEqual([2, 2, 1, 2])
  })
})
