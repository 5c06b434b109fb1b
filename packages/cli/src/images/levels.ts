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
  const sampleValues = depth === 8 ? new Uint8Array(values.length) : new Uint16Array(values.length)
  const magnitude = policy === 'abs'
  const clipped =
    values instanceof Int16Array && sampleValues instanceof Uint8Array && map.scale === 1
      ? writeIntegers(values, sampleValues, map.shift, magnitude)
      : writeRounded(values, sampleValues, map, top, magnitude)
  return { sampleValues, clipping: { samples: values.length, ...clipped } }
}

type Clipped = Pick<Clipping, 'below' | 'above' | 'notNumbers'>

/** Values that are whole already: an array of bytes clips them itself. */
function writeIntegers(
  values: Int16Array,
  sampleValues: Uint8Array,
  shift: number,
  magnitude: boolean,
): Clipped {
  const top = maxSampleValue(8)
  const shown =
    shift === 0 && !magnitude
      ? values
      : values.map((value) => Math.min((magnitude ? Math.abs(value) : value) + shift, largest))
  let below = 0
  let above = 0
  // The sign bit is 1 for a negative number. Comparisons would take twice the time.
  for (let i = 0; i < shown.length; i++) {
    below += shown[i]! >>> 31
    above += (top - shown[i]!) >>> 31
  }
  new Uint8ClampedArray(sampleValues.buffer).set(shown)
  return { below, above, notNumbers: 0 }
}

const largest = 2 ** 15 - 1

function writeRounded(
  values: NpyElements,
  sampleValues: Uint8Array | Uint16Array,
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
