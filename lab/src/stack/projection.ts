/**
 * Planes in space, seen from far away: parallel lines stay parallel, so a plane is drawn by an
 * affine map. The scene is turned around the vertical axis, then tilted towards the viewer.
 *
 * The planes of a stack stand one behind the other, and the first is the farthest. If the turn is
 * too small for all to be seen, they also move apart sideways. So no plane hides another one, at
 * any angle; at 0° they lie side by side.
 */

/** Angles in degrees. */
export interface Camera {
  readonly turn: number
  readonly tilt: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where the directions of a plane, and the way towards the viewer, go on the screen. */
export interface Directions {
  readonly right: Point
  readonly down: Point
  readonly near: Point
}

export function directionsOf({ turn, tilt }: Camera): Directions {
  const [a, b] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180]
  return {
    right: { x: Math.cos(a), y: -Math.sin(a) * Math.sin(b) },
    down: { x: 0, y: Math.cos(b) },
    near: { x: Math.sin(a), y: Math.cos(a) * Math.sin(b) },
  }
}

/** The place on the screen of a point of a plane whose corner is at `corner`. */
export const pointAt = ({ right, down }: Directions, corner: Point, { x, y }: Point): Point => ({
  x: corner.x + right.x * x + down.x * y,
  y: corner.y + right.y * x + down.y * y,
})

/** The map of a plane for SVG. */
export const transformOf = ({ right, down }: Directions, { x, y }: Point): string =>
  `matrix(${[right.x, right.y, down.x, down.y, x, y].map((n) => n.toFixed(4)).join(' ')})`

/** The depth from one plane to the next, in widths of a plane. */
const depth = 0.8

/** From the corner of a plane to that of the next one, with a gap between both on the screen. */
export function stepOf({ right, near }: Directions, { width }: Size, gap: number): Point {
  const z = width * depth
  const sideways = Math.max(0, (width * right.x + gap - z * near.x) / right.x)
  return {
    x: sideways * right.x + z * near.x,
    y: sideways * right.y + z * near.y,
  }
}

export interface Stack {
  /** The corner of each plane, with the box of the stack from 0. */
  readonly corners: readonly Point[]
  readonly box: Size
}

/** A stack of planes of one size. */
export function stackOf(directions: Directions, count: number, plane: Size, gap: number): Stack {
  const step = stepOf(directions, plane, gap)
  const { width, height } = plane
  const ends = [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: 0, y: height },
    { x: width, y: height },
  ].map((point) => pointAt(directions, { x: 0, y: 0 }, point))
  const low = { x: Math.min(...ends.map(({ x }) => x)), y: Math.min(...ends.map(({ y }) => y)) }
  const high = { x: Math.max(...ends.map(({ x }) => x)), y: Math.max(...ends.map(({ y }) => y)) }
  const last = { x: step.x * (count - 1), y: step.y * (count - 1) }
  return {
    corners: Array.from({ length: count }, (_, i) => ({
      x: step.x * i - low.x,
      y: step.y * i - low.y,
    })),
    box: { width: last.x + high.x - low.x, height: last.y + high.y - low.y },
  }
}
