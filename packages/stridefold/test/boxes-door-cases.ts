/**
 * Random problems for the tests of 'stridefold/boxes', and how boxes of them are computed: each
 * from its own samples and nothing else.
 */

import type { BoxesPlan, BoxOptions, Range } from 'stridefold/boxes'
import {
  type ArrayInput,
  contiguous,
  convolve,
  correlate,
  type DType,
  type NdArray,
  zeros,
} from 'stridefold/sync'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { viewOf } from '../src/ndarray/ndarray.ts'
import { random, shuffled } from './random-geometry.ts'

export interface BoxCase {
  readonly call: 'convolve' | 'correlate'
  readonly x: NdArray
  readonly k: NdArray
  readonly options: BoxOptions
}

type Next = (below: number) => number

const pickWith =
  (next: Next) =>
  <T>(list: readonly T[]): T =>
    list[next(list.length)]!

/** An array of random values: whole numbers of the type, or numbers whose sums are rounded. */
export function filled(shape: readonly number[], dtype: DType, next: Next): NdArray {
  const x = zeros(shape, dtype) as NdArray
  const { integer, min, max } = dtypes[dtype]
  for (let i = 0; i < x.data.length; i++)
    x.data[i] = integer
      ? Math.max(min, Math.min(max, next(70000) - (min < 0 ? 35000 : 0)) % (max + 1))
      : (next(2 ** 24) - 2 ** 23) / 2 ** 20 / 3
  return x
}

const borders = ['zero', 'edge', 'reflect', 'symmetric', 'wrap', { constant: 2.5 }] as const

/** A random problem of rank 1 to 4. The same seed gives the same problem. */
export function randomBoxCase(seed: number): BoxCase {
  const next = random(seed)
  const pick = pickWith(next)
  const rank = pick([1, 2, 2, 3, 3, 4])
  const most = [0, 90, 34, 15, 8][rank]!
  const shape = Array.from({ length: rank }, () => 1 + next(most))
  const spatial = shape.map(() => 1 + next(rank > 2 ? 3 : 5))
  const channelAxis = rank > 1 && next(4) === 0 ? next(rank) : undefined
  const isPerChannel = next(2) === 0
  const kernel = spatial.flatMap((extent, axis) =>
    axis !== channelAxis ? [extent] : isPerChannel ? [shape[axis]!] : [],
  )
  const axes = spatial.filter((_, axis) => axis !== channelAxis)
  const perAxis = <T>(one: () => T): T | T[] => (next(2) === 0 ? one() : axes.map(one))
  const inputDType = pick(['float32', 'float32', 'float64', 'uint8', 'uint16', 'int16'] as const)
  const outputDType = pick([undefined, undefined, 'float32', 'uint8', 'int16', 'float64'] as const)
  const padding = (): number | [number, number] =>
    pick<number | [number, number]>([0, 1, next(9), [next(3), next(12)], [-next(2), next(4)]])
  const options: BoxOptions = {
    inputDType,
    ...(outputDType === undefined ? {} : { outputDType }),
    ...(channelAxis === undefined ? {} : { channelAxis: channelAxis - (next(2) ? rank : 0) }),
    boundary: perAxis(() => pick(borders)),
    stride: perAxis(() => pick([1, 1, 1, 2, 3])),
    dilation: perAxis(() => pick([1, 1, 2])),
    ...(next(2) === 0
      ? { mode: perAxis(() => pick(['same', 'same-lower', 'full'] as const)) }
      : { padding: axes.map(padding) }),
    ...(next(3) === 0 ? { bias: 1.5 } : {}),
    threads: 1,
  }
  const k = filled(kernel, pick(['float32', 'float32', 'float64'] as const), next)
  // A product of vectors is a kernel for every algorithm.
  if (next(2) === 0) k.data.fill(1 / 3)
  return {
    call: pick(['convolve', 'correlate'] as const),
    x: filled(shape, inputDType, next),
    k,
    options,
  }
}

