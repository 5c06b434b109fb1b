/**
 * Maximum or mean pooling. A window is a box, so each axis is pooled in its own pass. This takes Σ
 * kernel steps per result instead of their product, and no list of windows.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import type { Windows } from './windows.ts'

export interface Pool extends Windows {
  readonly mean: boolean
  /** Whether padding counts as zeros in a mean. */
  readonly countPadding: boolean
}

/**
 * The taps of window `o` along an axis that read samples in [low, high): from `from` up to but not
 * including `to`.
 */
function taps(
  w: Windows,
  axis: number,
  o: number,
  low: number,
  high: number,
): { readonly from: number; readonly to: number } {
  const start = o * w.stride[axis]! - w.before[axis]!
  const dilation = w.dilation[axis]!
  return {
    from: Math.max(0, Math.ceil((low - start) / dilation)),
    to: Math.min(w.kernel[axis]!, Math.ceil((high - start) / dilation)),
  }
}

/** The first window that contains no sample of the array. */
export function emptyWindow(
  w: Windows,
  extents: readonly number[],
): { readonly axis: number; readonly at: number } | undefined {
  for (const [axis, n] of extents.entries())
    for (let o = 0; o < w.output[axis]!; o++) {
      const { from, to } = taps(w, axis, o, 0, n)
      if (to <= from) return { axis, at: o }
    }
  return undefined
}

export function poolWindows(x: NdArray, pool: Pool): NdArray {
  const { output, mean, countPadding, before, after } = pool
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]]
  let values: Float32Array | Float64Array = mean
    ? Float64Array.from(x.data)
    : (x.data as Float32Array)
  const shape = [batch * channels, ...extents]
  extents.forEach((n, axis) => {
    const [outer, inner] = [
      elementCount(shape.slice(0, axis + 1)),
      elementCount(shape.slice(axis + 2)),
    ]
    const results = output[axis]!
    const out = mean
      ? new Float64Array(outer * results * inner)
      : new Float32Array(outer * results * inner).fill(-Infinity)
    for (let o = 0; o < results; o++) {
      const { from, to } = taps(pool, axis, o, 0, n)
      const counted = countPadding
        ? taps(pool, axis, o, -before[axis]!, n + after[axis]!)
        : { from, to }
      const share = 1 / (counted.to - counted.from)
      const start = o * pool.stride[axis]! - before[axis]!
      for (let block = 0; block < outer; block++) {
        const to0 = (block * results + o) * inner
        for (let tap = from; tap < to; tap++) {
          const at = (block * n + start + tap * pool.dilation[axis]!) * inner
          if (mean) for (let i = 0; i < inner; i++) out[to0 + i]! += values[at + i]!
          else
            for (let i = 0; i < inner; i++) out[to0 + i] = Math.max(out[to0 + i]!, values[at + i]!)
        }
        if (mean) for (let i = 0; i < inner; i++) out[to0 + i]! *= share
      }
    }
    values = out
    shape[axis + 1] = results
  })
  return ndarray(mean || extents.length === 0 ? Float32Array.from(values) : values, [
    batch,
    channels,
    ...output,
  ])
}
