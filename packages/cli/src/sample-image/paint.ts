/**
 * Colours while the sample image is painted: three numbers, 0 to 1, as displayed. A sample starts
 * as the sky. Each object paints over it with some coverage, from far to near, so its edges blend
 * with what is behind it.
 */

import { clamp, mix } from './arithmetic.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/** The colour of the sample, changed in place. */
export type Sample = [red: number, green: number, blue: number]

/**
 * A point in the image: y goes down from 0 to 1, x is 0 in the middle, `pixel` is the distance of
 * samples there.
 */
export interface PixelPoint {
  readonly x: number
  readonly y: number
  readonly pixel: number
}

export function hex(code: number): Colour {
  return [(code >> 16) / 255, ((code >> 8) & 255) / 255, (code & 255) / 255]
}

export function blend(from: Colour, to: Colour, amount: number): Colour {
  return [mix(from[0], to[0], amount), mix(from[1], to[1], amount), mix(from[2], to[2], amount)]
}

export function lit(colour: Colour, light: number): Colour {
  return [colour[0] * light, colour[1] * light, colour[2] * light]
}

export function paint(sample: Sample, colour: Colour, coverage: number): void {
  sample[0] = mix(sample[0], colour[0], coverage)
  sample[1] = mix(sample[1], colour[1], coverage)
  sample[2] = mix(sample[2], colour[2], coverage)
}

/** Adds light like a second exposure; the result never exceeds white. */
export function glow(sample: Sample, colour: Colour, strength: number): void {
  for (let channel = 0; channel < 3; channel++) {
    sample[channel] = 1 - (1 - sample[channel]!) * (1 - clamp(colour[channel]! * strength))
  }
}

export function shade(sample: Sample, amount: number): void {
  sample[0] *= 1 - amount
  sample[1] *= 1 - amount * 0.92
  sample[2] *= 1 - amount * 0.8
}
