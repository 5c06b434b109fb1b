/**
 * Pixels as numbers and back: which numbers of a pixel are filtered, and how results become pixels.
 * Only this file has the rules for channels, alpha, light and showing. Where `filterImage` of the
 * library has a rule for the same, both give the same bytes; a test holds that (decision 35).
 *
 * A picture has 8 bits a channel, in the curve of sRGB. Linear light is scaled to 0 … 255 too, so
 * that a kernel with the sum 1 keeps white white in both.
 */

import { type NdArray, ndarray } from 'stridefold'
import type { Memory } from './memory.ts'
import type { Channels, PhotoSettings, Showing } from './settings.ts'

/** A rectangle of a picture: four bytes for each pixel, red, green, blue and alpha. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** Height × width × channels, dense. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Float32Array
}

export type PixelRules = Pick<PhotoSettings, 'channels' | 'alpha' | 'isLinear'> & {
  /** Whether any pixel is transparent. If not, alpha needs no work. */
  readonly hasAlpha: boolean
}

const white = 255
/** Rec. 709: how much red, green and blue add to the brightness. */
const luma = [0.2126, 0.7152, 0.0722] as const

const linearOf = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
const storedOf = (light: number): number =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055

/** The light of each byte, from 0 to 255. */
const lights = Float32Array.from({ length: 256 }, (_, byte) => white * linearOf(byte / white))
const bytes = Float32Array.from({ length: 256 }, (_, byte) => byte)

/**
 * The stored value of a result in linear light. Negative results keep their sign, and results
 * beyond white follow the same curve, so that what is cut off can be counted.
 */
export const storedValue = (light: number): number =>
  Math.sign(light) * white * storedOf(Math.abs(light) / white)

/** The colours that are filtered: three, or one grey. */
const coloursOf = (channels: Channels): number => (channels === 'each' ? 3 : 1)
const alphaIsSample = ({ alpha, hasAlpha }: PixelRules): boolean => hasAlpha && alpha !== 'keep'

/** How many numbers of a pixel are filtered. */
export const channelsOf = (rules: PixelRules): number =>
  coloursOf(rules.channels) + (alphaIsSample(rules) ? 1 : 0)

/**
 * The numbers of the pixels that are filtered. If they are the bytes themselves, this is a view of
 * the bytes, without a copy.
 */
export function samplesOf(pixels: Pixels, rules: PixelRules, memory?: Memory): NdArray {
  const { width, height, data } = pixels
  const { channels, alpha, isLinear } = rules
  const count = channelsOf(rules)
  if (!isLinear && channels !== 'luma' && (!alphaIsSample(rules) || alpha === 'filter')) {
    const first = Math.max(0, ['red', 'green', 'blue'].indexOf(channels))
    // One colour and alpha do not lie side by side.
    if (channels === 'each' || count === 1)
      return ndarray(
        new Uint8Array(data.buffer, data.byteOffset, data.length),
        [height, width, count],
        { strides: [4 * width, 4, 1], offset: first },
      )
  }
  const samples =
    memory?.floats('samples', width * height * count) ?? new Float32Array(width * height * count)
  copySamples(pixels, rules, samples)
  return ndarray(samples, [height, width, count])
}

function copySamples({ data }: Pixels, rules: PixelRules, samples: Float32Array): void {
  const { channels, alpha, isLinear } = rules
  const hasAlphaSample = alphaIsSample(rules)
  const table = isLinear ? lights : bytes
  const weights =
    channels === 'luma' ? luma : (['red', 'green', 'blue'] as const).map((c) => +(c === channels))
  let to = 0
  for (let from = 0; from < data.length; from += 4) {
    const [red, green, blue] = [
      table[data[from]!]!,
      table[data[from + 1]!]!,
      table[data[from + 2]!]!,
    ]
    const opacity = hasAlphaSample && alpha === 'premultiply' ? data[from + 3]! / white : 1
    if (channels === 'each') {
      samples[to++] = red * opacity
      samples[to++] = green * opacity
      samples[to++] = blue * opacity
    } else samples[to++] = (red * weights[0]! + green * weights[1]! + blue * weights[2]!) * opacity
    if (hasAlphaSample) samples[to++] = data[from + 3]!
  }
}

/**
 * Turns results into the stored scale: colours are divided by the alpha that they were weighted
 * with, and linear light follows the curve of sRGB again. `gain` is the sum of all weights. With a
 * gain of 0 alpha has no mean, so colours are not divided by it.
 */
export function toStoredScale(results: Samples, rules: PixelRules, gain: number): void {
  const { data, channels } = results
  const colours = coloursOf(rules.channels)
  if (rules.alpha === 'premultiply' && channels > colours && gain !== 0)
    for (let at = 0; at < data.length; at += channels) {
      const visible = data[at + colours]!
      // Below half a level the byte of alpha is 0.
      const factor = visible >= 0.5 ? white / visible : 0
      for (let c = 0; c < colours; c++) data[at + c]! *= factor
    }
  if (rules.isLinear)
    for (let at = 0; at < data.length; at += channels)
      for (let c = 0; c < colours; c++) data[at + c] = storedValue(data[at + c]!)
}

