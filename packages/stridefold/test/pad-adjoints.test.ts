/**
 * Is the border of a transposed layer added back to the samples that it repeats? Random layers with
 * every border that repeats samples are compared with the definition in float64. The data are
 * integers, so direct sums are exact and must be equal.
 */

import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { sourceIndex } from '../src/geometry/boundary.ts'
import { validateOptionsOf } from '../src/geometry/check-options.ts'
import { outputExtent } from '../src/geometry/padding.ts'
import { type AxisPadAdjoint, borderOf, mostAdded } from '../src/geometry/transposed.ts'
import { type ComputeDType, type DType, dtypes, epsilon } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { inputInOrder, kernelInOrder } from '../src/problem/axis-orders.ts'
import { questionOf } from '../src/problem/question.ts'
import { compareWithDefinition, type Definition, definition } from '../src/reference/compare.ts'
import { casesHere } from './random-count.ts'
import { random } from './random-geometry.ts'
import { type Next, unlessRefused } from './small-arrays.ts'

const borders = ['edge', 'reflect', 'symmetric', 'wrap'] as const

type Options = Readonly<Record<string, unknown>>
type Call = 'convTranspose1d' | 'convTranspose2d' | 'convTranspose3d'

interface Layer {
  readonly call: Call
  readonly x: library.NdArray
  readonly k: library.NdArray
  readonly options: Options
}

const { convTranspose1d, convTranspose2d, convTranspose3d } = library
const calls = { convTranspose1d, convTranspose2d, convTranspose3d } as unknown as Readonly<
  Record<Call, (x: library.NdArray, k: library.NdArray, options: Options) => library.NdArray>
>
const compute = ({ call, x, k }: Layer, options: Options): library.NdArray =>
  calls[call](x, k, options)

/** An array of numbers of this type in a random layout: dense, or every second element. */
function array(
  shape: readonly number[],
  dtype: DType,
  next: Next,
  value: (i: number) => number,
): library.NdArray {
  const step = 1 + next(2)
  const { data, strides } = library.zeros([...shape, step], dtype)
  for (let i = 0; i < data.length; i++) data[i] = value(Math.floor(i / step))
  return view(data, shape, { strides: strides.slice(0, -1) })
}

/** A random layer. Paddings are often longer than the array. Undefined if it has no samples. */
function randomLayer(next: Next, inputType: DType, kernelType: DType): Layer | undefined {
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const rank = pick([1, 1, 2, 2, 3] as const)
  const kind = pick(['single', 'tiled', 'any'] as const)
  const groups = kind === 'single' ? 1 : pick([1, 1, 2])
  const [channels, filters] = { single: [1, 1], tiled: [8, 4], any: [1 + next(3), 1 + next(3)] }[
    kind
  ] as [number, number]
  const axes = Array.from({ length: rank }, () => {
    const kernel = 1 + next(rank === 3 ? 2 : 4)
    const axis = {
      input: 1 + next(rank === 1 ? 12 : 5),
      ...{ kernel, stride: 1 + next(3), dilation: kind === 'tiled' ? 1 : 1 + next(2) },
      ...{ before: next(rank === 1 ? 20 : 5), after: next(rank === 1 ? 20 : 5) },
    }
    return { ...axis, output: outputExtent(axis) }
  })
  if (axes.some((axis) => axis.output < 1)) return undefined
  const isLast = next(2) === 0
  const batch = 1 + next(2)
  const ordered = (channel: number, extents: readonly number[]): number[] =>
    isLast ? [batch, ...extents, channel] : [batch, channel, ...extents]
  const factors = axes.map((axis) => Array.from({ length: axis.kernel }, () => next(5) - 2))
  const product = factors.reduce<number[]>((all, f) => all.flatMap((v) => f.map((u) => v * u)), [1])
  const isSigned = dtypes[inputType].min < 0
  return {
    call: `convTranspose${rank}d`,
    x: array(
      ordered(
        groups * channels,
        axes.map((axis) => axis.output),
      ),
      inputType,
      next,
      () => next(9) - (isSigned ? 4 : 0),
    ),
    k: array(
      [groups * channels, filters, ...axes.map((axis) => axis.kernel)],
      kernelType,
      next,
      (i) => (kind === 'single' ? product[i]! : next(9) - 4),
    ),
    options: {
      groups,
      ...(isLast
        ? { layout: 'channels-last', weightLayout: ['IOW', 'IOHW', 'IODHW'][rank - 1] }
        : {}),
      stride: axes.map((axis) => axis.stride),
      dilation: axes.map((axis) => axis.dilation),
      padding: axes.map((axis) => [axis.before, axis.after]),
      boundary: axes.map(() => (next(6) === 0 ? 'zero' : pick(borders))),
      outputShape: axes.map((axis) => axis.input),
      ...(next(2) === 0 ? { bias: Array.from({ length: groups * filters }, () => next(9)) } : {}),
      ...(next(3) === 0 ? { activation: 'relu' } : {}),
    },
  }
}

