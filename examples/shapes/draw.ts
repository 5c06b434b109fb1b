/**
 * Draws random images of shapes: circles, squares, triangles and stars of any size, position and
 * rotation, with noise.
 *
 * A shape is given by the distance of its edge from its centre in every direction. The value of a
 * pixel is the share of it that lies inside the shape.
 */

export const names = ['circle', 'square', 'triangle', 'star'] as const

/** Pixels along each side. */
export const side = 20

export interface Images {
  /** Shape count × 1 × side × side, values from about −1 to 1. */
  readonly pixels: Float32Array<ArrayBuffer>
  /** The class of each image, as an index in `names`. */
  readonly labels: Uint8Array
  readonly count: number
}

export type Random = () => number

/** Returns a generator of numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Distance of the edge from the centre in a direction, for a radius of 1; one function per class.
 */
const edges: readonly ((angle: number) => number)[] = [() => 0.85, polygon(4), polygon(3), star(5)]

function polygon(corners: number): (angle: number) => number {
  const sector = (2 * Math.PI) / corners
  return (angle) =>
    Math.cos(sector / 2) / Math.cos((((angle % sector) + sector) % sector) - sector / 2)
}

function star(points: number): (angle: number) => number {
  const sector = (2 * Math.PI) / points
  const [outer, inner] = [1, 0.45]
  return (angle) => {
    // Half of a point of the star: the line from its tip to the next notch.
    const fromTip = Math.abs((((angle % sector) + sector) % sector) - sector / 2)
    const theta = sector / 2 - fromTip
    const half = sector / 2
    return (
      (outer * inner * Math.sin(half)) / (outer * Math.sin(theta) + inner * Math.sin(half - theta))
    )
  }
}

export function draw(count: number, next: Random): Images {
  const pixels = new Float32Array(count * side * side)
  const labels = Uint8Array.from({ length: count }, () => Math.floor(next() * names.length))
  labels.forEach((label, i) =>
    drawShape(pixels.subarray(i * side * side, (i + 1) * side * side), edges[label]!, next),
  )
  return { pixels, labels, count }
}

function drawShape(to: Float32Array, edge: (angle: number) => number, next: Random): void {
  const radius = 4 + 3 * next()
  const [cy, cx] = [radius + (side - 2 * radius) * next(), radius + (side - 2 * radius) * next()]
  const rotation = 2 * Math.PI * next()
  const samples = [0.25, 0.75]
  const isInside = (y: number, x: number): boolean =>
    Math.hypot(y - cy, x - cx) <= radius * edge(Math.atan2(y - cy, x - cx) + rotation)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const inside = samples.reduce(
        (n, dy) => n + samples.reduce((m, dx) => m + (isInside(y + dy, x + dx) ? 1 : 0), 0),
        0,
      )
      to[y * side + x] = inside / 2 - 1 + 0.6 * (next() - 0.5)
    }
  }
}