/** The whole array in memory by a normal call. */
export function wholeOf({ call, x, k, options }: BoxCase, algorithm: string): NdArray {
  const { inputDType: _, outputDType, dtype: __, form: ___, ...rest } = options
  const compute = { convolve, correlate }[call]
  return compute(x, k, {
    ...rest,
    algorithm,
    ...(outputDType === undefined ? {} : { dtype: outputDType }),
  } as object)
}

/** A copy of the samples in these ranges, one behind the other. */
export function samplesIn(x: NdArray, reads: readonly (readonly Range[])[]): NdArray {
  const starts = reads.map((ranges) => {
    let at = 0
    return ranges.map(([start, end]) => {
      at += end - start
      return at - (end - start)
    })
  })
  const lengths = reads.map((ranges) => ranges.reduce((n, [start, end]) => n + end - start, 0))
  const samples = zeros(lengths, x.dtype) as NdArray
  for (const numbers of boxesOf(reads.map((ranges) => ranges.map((_, i): Range => [i, i + 1])))) {
    const from = numbers.map(([i], axis) => reads[axis]![i]!)
    const to = from.map(([start, end], axis): Range => {
      const at = starts[axis]![numbers[axis]![0]]!
      return [at, at + end - start]
    })
    copy(partOf(x, from), partOf(samples, to))
  }
  return samples
}

/** Random boxes at multiples of the quantum, in random order: at most so many of a random cut. */
export function randomBoxes(
  { outputShape, quantum }: Pick<BoxesPlan, 'outputShape' | 'quantum'>,
  next: Next,
  most = 12,
): Range[][] {
  const along = outputShape.map((extent, axis): Range[] => {
    const multiple = quantum[axis]!
    const ranges: Range[] = []
    const blocks = Math.ceil(extent / multiple)
    for (let start = 0; start < extent; ) {
      const size = blocks > 1 ? multiple * (1 + next(Math.ceil(blocks * 0.7))) : extent
      const end = Math.min(extent, start + size)
      ranges.push([start, end])
      start = end
    }
    return ranges
  })
  return shuffled(boxesOf(along), next).slice(0, most)
}

/** Every box of these ranges along each axis. */
export const boxesOf = (along: readonly (readonly Range[])[]): Range[][] =>
  along.reduce<Range[][]>(
    (all, ranges) => all.flatMap((box) => ranges.map((range) => [...box, range])),
    [[]],
  )

/** A part of an array: a view. */
export const partOf = (x: NdArray, box: readonly Range[]): NdArray =>
  viewOf(x, {
    shape: box.map(([start, end]) => end - start),
    offset: box.reduce((at, [start], a) => at + start * x.strides[a]!, x.offset),
  })

/**
 * Computes boxes, each from its own samples, by several plans in turn, and all at once. Returns the
 * first one whose bits are not those of the whole.
 */
export async function firstFault(
  { x }: Pick<BoxCase, 'x'>,
  plans: readonly BoxesPlan[],
  boxes: readonly (readonly Range[])[],
  whole: NdArray,
): Promise<string | undefined> {
  const faults = boxes.map(async (box, i) => {
    const plan = plans[i % plans.length]!
    const found = await plan.run(box, samplesIn(x, plan.readsOf(box)))
    const difference = firstDifference(found, partOf(whole, box))
    return difference === undefined ? undefined : `byte ${difference} of ${JSON.stringify(box)}`
  })
  return (await Promise.all(faults)).find((fault) => fault !== undefined)
}

/** The bytes of an array, in row-major order. */
export function bytesIn(x: NdArray): Uint8Array {
  const { data } = contiguous(x as ArrayInput) as NdArray
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** The number of the first byte that differs; undefined if there is none. */
export function firstDifference(found: NdArray, expected: NdArray): number | undefined {
  const [a, b] = [bytesIn(found), bytesIn(expected)]
  if (a.length !== b.length) return Math.min(a.length, b.length)
  const i = a.findIndex((byte, at) => byte !== b[at])
  return i < 0 ? undefined : i
}
