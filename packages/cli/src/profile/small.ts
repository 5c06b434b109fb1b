/**
 * The small operations around convolutions, in plain loops: pooling, normalisation, what is done element by element, softmax.
 */

import { type NdArray, ndarray } from 'stridefold/sync'

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)
const strides = (shape: readonly number[]): number[] => shape.map((_, a) => count(shape.slice(a + 1)))
const like = (x: NdArray, values: Float32Array): NdArray => ndarray(values, [...x.shape])

export const mapped = (x: NdArray, f: (v: number) => number): NdArray => {
  const out = new Float32Array(x.data.length)
  for (let i = 0; i < out.length; i++) out[i] = f(x.data[i]!)
  return like(x, out)
}

/** a ∘ b with NumPy's broadcasting. */
export function combined(a: NdArray, b: NdArray, f: (a: number, b: number) => number): NdArray {
  const rank = Math.max(a.shape.length, b.shape.length)
  const wide = (x: NdArray): number[] => [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape]
  const [sa, sb] = [wide(a), wide(b)]
  const shape = sa.map((e, i) => {
    if (e !== sb[i] && e !== 1 && sb[i] !== 1) throw new RangeError(`shapes [${a.shape}] and [${b.shape}] do not go together`)
    return Math.max(e, sb[i]!)
  })
  const steps = (s: readonly number[]): number[] => strides(s).map((step, i) => (s[i] === 1 ? 0 : step))
  const [ta, tb] = [steps(sa), steps(sb)]
  const out = new Float32Array(count(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < out.length; i++) {
    let [at, bt] = [0, 0]
    for (let d = 0; d < rank; d++) {
      at += index[d]! * ta[d]!
      bt += index[d]! * tb[d]!
    }
    out[i] = f(a.data[at]!, b.data[bt]!)
    for (let d = rank - 1; d >= 0 && ++index[d]! === shape[d]; d--) index[d] = 0
  }
  return ndarray(out, shape)
}

export interface Pool {
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly before: readonly number[]
  readonly output: readonly number[]
  readonly mean: boolean
  /** Whether padding counts as zeros of a mean. */
  readonly countPadding: boolean
}

/** The largest or the mean of each window, channel by channel, along any number of axes. */
export function pooled(x: NdArray, { kernel, stride, before, output, mean, countPadding }: Pool): NdArray {
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]]
  const [steps, taps, places] = [strides(extents), count(kernel), count(output)]
  const area = count(extents)
  const out = new Float32Array(batch * channels * places)
  const positions = (i: number, shape: readonly number[]): number[] => {
    const index = shape.map(() => 0)
    for (let d = shape.length - 1, rest = i; d >= 0; d--) {
      index[d] = rest % shape[d]!
      rest = Math.floor(rest / shape[d]!)
    }
    return index
  }
  const windows = Array.from({ length: places }, (_, place) => {
    const q = positions(place, output)
    return Array.from({ length: taps }, (_, t) => {
      const at = positions(t, kernel).map((tap, d) => q[d]! * stride[d]! + tap - before[d]!)
      return at.some((i, d) => i < 0 || i >= extents[d]!) ? -1 : at.reduce((sum, i, d) => sum + i * steps[d]!, 0)
    }).filter((at) => at >= 0)
  })
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let place = 0; place < places; place++) {
      const window = windows[place]!
      let value = mean ? 0 : -Infinity
      for (const at of window) {
        const v = x.data[plane * area + at]!
        value = mean ? value + v : Math.max(value, v)
      }
      out[plane * places + place] = mean ? value / (countPadding ? taps : window.length) : value
    }
  }
  return ndarray(out, [batch, channels, ...output])
}

/** x · scale + shift, a pair for each channel. */
export function perChannel(x: NdArray, scale: ArrayLike<number>, shift: ArrayLike<number>): NdArray {
  const area = count(x.shape.slice(2))
  const channels = x.shape[1]!
  const out = new Float32Array(x.data.length)
  for (let i = 0; i < out.length; i++) {
    const c = Math.floor(i / area) % channels
    out[i] = x.data[i]! * scale[c]! + shift[c]!
  }
  return like(x, out)
}

export function softmax(x: NdArray, axis: number): NdArray {
  const [extent, step] = [x.shape[axis]!, strides(x.shape)[axis]!]
  const out = new Float32Array(x.data.length)
  for (let i = 0; i < out.length; i++) {
    if (Math.floor(i / step) % extent !== 0) continue
    let [most, total] = [-Infinity, 0]
    for (let j = 0; j < extent; j++) most = Math.max(most, x.data[i + j * step]!)
    for (let j = 0; j < extent; j++) total += Math.exp(x.data[i + j * step]! - most)
    for (let j = 0; j < extent; j++) out[i + j * step] = Math.exp(x.data[i + j * step]! - most) / total
  }
  return like(x, out)
}

/** More samples before and after each axis: a number, the nearest sample, or the array reflected. Negative pads crop. */
export function padded(x: NdArray, before: readonly number[], after: readonly number[], mode: string, value: number): NdArray {
  const shape = x.shape.map((e, a) => e + before[a]! + after[a]!)
  const from = strides(x.shape)
  const out = new Float32Array(count(shape)).fill(value)
  const sources = shape.map((e, a) =>
    Array.from({ length: e }, (_, i) => {
      const [at, n] = [i - before[a]!, x.shape[a]!]
      if (mode === 'edge') return Math.min(Math.max(at, 0), n - 1)
      if (mode === 'reflect') return at < 0 ? -at : at >= n ? 2 * n - 2 - at : at
      return at < 0 || at >= n ? -1 : at
    }),
  )
  const index = shape.map(() => 0)
  for (let i = 0; i < out.length; i++) {
    const at = index.map((q, a) => sources[a]![q]!)
    if (at.every((q) => q >= 0)) out[i] = x.data[at.reduce((sum, q, a) => sum + q * from[a]!, 0)]!
    for (let d = shape.length - 1; d >= 0 && ++index[d]! === shape[d]; d--) index[d] = 0
  }
  return ndarray(out, shape)
}

export function concatenated(parts: readonly NdArray[], axis: number): NdArray {
  const shape = parts[0]!.shape.map((e, a) => (a === axis ? parts.reduce((n, p) => n + p.shape[a]!, 0) : e))
  const out = new Float32Array(count(shape))
  const rows = count(shape.slice(0, axis))
  const lengths = parts.map((p) => count(p.shape.slice(axis)))
  let at = 0
  for (let r = 0; r < rows; r++) {
    parts.forEach((p, i) => {
      out.set(p.data.subarray(r * lengths[i]!, (r + 1) * lengths[i]!) as Float32Array, at)
      at += lengths[i]!
    })
  }
  return ndarray(out, shape)
}
