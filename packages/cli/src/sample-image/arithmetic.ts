/**
 * Arithmetic with the same bits on every machine, for the sample image. It avoids Math.sin,
 * Math.exp and Math.pow, whose last bit depends on the engine. Waves are polynomials, random
 * numbers are an integer hash, and all else is + − × ÷ and the square root.
 */

export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value
}

export function mix(from: number, to: number, amount: number): number {
  return from + (to - from) * amount
}

/** 0 before `from`, 1 after `to`, and an S-curve between; `from` may be larger than `to`. */
export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from))
  return t * t * (3 - 2 * t)
}

/** Sine with period 1; error below 0.001. */
export function wave(turns: number): number {
  const t = turns - Math.floor(turns)
  const half = t < 0.5 ? t : t - 0.5
  const arch = half * (0.5 - half) * 16
  const value = arch * (0.775 + 0.225 * arch)
  return t < 0.5 ? value : -value
}

/** A bell curve of height 1 at 0 with long tails, about 2 wide. */
export function bell(distance: number): number {
  const t = 1 / (1 + distance * distance)
  return t * t
}

/**
 * The share of a pixel inside an edge. `distance` is negative inside; the edge is `softness` wide.
 */
export function inside(distance: number, softness: number): number {
  return clamp(0.5 - distance / softness)
}

/** Uniform in [0, 1), from integers. */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}

/** Smooth noise in [0, 1] with one extremum per unit. */
export function noise(x: number, y: number, seed: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const u = smooth(0, 1, x - left)
  const v = smooth(0, 1, y - top)
  const above = mix(hash(left, top, seed), hash(left + 1, top, seed), u)
  const below = mix(hash(left, top + 1, seed), hash(left + 1, top + 1, seed), u)
  return mix(above, below, v)
}

/**
 * A sum of noise octaves, each with half the size and half the amplitude of the one before; in [0,
 * 1].
 */
export function cloud(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0
  let strength = 0.5
  let scale = 1
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * noise(x * scale, y * scale, seed + octave)
    strength /= 2
    scale *= 2
  }
  return sum / (1 - 2 * strength)
}