/** The definition of a layer, and its results in canonical order. */
function expectedOf({ call, x, k, options }: Layer, type: ComputeDType) {
  const { outputShape, ...others } = options
  const checked = validateOptionsOf(call, call, { ...others, outputShape }, [], {})
  const question = questionOf(call, x.shape, k.shape, checked, type)
  const { geometry, activation, padAdjoints, orders } = question
  const [input, kernel] = [inputInOrder(x, orders), kernelInOrder(k, orders)]
  const bias =
    options.bias === undefined
      ? undefined
      : library.ndarray(Float64Array.from(options.bias as number[]), [geometry.filters])
  return {
    question,
    expected: definition(geometry, { input, kernel, bias, activation, padAdjoints }),
    inOrder: (y: library.NdArray) => inputInOrder(y, orders),
  }
}

const names = library.algorithms().map(({ name }) => name)
const rounding = new Set(['winograd', 'fft', 'separable'])

describe.each(['js', 'wasm'] as const)('on %s', (backend) => {
  test.each([
    ['float32', 'float32'],
    ['float64', 'float64'],
    ['float32', 'int16'],
    ['uint8', 'int32'],
    ['int8', 'int16'],
  ] as const)('random layers of %s with results of %s', (inputType, dtype) => {
    const next = random(7 + inputType.length + dtype.length)
    const runs = new Map<string, number>()
    let folded = 0
    for (let run = 0; run < casesHere(45); run++) {
      const kernelType = dtypes[inputType].integer ? 'float32' : inputType
      const layer = randomLayer(next, inputType, kernelType)
      if (layer === undefined) continue
      const type: ComputeDType = inputType === 'float64' ? 'float64' : 'float32'
      const withType = { ...layer, options: { ...layer.options, dtype } }
      const { expected, inOrder, question } = expectedOf(withType, type)
      if (question.padAdjoints !== undefined) folded++
      for (const algorithm of names) {
        // `verify` compares with the bound of the algorithm.
        const verify = rounding.has(algorithm)
        const options = { ...withType.options, algorithm, backend, verify }
        const result = unlessRefused(() => compute(layer, options))
        if (result === undefined) continue
        runs.set(algorithm, (runs.get(algorithm) ?? 0) + 1)
        // Results of an integer type are exact for every algorithm that may compute them.
        const isExact = !rounding.has(algorithm) || dtypes[inputType].integer
        const errorBound = isExact ? 0 : 1000 * epsilon[question.geometry.dtype]
        const { fault } = compareWithDefinition(expected, inOrder(result), { errorBound })
        const where = `${algorithm} ${layer.call} [${layer.x.shape}] ${JSON.stringify(options)}`
        expect(fault, where).toBeUndefined()
      }
    }
    expect(folded).toBeGreaterThan(casesHere(20))
    for (const name of ['naive', 'strided', 'im2col', 'toeplitz'])
      expect(runs.get(name), name).toBeGreaterThan(casesHere(20))
  })

  test('a border that repeats the samples hundreds of times', () => {
    const next = random(4)
    for (const boundary of borders) {
      for (const input of [1, 2, 5]) {
        const axis = { kernel: 3, stride: 1, dilation: 2, before: 700, after: 613, input }
        const shape = [1, 1, outputExtent(axis)]
        const layer: Layer = {
          call: 'convTranspose1d',
          x: array(shape, 'float32', next, () => (next(2 ** 20) - 2 ** 19) / 2 ** 20),
          k: array([1, 1, 3], 'float32', next, () => (next(2 ** 20) - 2 ** 19) / 2 ** 20),
          options: { padding: [[700, 613]], dilation: 2, boundary, outputShape: [input], backend },
        }
        const { expected } = expectedOf(layer, 'float32')
        const result = compute(layer, { ...layer.options, verify: true })
        // A sum of three products, and up to 1314 sums in a result.
        const tolerance = { errorBound: 5 * epsilon.float32 }
        expect(compareWithDefinition(expected, result, tolerance).fault).toBeUndefined()
      }
    }
  })

  test('into an array with gaps, which stay as they are', () => {
    const x = library.ndarray(
      Float32Array.from({ length: 24 }, (_, i) => i % 5),
      [1, 2, 12],
    )
    const k = library.ndarray(
      Float32Array.from({ length: 12 }, (_, i) => (i % 3) - 1),
      [2, 2, 3],
    )
    const options = { padding: 2, boundary: 'reflect', backend, bias: [1, 2] } as const
    const y = library.convTranspose1d(x, k, options)
    const wide = library.zeros([...y.shape, 3])
    wide.data.fill(77)
    const out = view(wide.data, y.shape, { strides: wide.strides.slice(0, -1) })
    library.convTranspose1d(x, k, { ...options, out })
    expect(wide.data.filter((_, i) => i % 3 === 0)).toEqual(y.data)
    expect(wide.data.filter((_, i) => i % 3 !== 0).every((v) => v === 77)).toBe(true)
  })
})

