/**
 * How do filtered samples become bytes? Results may be negative or larger than white:
 *
 *   clip     v                              abs      |v|
 *   offset   v + 128                        minmax   the smallest becomes 0, the largest 255
 *
 * Then they round, half to even, and are clipped and counted; none wraps around.
 */

import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { absolute, inSlices } from './slices.ts'

export type OutputPolicy = 'clip' | 'abs' | 'offset' | 'minmax'

/** Filtered samples: channel c of pixel i is `values[i · pixelStep + c · channelStep + first]`. */
export interface Samples {
  readonly values: Float32Array
  readonly first: number
  readonly pixelStep: number
  /** 0: all channels are equal. */
  readonly channelStep: number
}

/** Where the bytes go: channels [first, first + count) of pixels with `pixelStep` channels. */
export interface Target {
  readonly bytes: Uint8ClampedArray
  readonly first: number
  readonly count: number
  readonly pixelStep: number
}

/** The bytes of white and of middle grey. */
const [white, middle] = [255, 128]

/** Writes samples as bytes. Returns how many were clipped. `'abs'` changes the samples. */
export function writeLevels(
  from: Samples,
  to: Target,
  policy: OutputPolicy,
  turn: Turn | undefined,
): Eventual<number> {
  const pixels = to.bytes.length / to.pixelStep
  return after(policy === 'abs' ? absolute(from.values, turn) : undefined, () =>
    after(linearMap(from, to, policy, turn), (map) => {
      let clipped = 0
      const write = to.count === 3 ? writeColours : writeGrey
      const slice = (first: number, end: number): void => {
        clipped += write(from, to, map, first, end)
      }
      return after(inSlices(pixels, slice, turn), () => clipped)
    }),
  )
}

interface LinearMap {
  readonly scale: number
  readonly shift: number
}

// The array of bytes rounds half to even and saturates: 255.5 would be 256. NaN becomes 0.
const isClipped = (value: number): number => (value >= -0.5 && value < white + 0.5 ? 0 : 1)

/** Three colours, written out: a loop over them takes twice the time. */
function writeColours(
  { values, first, pixelStep, channelStep }: Samples,
  { bytes, ...to }: Target,
  { scale, shift }: LinearMap,
  firstPixel: number,
  endPixel: number,
): number {
  let clipped = 0
  let source = first + firstPixel * pixelStep
  let target = to.first + firstPixel * to.pixelStep
  for (let pixel = firstPixel; pixel < endPixel; pixel++) {
    const red = values[source]! * scale + shift
    const green = values[source + channelStep]! * scale + shift
    const blue = values[source + 2 * channelStep]! * scale + shift
    clipped += isClipped(red) + isClipped(green) + isClipped(blue)
    bytes[target] = red
    bytes[target + 1] = green
    bytes[target + 2] = blue
    source += pixelStep
    target += to.pixelStep
  }
  return clipped
}

/** One channel: grey or alpha. */
function writeGrey(
  { values, first, pixelStep }: Samples,
  { bytes, ...to }: Target,
  { scale, shift }: LinearMap,
  firstPixel: number,
  endPixel: number,
): number {
  let clipped = 0
  for (let pixel = firstPixel; pixel < endPixel; pixel++) {
    const value = values[first + pixel * pixelStep]! * scale + shift
    clipped += isClipped(value)
    bytes[to.first + pixel * to.pixelStep] = value
  }
  return clipped
}

function linearMap(
  { values, first, pixelStep, channelStep }: Samples,
  { bytes, count, pixelStep: channels }: Target,
  policy: OutputPolicy,
  turn: Turn | undefined,
): Eventual<LinearMap> {
  if (policy === 'offset') return { scale: 1, shift: middle }
  if (policy !== 'minmax') return { scale: 1, shift: 0 }
  let [smallest, largest] = [Infinity, -Infinity]
  const measure = (firstPixel: number, endPixel: number): void => {
    for (let pixel = firstPixel; pixel < endPixel; pixel++) {
      for (let c = 0; c < count; c++) {
        const value = values[first + pixel * pixelStep + c * channelStep]!
        if (!Number.isFinite(value)) continue
        if (value < smallest) smallest = value
        if (value > largest) largest = value
      }
    }
  }
  return after(inSlices(bytes.length / channels, measure, turn), () =>
    // A result with one value has no range to stretch. It becomes black.
    largest > smallest
      ? {
          scale: white / (largest - smallest),
          shift: (-smallest * white) / (largest - smallest),
        }
      : { scale: 0, shift: 0 },
  )
}
