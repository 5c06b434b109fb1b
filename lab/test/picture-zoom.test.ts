/** Where an enlarged picture lies in its box: laws for every picture, box and gesture. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  moved,
  type Place,
  type Plate,
  plateOf,
  type Size,
  seeing,
  seenPart,
  wholePicture,
  type Zoom,
  zoomed,
} from '../src/photo/picture-zoom.ts'

const sizes = (max: number): fc.Arbitrary<Size> =>
  fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }) })
const boxes: fc.Arbitrary<Size> = sizes(1500).map(({ width, height }) => ({
  width: width + 100,
  height: height + 100,
}))
const places: fc.Arbitrary<Place> = fc.record({
  x: fc.integer({ min: -700, max: 700 }),
  y: fc.integer({ min: -700, max: 700 }),
})
type Gesture = (picture: Size, box: Size, zoom: Zoom) => Zoom
const gestures: fc.Arbitrary<Gesture> = fc.oneof(
  fc.tuple(fc.double({ min: 0.1, max: 10, noNaN: true }), places).map(
    ([by, from]): Gesture =>
      (picture, box, zoom) =>
        zoomed(picture, box, zoom, by, from),
  ),
  places.map(
    (by): Gesture =>
      (picture, box, zoom) =>
        moved(picture, box, zoom, by),
  ),
  places.map(
    ({ x, y }): Gesture =>
      (picture, box, zoom) => {
        const pixel = { x: Math.abs(x) % picture.width, y: Math.abs(y) % picture.height }
        return seeing(picture, box, zoom, pixel)
      },
  ),
)

const after = (picture: Size, box: Size, all: readonly Gesture[]): Zoom =>
  all.reduce((zoom, gesture) => gesture(picture, box, zoom), wholePicture(picture))

test('no edge comes inside the box, whatever is done; the whole picture fits', () => {
  fc.assert(
    fc.property(sizes(9000), boxes, fc.array(gestures, { maxLength: 6 }), (picture, box, all) => {
      const zoom = after(picture, box, all)
      const { scale, window, left, top } = plateOf(picture, box, zoom)
      expect(zoom.factor).toBeGreaterThanOrEqual(1)
      expect(scale).toBeLessThanOrEqual(96)
      for (const [first, seen, extent, room] of [
        [left, window.width, picture.width, box.width],
        [top, window.height, picture.height, box.height],
      ] as const) {
        expect(seen).toBeLessThanOrEqual(room + 1e-6)
        expect(seen).toBeCloseTo(Math.min(room, extent * scale), 6)
        expect(first).toBeLessThanOrEqual(1e-6)
        expect(first + extent * scale).toBeGreaterThanOrEqual(seen - 1e-6)
      }
      const whole = plateOf(picture, box, wholePicture(picture))
      expect(whole.left).toBeCloseTo(0, 6)
      expect(whole.top).toBeCloseTo(0, 6)
      expect(whole.window.width).toBeCloseTo(picture.width * whole.scale, 6)
    }),
  )
})

/** The place of the picture at a place beside the middle of the box. */
const under = ({ scale, window, left, top }: Plate, { x, y }: Place): Place => ({
  x: (window.width / 2 + x - left) / scale,
  y: (window.height / 2 + y - top) / scale,
})

test('what is under the pointer stays there, unless an edge would come inside', () => {
  // Deep inside a picture that is much larger than its box no edge is near.
  fc.assert(
    fc.property(
      places.map(({ x, y }) => ({ x: x / 4, y: y / 4 })),
      fc.double({ min: 0.7, max: 2, noNaN: true }),
      (from, by) => {
        const [picture, box] = [
          { width: 4000, height: 3000 },
          { width: 800, height: 600 },
        ]
        const zoom = { factor: 20, centre: { x: 2000, y: 1500 } }
        const next = zoomed(picture, box, zoom, by, from)
        const [a, b] = [plateOf(picture, box, zoom), plateOf(picture, box, next)]
        expect(under(b, from).x).toBeCloseTo(under(a, from).x, 6)
        expect(under(b, from).y).toBeCloseTo(under(a, from).y, 6)
      },
    ),
  )
})

test('pixels are squares of whole CSS pixels when they are enlarged', () => {
  const [picture, box] = [
    { width: 300, height: 200 },
    { width: 700, height: 500 },
  ]
  let zoom = wholePicture(picture)
  for (let i = 0; i < 20; i++) {
    const { scale } = plateOf(picture, box, zoom)
    expect(Number.isInteger(scale)).toBe(true)
    zoom = zoomed(picture, box, zoom, 1.3, { x: 0, y: 0 })
  }
  expect(plateOf(picture, box, zoom).scale).toBe(96)
})

test('the part that is seen has every pixel that is, and a chosen pixel is among them', () => {
  fc.assert(
    fc.property(
      sizes(5000),
      boxes,
      fc.array(gestures, { maxLength: 4 }),
      fc.nat(4999),
      fc.nat(4999),
      (picture, box, all, a, b) => {
        const pixel = { x: a % picture.width, y: b % picture.height }
        const zoom = seeing(picture, box, after(picture, box, all), pixel)
        const plate = plateOf(picture, box, zoom)
        const part = seenPart(picture, plate)
        expect(part.x).toBeGreaterThanOrEqual(0)
        expect(part.x + part.width).toBeLessThanOrEqual(picture.width)
        expect(part.y + part.height).toBeLessThanOrEqual(picture.height)
        expect(plate.left + part.x * plate.scale).toBeLessThanOrEqual(1e-3)
        expect(plate.left + (part.x + part.width) * plate.scale).toBeGreaterThanOrEqual(
          plate.window.width - 1e-3,
        )
        expect(pixel.x >= part.x && pixel.x < part.x + part.width).toBe(true)
        expect(pixel.y >= part.y && pixel.y < part.y + part.height).toBe(true)
      },
    ),
  )
})