test('an integer result needs a small error of all its sums together', () => {
  const next = random(5)
  // One weight of each three, so that Σ|k| of a filter is 8.
  const k = array([8, 4, 3], 'float32', next, (i) => (i % 3 === 1 ? 1 - 2 * next(2) : 0))
  const compute = (length: number, padding: number, outputs: number): library.NdArray => {
    const x = array([1, 8, length], 'int8', next, () => next(256) - 128)
    const options = { padding, boundary: 'wrap', outputShape: [outputs], dtype: 'int16' } as const
    const named = (algorithm: 'winograd' | 'naive') =>
      convTranspose1d(x, k, { ...options, algorithm })
    const result = named('winograd')
    expect(result.data).toEqual(named('naive').data)
    return result
  }
  expect(compute(82, 0, 84).shape).toEqual([1, 4, 84])
  expect(compute(82, 2, 80).shape).toEqual([1, 4, 80])
  expect(() => compute(82, 40, 4)).toThrow(
    /integer result must be exact here, and its error may be/,
  )
})

test('a bound grows with the number of sums, and is kept sharply', () => {
  const next = random(9)
  const layer: Layer = {
    call: 'convTranspose1d',
    x: array([1, 1, 22], 'float32', next, () => next(100) / 100),
    k: array([1, 1, 3], 'float32', next, () => next(100) / 100),
    options: { padding: 10, boundary: 'edge', outputShape: [4] },
  }
  const { expected } = expectedOf(layer, 'float32')
  const errorBound = 5 * epsilon.float32
  const largest =
    Math.max(...Array.from(layer.x.data, Math.abs)) *
    Array.from(layer.k.data, Math.abs).reduce((sum, w) => sum + w, 0)
  const [, ends, inside] = [0, 11, 1]
  for (const [at, count] of [
    [0, ends],
    [1, inside],
    [3, ends],
  ] as const) {
    const bound = (errorBound + (count - 1) * epsilon.float32) * count * largest
    expect(isAccepted(expected, at, 0.99 * bound, errorBound)).toBe(true)
    expect(isAccepted(expected, at, 1.01 * bound, errorBound)).toBe(false)
  }
})

