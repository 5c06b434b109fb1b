/**
 * Random convolutions for the contract suite. The geometries have rank 1 to 3 and use every
 * property of a geometry. The data are small integers, in layouts that a caller could pass. The
 * same seed gives the same case.
 */

import { latticeProperties } from '../src/geometry/exact-sums.ts'
import { type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import type { ComputeDType, DType } from '../src/ndarray/dtype.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'

/** Returns a generator of random whole numbers from 0 to below − 1 (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

/** The items in random order. */
export function shuffled<T>(items: readonly T[], next: (below: number) => number): T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = next(i + 1)
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}

export interface RandomCase {
  readonly geometry: ConvGeometry
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly descriptors: OperandDescriptors
  /** Returns a new output array, filled with 77, so that elements never written are visible. */
  output(): NdArray
}

const extentsNearLanes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 23]

export interface RandomOptions {
  readonly dtype?: ComputeDType
  readonly inputDType?: DType
  readonly outputDType?: DType
  /** One channel, one filter, a kernel that is a product of vectors: a case for `separable`. */
  readonly separable?: boolean
  readonly larger?: boolean
  /** Stride and dilation 1, several channels and filters: a case for `winograd`. */
  readonly tiled?: boolean
}

export function randomCase(seed: number, options: RandomOptions = {}): RandomCase {
  const next = random(seed)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const dtype = options.dtype ?? (next(4) === 0 ? 'float64' : 'float32')
  const rank = options.separable ? 2 + next(2) : pick([1, 2, 2, 2, 3])
  const groups = options.separable ? 1 : pick([1, 1, 1, 2, 3])
  const channels = options.separable
    ? 1
    : groups * (options.tiled ? 8 + next(6) : options.larger ? 1 + next(17) : 1 + next(4))
  const filters = options.separable
    ? 1
    : groups * (options.tiled ? 4 + next(9) : options.larger ? 1 + next(17) : 1 + next(5))
  const boundaries = ['zero', 'edge', 'reflect', 'symmetric', 'wrap', { constant: 3 }] as const
  const commonBoundary = pick(boundaries)
  const axes = Array.from({ length: rank }, () => {
    const input = rank === 3 ? 1 + next(7) : pick(extentsNearLanes)
    const kernel = 1 + next(rank === 3 ? 3 : 5)
    const dilation = options.tiled ? 1 : pick([1, 1, 1, 2, 3])
    const inputDilation = pick([1, 1, 1, 1, 2, 3])
    const stride = options.tiled ? 1 : pick([1, 1, 1, 2, 3])
    const windowReach = dilation * (kernel - 1)
    const pad = (): number =>
      pick([0, Math.floor(windowReach / 2), windowReach, next(windowReach + 3), -1])
    return { input, kernel, dilation, inputDilation, stride, before: pad(), after: pad() }
  })
  const geometry = makeGeometry({
    batch: 1 + next(3),
    groups,
    channels,
    filters,
    axes,
    boundary: axes.map(() => (next(3) === 0 ? pick(boundaries) : commonBoundary)),
    flip: next(2) === 0,
    dtype,
  })
  const integers = (n: number): number[] => Array.from({ length: n }, () => next(9) - 4)
  const inputDType = options.inputDType ?? dtype
  const input = createRandomLayout(
    [geometry.batch, channels, ...axes.map((a) => a.input)],
    inputDType,
    next,
    dtypes[inputDType].min === 0 ? (n) => Array.from({ length: n }, () => next(9)) : integers,
  )
  const factors = axes.map((a) => integers(a.kernel))
  const kernelShape = [filters, channels / groups, ...axes.map((a) => a.kernel)]
  const products = (): number[] =>
    factors.reduce<number[]>((all, f) => all.flatMap((v) => f.map((w) => v * w)), [1])
  const kernel = options.separable
    ? view(dtypes[dtype].create(products().length), kernelShape)
    : createRandomLayout(kernelShape, dtype, next, integers)
  if (options.separable) kernel.data.set(products())
  const bias = next(2) === 0 ? undefined : view(dtypes[dtype].create(filters), [filters])
  bias?.data.set(integers(filters))
  const outputShape = [geometry.batch, filters, ...geometry.axes.map((a) => a.output)]
  const outputDType = options.outputDType ?? dtype
  const outputSeed = next(1000)
  const output = (): NdArray =>
    createRandomLayout(outputShape, outputDType, random(outputSeed), (n) => new Array(n).fill(77))
  const descriptors: OperandDescriptors = {
    input: layoutOf(input),
    kernel: layoutOf(kernel),
    output: layoutOf(output()),
    bias: bias !== undefined,
    offset: pick([0, 0, 2]),
    ...(next(4) === 0 ? { activation: { kind: 'clamp', min: -20, max: 30 } as const } : {}),
    values: {
      lattice: latticeProperties(geometry, kernel),
      ...(options.separable ? { separable: { terms: [factors], residual: 0 } } : {}),
    },
  }
  return { geometry, input, kernel, bias, descriptors, output }
}

/** Returns an array with axes in random memory order, some reversed, sometimes with gaps. */
function createRandomLayout(
  shape: readonly number[],
  dtype: DType,
  next: (below: number) => number,
  values: (n: number) => readonly number[],
): NdArray {
  const order = shape.map((_, a) => a)
  if (next(2) === 0)
    for (let i = order.length - 1; i > 0; i--)
      [order[i], order[next(i + 1)]] = [order[next(i + 1)]!, order[i]!]
  const strides = new Array<number>(shape.length)
  let step = next(4) === 0 ? 2 : 1
  for (const axis of [...new Set([...order, ...shape.keys()])].toReversed()) {
    strides[axis] = next(6) === 0 ? -step : step
    step *= Math.max(1, shape[axis]!)
  }
  if (elementCount(shape) === 0) return view(dtypes[dtype].create(0), shape)
  const [first, last] = memoryBounds(shape, strides, 0)
  const data = dtypes[dtype].create(last - first + 1)
  data.set(values(data.length))
  return view(data, shape, { strides, offset: -first })
}
