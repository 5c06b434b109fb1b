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

/** An array of random values: small fractions, or whole numbers of the type. */
export function filled(shape: readonly number[], dtype: DType, next: Next): NdArray {
  const x = zeros(shape, dtype) as NdArray
  const { integer, min, max } = dtypes[dtype]
  for (let i = 0; i < x.data.length; i++)
    x.data[i] = integer
      ? Math.max(min, Math.min(max, next(70000) - (min < 0 ? 35000 : 0)) % (max + 1))
      : (next(2001) - 1000) / 256
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
  const kernel = shape.map(() => 1 + next(rank > 2 ? 3 : 5))
  const perAxis = <T>(one: () => T): T | T[] => (next(2) === 0 ? one() : shape.map(one))
  const inputDType = pick(['float32', 'float32', 'float64', 'uint8', 'uint16', 'int16'] as const)
  const outputDType = pick([undefined, undefined, 'float32', 'uint8', 'int16', 'float64'] as const)
  const padding = (): number | [number, number] =>
    pick([0, 1, next(9), [next(3), next(12)], [-next(2), next(4)]] as const) as number
  const fits = pick([true, false])
  const options: BoxOptions = {
    inputDType,
    ...(outputDType === undefined ? {} : { outputDType }),
    boundary: perAxis(() => pick(borders)),
    stride: perAxis(() => pick([1, 1, 1, 2, 3])),
    dilation: perAxis(() => pick([1, 1, 2])),
    ...(fits
      ? { mode: perAxis(() => pick(['same', 'same-lower', 'full'] as const)) }
      : { padding: shape.map(padding) }),
    ...(next(3) === 0 ? { bias: 1.5 } : {}),
    threads: 1,
  }
  const kernelDType = pick(['float32', 'float32', 'float64'] as const)
  const k = filled(kernel, kernelDType, next)
  // A product of vectors, in whole numbers, is a kernel for every algorithm.
  if (next(2) === 0) k.data.set([...k.data.keys()].map(() => 1 + next(2) * 0))
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
  const lengths = reads.map((ranges) => ranges.reduce((n, [start, end]) => n + end - start, 0))
  const samples = zeros(lengths, x.dtype) as NdArray
  const visit = (axis: number, from: Range[], at: number[]): void => {
    if (axis === reads.length) {
      const part = (array: NdArray, starts: readonly number[]): NdArray =>
        viewOf(array, {
          shape: from.map(([start, end]) => end - start),
          strides: array.strides,
          offset: starts.reduce((sum, start, a) => sum + start * array.strides[a]!, array.offset),
          writable: true,
        })
      copy(
        part(
          x,
          from.map(([start]) => start),
        ),
        part(samples, at),
      )
      return
    }
    let place = 0
    for (const range of reads[axis]!) {
      visit(axis + 1, [...from, range], [...at, place])
      place += range[1] - range[0]
    }
  }
  if (samples.data.length > 0) visit(0, [], [])
  return samples
}

/** Random boxes at multiples of the quantum that together are the whole, in random order. */
export function randomBoxes(
  { outputShape, quantum }: Pick<BoxesPlan, 'outputShape' | 'quantum'>,
  next: Next,
): Range[][] {
  const along = outputShape.map((extent, axis): Range[] => {
    const multiple = quantum[axis]!
    const ranges: Range[] = []
    const blocks = Math.ceil(extent / multiple)
    for (let start = 0; start < extent; ) {
      const size = blocks > 1 ? multiple * (1 + next(Math.max(1, Math.ceil(blocks / 2)))) : extent
      const end = Math.min(extent, start + size)
      ranges.push([start, end])
      start = end
    }
    return ranges
  })
  const boxes = along.reduce<Range[][]>(
    (all, ranges) => all.flatMap((box) => ranges.map((range) => [...box, range])),
    [[]],
  )
  return shuffled(boxes, next)
}

/** Computes boxes, each from its own samples, by the plan that `planFor` picks. */
export async function inBoxes(
  { x }: Pick<BoxCase, 'x'>,
  plans: readonly BoxesPlan[],
  boxes: readonly (readonly Range[])[],
): Promise<NdArray> {
  const [plan] = plans
  const result = zeros(plan!.outputShape, plan!.outputDType) as NdArray
  const runs = boxes.map(async (box, i) => {
    const by = plans[i % plans.length]!
    const part = await by.run(box, samplesIn(x, by.readsOf(box)))
    copy(
      part,
      viewOf(result, {
        shape: box.map(([start, end]) => end - start),
        offset: box.reduce((at, [start], a) => at + start * result.strides[a]!, 0),
      }),
    )
  })
  await Promise.all(runs)
  return result
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
