/**
 * The loops of the small operations: element by element, normalisation, softmax, padding, joining.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { advanceIndex, elementCount, rowMajorStrides } from '../layout.ts'
import { kindOf } from './graph.ts'

const withShapeOf = (x: NdArray, values: Float32Array): NdArray => ndarray(values, [...x.shape])

/** Allocates an array for values of the kind of `x`. */
const allocateLike = (x: NdArray, length: number): Float32Array | Float64Array =>
  kindOf(x) === 'float' ? new Float32Array(length) : new Float64Array(length)

export const mapElements = (x: NdArray, f: (v: number) => number): NdArray => {
  const out = new Float32Array(x.data.length)
  for (let i = 0; i < out.length; i++) out[i] = f(x.data[i]!)
  return withShapeOf(x, out)
}

/** The shape of a ∘ b with NumPy's broadcasting; undefined if the shapes do not match. */
export function broadcast(
  a: readonly number[],
  b: readonly number[],
): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length)
  const [sa, sb] = [prependOnes(a, rank), prependOnes(b, rank)]
  return sa.every((e, i) => e === sb[i] || e === 1 || sb[i] === 1)
    ? sa.map((e, i) => (e === 1 ? sb[i]! : e))
    : undefined
}

const prependOnes = (shape: readonly number[], rank: number): number[] => [
  ...new Array<number>(rank - shape.length).fill(1),
  ...shape,
]

/** a ∘ b in the shape that `broadcast` returned. */
export function combineElements(
  a: NdArray,
  b: NdArray,
  shape: readonly number[],
  f: (a: number, b: number) => number,
): NdArray {
  const rank = shape.length
  const steps = (of: readonly number[]): number[] => {
    const wide = prependOnes(of, rank)
    return rowMajorStrides(wide).map((step, i) => (wide[i] === 1 ? 0 : step))
  }
  const [ta, tb] = [steps(a.shape), steps(b.shape)]
  const out = new Float32Array(elementCount(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < out.length; i++) {
    let [at, bt] = [0, 0]
    for (let d = 0; d < rank; d++) {
      at += index[d]! * ta[d]!
      bt += index[d]! * tb[d]!
    }
    out[i] = f(a.data[at]!, b.data[bt]!)
    advanceIndex(shape, index)
  }
  return ndarray(out, [...shape])
}

/** x · scale + shift, one pair per channel. */
export function perChannel(
  x: NdArray,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
): NdArray {
  const area = elementCount(x.shape.slice(2))
  const channels = x.shape[1]!
  const out = new Float32Array(x.data.length)
  for (let i = 0; i < out.length; i++) {
    const c = Math.floor(i / area) % channels
    out[i] = x.data[i]! * scale[c]! + shift[c]!
  }
  return withShapeOf(x, out)
}

/** exp(x) / Σ exp(x) over `extent` values at distance `step`. */
export function softmax(x: NdArray, extent: number, step: number): NdArray {
  const out = new Float32Array(x.data.length)
  for (let block = 0; block < out.length; block += extent * step)
    for (let i = block; i < block + step; i++) {
      let [max, total] = [-Infinity, 0]
      for (let j = 0; j < extent; j++) max = Math.max(max, x.data[i + j * step]!)
      for (let j = 0; j < extent; j++) total += Math.exp(x.data[i + j * step]! - max)
      for (let j = 0; j < extent; j++)
        out[i + j * step] = Math.exp(x.data[i + j * step]! - max) / total
    }
  return withShapeOf(x, out)
}

export const padModes = ['constant', 'edge', 'reflect', 'wrap'] as const
export type PadMode = (typeof padModes)[number]

/** The source index of a padded sample, for n samples; −1: none. */
const sources: Readonly<Record<PadMode, (at: number, n: number) => number>> = {
  constant: (at, n) => (at < 0 || at >= n ? -1 : at),
  edge: (at, n) => Math.min(Math.max(at, 0), n - 1),
  // … 2 1 [0 1 2 3] 2 1 0 1 …: the reflection repeats if the padding is longer than the input.
  reflect: (at, n) => {
    const period = Math.max(1, 2 * (n - 1))
    const i = modulo(at, period)
    return i < n ? i : period - i
  },
  wrap: (at, n) => modulo(at, n),
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n

/** The array with `before` extra samples along each axis, cropped or filled to `shape`. */
export function padArray(
  x: NdArray,
  before: readonly number[],
  shape: readonly number[],
  mode: PadMode,
  value: number,
): NdArray {
  const from = rowMajorStrides(x.shape)
  const out = allocateLike(x, elementCount(shape)).fill(value)
  const source = shape.map((e, a) =>
    Array.from({ length: e }, (_, i) => sources[mode](i - before[a]!, x.shape[a]!) * from[a]!),
  )
  const last = source.at(-1) ?? [0]
  const rows = shape.slice(0, -1)
  const index = rows.map(() => 0)
  for (let row = 0; row < out.length; row += last.length) {
    let at = 0
    for (let a = 0; a < shape.length - 1 && at >= 0; a++) {
      const place = source[a]![index[a]!]!
      at = place < 0 ? -1 : at + place
    }
    if (at >= 0)
      last.forEach((place, i) => {
        if (place >= 0) out[row + i] = x.data[at + place]!
      })
    advanceIndex(rows, index)
  }
  return ndarray(out, [...shape])
}

export function concatenate(
  parts: readonly NdArray[],
  axis: number,
  shape: readonly number[],
): NdArray {
  const out = allocateLike(parts[0]!, elementCount(shape))
  const rows = elementCount(shape.slice(0, axis))
  const lengths = parts.map((p) => elementCount(p.shape.slice(axis)))
  let at = 0
  for (let r = 0; r < rows; r++)
    parts.forEach((p, i) => {
      out.set(p.data.subarray(r * lengths[i]!, (r + 1) * lengths[i]!) as Float32Array, at)
      at += lengths[i]!
    })
  return ndarray(out, [...shape])
}