/** Whether a result passes that differs by `error` in one element. */
function isAccepted(expected: Definition, at: number, error: number, errorBound: number): boolean {
  const data = expected.values.with(at, expected.values[at]! + error)
  const result = library.ndarray(data, expected.shape)
  return compareWithDefinition(expected, result, { errorBound }).fault === undefined
}

describe('stages', () => {
  const shapes = [
    [1, 3, 9, 9],
    [3, 2, 3, 3],
  ] as const
  const border = { padding: 1, boundary: 'wrap' } as const

  test.each(['auto', 'winograd', 'fft', 'im2col'])('of %s are stages of the plan', (algorithm) => {
    const [x, k] = algorithm === 'winograd' ? [8, 4] : [3, 2]
    const arrays = [
      [1, x, 9, 9],
      [x, k, 3, 3],
    ] as const
    const p = library.plan('convTranspose2d', ...arrays, { ...border, algorithm } as object)
    const added = ['add the border back, y', 'add the border back, x', 'results']
    expect(p.stages.slice(-3).map(({ name }) => name)).toEqual(added)
    for (const name of added) {
      expect(p.program).toContain(`'${name}'`)
      expect(p.explain()).toContain(`stage: ${name}: `)
    }
    const { output, parts } = p.timeSync(library.zeros(arrays[0]), library.zeros(arrays[1]))
    expect(output.shape).toEqual([1, k, 9, 9])
    const names = parts.map(({ name }) => name)
    expect(names.filter((name) => added.includes(name))).toEqual(added)
    expect(p.explain()).toContain(`output 1×${k}×11×11, added up to 1×${k}×9×9`)
  })

  test('an axis without a border has none', () => {
    const p = library.plan('convTranspose2d', ...shapes, { ...border, padding: [0, 1] })
    expect(p.stages.map(({ name }) => name)).not.toContain('add the border back, y')
    expect(p.stages.map(({ name }) => name)).toContain('add the border back, x')
  })

  test.each(borders)('are few for a border of any length: %s', (boundary) => {
    for (const length of [3, 1000, 2 ** 20, 2 ** 40]) {
      const options = { stride: length, padding: 3 * length + 1, boundary, outputShape: [5] }
      const input = outputExtent({
        ...{ input: 5, kernel: 3, stride: length, dilation: 1 },
        ...{ before: 3 * length + 1, after: 3 * length + 1 },
      })
      const { program } = library.plan('convTranspose1d', [1, 1, input], [1, 1, 3], options)
      const steps = program.split("'add the border back, x'")[1]!.match(/\+=/g)
      expect(steps!.length).toBeLessThanOrEqual(10)
    }
  })

  test('compute in float64 what they compute in float32, without its rounding', () => {
    const next = random(2)
    const fraction = (): number => (next(2 ** 24) - 2 ** 23) / 2 ** 23
    const [x, k] = shapes.map((shape) => array(shape, 'float64', next, fraction))
    const y = library.convTranspose2d(x!, k!, { ...border, dtype: 'float64', verify: true })
    const single = library.convTranspose2d(x!, k!, { ...border, dtype: 'float32', verify: true })
    expect([y.dtype, single.dtype]).toEqual(['float64', 'float32'])
    const differences = Array.from(y.data, (value, i) => Math.abs(value - single.data[i]!))
    expect(Math.max(...differences)).toBeLessThan(2 ** -17)
  })
})

test('the largest number of sums of a result, for any border', () => {
  const next = random(12)
  for (let run = 0; run < 500; run++) {
    const axis = (): AxisPadAdjoint => ({
      extent: 1 + next(7),
      ...{ before: next(40), after: next(40) },
      boundary: borders[next(4)]!,
    })
    const axes = [axis(), axis()]
    const counts = axes.map(({ extent, before, after, boundary }) => {
      const count = new Array<number>(extent).fill(0)
      for (let i = -before; i < extent + after; i++) count[sourceIndex(i, extent, boundary)]!++
      return Math.max(...count)
    })
    expect(mostAdded(axes)).toBe(elementCount(counts))
    for (const one of axes) expect(borderOf(one).length).toBeLessThanOrEqual(10)
  }
  expect(mostAdded(undefined)).toBe(1)
})
