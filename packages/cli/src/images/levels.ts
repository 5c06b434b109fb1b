/**
 * Converts the results of a filter to sample values of an image file. Results may be negative or
 * larger than white. The output policy maps them:
 *
 *   clip     v                              abs      |v|
 *   offset   v + the middle value           minmax   the smallest becomes black, the largest white
 *
 * Then values are rounded, half to even. Values out of range are clipped and counted; none wraps
 * around.
 */

import type { NpyElements } from '../npy.ts'
import { type Depth, maxSampleValue } from './image.ts'

export type OutputPolicy = 'clip' | 'abs' | 'offset' | 'minmax'

export const outputPolicies: readonly OutputPolicy[] = ['clip', 'abs', 'offset', 'minmax']

/** The number of samples, and how many were below black, above white, or NaN. */
export interface Clipping {
  readonly samples: number
  readonly below: number
  readonly above: number
  readonly notNumbers: number
}

export interface SampleValuesRequest {
  readonly policy: OutputPolicy
  /** The sample value of white in the input. */
  readonly white: number
  /** Bits per sample of the file. */
  readonly depth: Depth
}

/** Converts `values` to sample values and counts what was clipped. NaN becomes 0. */
export function toSampleValues(
  values: NpyElements,
  { policy, white, depth }: SampleValuesRequest,
): { sampleValues: Uint8Array | Uint16Array; clipping: Clipping } {
  const top = maxSampleValue(depth)
  const map = linearMap(values, policy, white, top)
  const isSame = map.scale === 1 && map.shift === 0
  if (isSame && depth === 8 && values instanceof Uint8Array)
    return {
      sampleValues: values,
      clipping: { samples: values.length, below: 0, above: 0, notNumbers: 0 },
    }
  const sampleValues = depth === 8 ? new Uint8Array(values.length) : new Uint16Array(values.length)
  const magnitude = policy === 'abs'
  const clipped =
    values instanceof Int16Array && sampleValues instanceof Uint8Array && map.scale === 1
      ? writeIntegers(values, sampleValues, map.shift, magnitude)
      : sampleValues instanceof Uint8Array
        ? writeBytes(values, sampleValues, map, magnitude)
        : writeRounded(values, sampleValues, map, top, magnitude)
  return { sampleValues, clipping: { samples: values.length, ...clipped } }
}

type Clipped = Pick<Clipping, 'below' | 'above' | 'notNumbers'>

/**
 * Values that are whole already. Four of them are bytes if their upper halves are 0; then they are
 * written as one word. In most images few are not.
 */
function writeIntegers(
  values: Int16Array,
  sampleValues: Uint8Array,
  shift: number,
  magnitude: boolean,
): Clipped {
  const top = maxSampleValue(8)
  let below = 0
  let above = 0
  const writeOne = (i: number): void => {
    const value = (magnitude ? Math.abs(values[i]!) : values[i]!) + shift
    if (value < 0) below++
    else if (value > top) above++
    sampleValues[i] = value < 0 ? 0 : value > top ? top : value
  }
  const isInWords = isLittleEndian && values.byteOffset % 4 === 0 && shift === 0
  const quads = isInWords ? Math.floor(values.length / 4) : 0
  const pairs = isInWords ? new Uint32Array(values.buffer, values.byteOffset, 2 * quads) : noPairs
  const words = new Uint32Array(sampleValues.buffer, 0, quads)
  for (let quad = 0; quad < quads; quad++) {
    const low = pairs[2 * quad]!
    const high = pairs[2 * quad + 1]!
    if (((low | high) & 0xff00ff00) === 0)
      words[quad] =
        (low & 0xff) |
        ((low >>> 8) & 0xff00) |
        ((high << 16) & 0xff0000) |
        ((high << 8) & 0xff000000)
    else for (let i = 4 * quad; i < 4 * quad + 4; i++) writeOne(i)
  }
  for (let i = 4 * quads; i < values.length; i++) writeOne(i)
  return { below, above, notNumbers: 0 }
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
const noPairs = new Uint32Array(0)

/** An array of bytes rounds half to even and clips itself. */
function writeBytes(
  values: NpyElements,
  sampleValues: Uint8Array,
  { scale, shift }: LinearMap,
  magnitude: boolean,
): Clipped {
  const bytes = new Uint8ClampedArray(sampleValues.buffer)
  let below = 0
  let above = 0
  let notNumbers = 0
  for (let i = 0; i < values.length; i++) {
    const mapped = values[i]! * scale + shift
    const value = magnitude ? Math.abs(mapped) : mapped
    bytes[i] = value
    // 255.5 rounds to 256, and −0.5 to 0.
    if (value >= -0.5 && value < 255.5) continue
    if (value < 0) below++
    else if (value > 0) above++
    else notNumbers++
  }
  return { below, above, notNumbers }
}

function writeRounded(
  values: NpyElements,
  sampleValues: Uint16Array,
  { scale, shift }: LinearMap,
  top: number,
  magnitude: boolean,
): Clipped {
  let below = 0
  let above = 0
  let notNumbers = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! * scale + shift
    const sampleValue = roundHalfToEven(magnitude ? Math.abs(value) : value)
    if (sampleValue >= 0 && sampleValue <= top) sampleValues[i] = sampleValue
    else if (sampleValue < 0) below++
    else if (sampleValue > top) {
      above++
      sampleValues[i] = top
    } else notNumbers++
  }
  return { below, above, notNumbers }
}

interface LinearMap {
  readonly scale: number
  readonly shift: number
}

function linearMap(
  values: NpyElements,
  policy: OutputPolicy,
  white: number,
  top: number,
): LinearMap {
  const scale = top / white
  if (policy === 'offset') return { scale, shift: (top + 1) / 2 }
  if (policy !== 'minmax') return { scale, shift: 0 }
  let [minValue, maxValue] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < minValue) minValue = value
    if (value > maxValue) maxValue = value
  }
  // A result with one value has no range to stretch. It becomes black.
  if (!(maxValue > minValue)) return { scale: 0, shift: 0 }
  return { scale: top / (maxValue - minValue), shift: (-minValue * top) / (maxValue - minValue) }
}

// Doubles of this size have no fraction bits. So adding this number makes the hardware round, half
// to even. Larger values are outside the range of any image.
const roundingOffset = 1.5 * 2 ** 52
const roundHalfToEven = (value: number): number =>
  Math.abs(value) < 2 ** 51 ? value + roundingOffset - roundingOffset : value