/** How a result becomes a grey from 0 to 255, before it is rounded and cut. */
export interface GreyMap {
  readonly isMagnitude: boolean
  readonly scale: number
  readonly shift: number
}

const middle = 128

/** `low` and `high`: the smallest and the largest result of a colour. */
export function greyMapOf(show: Showing, low: number, high: number): GreyMap {
  if (show === 'offset') return { isMagnitude: false, scale: 1, shift: middle }
  if (show !== 'minmax') return { isMagnitude: show === 'abs', scale: 1, shift: 0 }
  // Results of one value have no range to stretch. They become black.
  if (high <= low) return { isMagnitude: false, scale: 0, shift: 0 }
  const range = high - low
  return { isMagnitude: false, scale: white / range, shift: (-low * white) / range }
}

/** The smallest and the largest colour. Infinite without any. */
export function rangeOf(
  { data, channels }: Samples,
  rules: PixelRules,
): readonly [low: number, high: number] {
  const colours = coloursOf(rules.channels)
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let at = 0; at < data.length; at += channels)
    for (let c = 0; c < colours; c++) {
      const value = data[at + c]!
      if (value < low) low = value
      if (value > high) high = value
    }
  return [low, high]
}

/** Counts of colours: 256 bins of equal width from `low` to `high` for each colour. */
export interface Histogram {
  readonly low: number
  readonly high: number
  readonly counts: readonly Uint32Array[]
}

export const bins = 256

export const emptyHistogram = (colours: number, low: number, high: number): Histogram => ({
  low,
  high,
  counts: Array.from({ length: colours }, () => new Uint32Array(bins)),
})

/** How many colours were below black or above white. */
export interface Clipped {
  below: number
  above: number
  samples: number
}

export interface Shown {
  readonly map: GreyMap
  readonly histogram: Histogram
  readonly clipped: Clipped
}

/** Adding and taking away this number rounds half to even: such doubles have no fraction bits. */
const rounding = 1.5 * 2 ** 52

/**
 * Results as pixels, rounded half to even and cut. Counts them on the way. Alpha is that of
 * `source`, unless it was filtered. What cannot be seen is not counted. `pixels`: where they go.
 */
export function toPixels(
  results: Samples,
  source: Pixels,
  rules: PixelRules,
  { map, histogram, clipped }: Shown,
  gain: number,
  pixels: Pixels['data'] = new Uint8ClampedArray(results.width * results.height * 4),
): Pixels {
  const { width, height, data, channels } = results
  const colours = coloursOf(rules.channels)
  const { isMagnitude, scale, shift } = map
  const { low, high, counts } = histogram
  const perBin = bins / (high - low || 1)
  const hasResult = channels > colours && (rules.alpha === 'filter' || gain !== 0)
  const alphas = source.data
  // A plain byte array takes whole numbers without looking at their range.
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length)
  let [below, above] = [0, 0]
  for (let c = 0; c < colours; c++) {
    const count = counts[c]!
    for (let at = c, to = c, alpha = 3; at < data.length; at += channels, to += 4, alpha += 4) {
      const value = data[at]!
      let grey = value * scale + shift
      if (isMagnitude && grey < 0) grey = -grey
      grey = grey + rounding - rounding
      if (grey < 0) {
        grey = 0
        below++
      } else if (grey > white) {
        grey = white
        above++
      }
      bytes[to] = grey
      if (alphas[alpha] === 0) continue
      let bin = ((value - low) * perBin) | 0
      if (bin < 0) bin = 0
      else if (bin >= bins) bin = bins - 1
      count[bin]!++
    }
  }
  clipped.below += below
  clipped.above += above
  clipped.samples += width * height * colours
  for (let to = 3; to < bytes.length; to += 4) {
    if (colours === 1) {
      bytes[to - 2] = bytes[to - 3]!
      bytes[to - 1] = bytes[to - 3]!
    }
    bytes[to] = alphas[to]!
  }
  if (hasResult)
    for (let pixel = 0; pixel < width * height; pixel++)
      pixels[4 * pixel + 3] = data[pixel * channels + colours]!
  return { width, height, data: pixels }
}

/** Counts the colours of the picture before the filters. */
export function countPixels({ data }: Pixels, channels: Channels, { counts }: Histogram): void {
  if (channels === 'each')
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue
      for (let c = 0; c < 3; c++) counts[c]![data[at + c]!]!++
    }
  else {
    const one = ['red', 'green', 'blue'].indexOf(channels)
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue
      const grey =
        one >= 0
          ? data[at + one]!
          : data[at]! * luma[0] + data[at + 1]! * luma[1] + data[at + 2]! * luma[2]
      counts[0]![Math.round(grey)]!++
    }
  }
}
