/**
 * Addresses of the docked view of memory: against the library's own views, and against every
 * address one by one.
 */

import { slidingWindows } from 'stridefold/sync'
import { expect, test } from 'vitest'
import {
  baseElement,
  cacheLines,
  elementAt,
  outputOver,
  tapeFor,
  tapeStart,
  windowStrides,
  windowView,
} from '../src/stage/docks/memory-layout.ts'
import { placesPlan } from '../src/stage/docks/memory-places-drawing.ts'
import { regionAround, wholeRegion } from '../src/stage/region.ts'
import { isPaddingAt, productsAt, type StageModel, stageModelOf } from '../src/stage/stage-model.ts'

function modelOf(problem: string): StageModel {
  const [input = '', kernel = ''] = problem.split(' * ')
  const count = (text: string): number =>
    (text.split(' ')[0] ?? '').split('x').reduce((n, extent) => n * Number(extent), 1)
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * 7) % 23)
  return stageModelOf({
    problem,
    input: { values: numbers(count(input)) },
    kernel: { values: numbers(count(kernel)) },
    divisor: 1,
    bias: 0,
  })
}

const problems = [
  '12x17 * 3x3',
  '12x17 * 2x4 s2,1 d1,2',
  '9x20 * 5x5 s2',
  '10x11 * 3x2 p2',
  '10x11 * 3x3 s2 d2 p1:0,3:1',
  '6x7 * 7x1 p3,0',
  '5x6 * 7x7 p6',
  '48 * 8',
  '48 * 5 s3 d2 p4:0',
  '3x3 * 2x2',
  '1x9 * 1x3',
]

const places = ({ output }: StageModel): { x: number; y: number }[] =>
  Array.from({ length: output.width * output.height }, (_, i) => ({
    x: i % output.width,
    y: Math.floor(i / output.width),
  }))

test.each(problems)('the formula gives the element of every sample: %s', (problem) => {
  const model = modelOf(problem)
  const strides = windowStrides(model)
  const isSignal = strides.length === 2
  const wrong: string[] = []
  for (const { x, y } of places(model)) {
    for (const one of productsAt(model, { x, y })) {
      const [i, j] = [Math.floor(one.tap / model.kernel.width), one.tap % model.kernel.width]
      const index = isSignal ? [x, j] : [y, x, i, j]
      const element = strides.reduce((sum, stride, a) => sum + stride * index[a]!, 0)
      const actual = elementAt(model, one.x, one.y)
      const isRight = one.isPadding
        ? actual === undefined
        : actual === element + baseElement(model) && model.input.data[actual] === one.value
      if (!isRight) wrong.push(`product ${one.tap} at (${x}, ${y}): ${actual}`)
    }
  }
  expect(wrong).toEqual([])
})

test.each(problems)('the view has exactly the windows without padding: %s', (problem) => {
  const model = modelOf(problem)
  const { shape, strides, offset } = windowView(model)
  const half = shape.length / 2
  const inside = places(model).filter((place) =>
    productsAt(model, place).every(({ x, y }) => !isPaddingAt(model, x, y)),
  )
  expect(shape.slice(0, half).reduce((n, extent) => n * extent, 1)).toBe(inside.length)
  const firsts = inside.map((place) => {
    const [first] = productsAt(model, place)
    return elementAt(model, first!.x, first!.y)
  })
  const counts = half === 1 ? [1, ...shape.slice(0, 1)] : shape.slice(0, 2)
  const steps = half === 1 ? [0, ...strides.slice(0, 1)] : strides.slice(0, 2)
  const viewed = Array.from({ length: counts[0]! * counts[1]! }, (_, i) => {
    const [row, column] = [Math.floor(i / counts[1]!), i % counts[1]!]
    return offset + steps[0]! * row + steps[1]! * column
  })
  expect(viewed).toEqual(firsts)
})

test.each(['12x17 * 3x3', '12x17 * 2x4 s2,1', '48 * 8', '48 * 5 s3'])(
  'shape and strides are those of the windows of the library: %s',
  (problem) => {
    const model = modelOf(problem)
    const { input, kernel, stride } = model
    const isSignal = model.geometry.axes.length === 1
    const data = Float32Array.from(input.data)
    const windows = isSignal
      ? slidingWindows({ data, shape: [input.width] }, [kernel.width], { step: [stride.x] })
      : slidingWindows(
          { data, shape: [input.height, input.width] },
          [kernel.height, kernel.width],
          { step: [stride.y, stride.x] },
        )
    const view = windowView(model)
    expect([view.shape, view.strides, view.offset]).toEqual([
      windows.shape,
      windows.strides,
      windows.offset,
    ])
  },
)

const widths = [240, 296, 520, 616, 1100]
test.each(problems.flatMap((problem) => widths.map((width) => [problem, width] as const)))(
  'the line fits and holds every sample of every window: %s in %i',
  (problem, width) => {
    const model = modelOf(problem)
    for (const digits of [undefined, 26]) {
      const region = model.isSmall
        ? wholeRegion(model)
        : regionAround(model, { x: 0, y: 0 }, { x: 5, y: 3 }, undefined)
      const tape = tapeFor(model, region.input.width, width, digits)
      const { runs, places: across, pitch, gap } = tape
      expect(runs * across * pitch + (runs - 1) * gap).toBeLessThanOrEqual(width)
      if (tape.hasDigits) expect(pitch).toBeGreaterThanOrEqual(26)
      let last = region
      const outside: string[] = []
      for (const place of places(model)) {
        last = model.isSmall ? region : regionAround(model, place, { x: 5, y: 3 }, last)
        const start = tapeStart(model, last, place, tape)
        for (const { x, y } of productsAt(model, place)) {
          const run = (y - start.y) / tape.step
          const isDrawn =
            Number.isInteger(run) && run >= 0 && run < runs && x >= start.x && x < start.x + across
          if (!isDrawn) outside.push(`(${x}, ${y}) at (${place.x}, ${place.y})`)
        }
      }
      expect(outside).toEqual([])
    }
  },
)

test('a place of the line names the output over it', () => {
  const model = modelOf('12x17 * 3x3')
  expect(outputOver(model, 5, 4)).toEqual({ x: 4, y: 3 })
  expect(outputOver(model, 0, 0)).toEqual({ x: 0, y: 0 })
  expect(outputOver(model, 16, 11)).toEqual({ x: 14, y: 9 })
})

test('cache lines have 64 bytes', () => {
  expect(cacheLines([0, 15, 16, 31, 160], 4)).toEqual([0, 1, 10])
  expect(cacheLines([7, 8], 8)).toEqual([0, 1])
})

test('the drawing of all places always has the current one, in lines that fit', () => {
  const model = modelOf('12x17 * 3x3')
  for (const height of [44, 60, 90, 200]) {
    for (const place of places(model)) {
      const region = regionAround(model, place, { x: 5, y: 3 }, undefined)
      const plan = placesPlan(model, region, place, 600, height, undefined)
      expect(plan.places).toContainEqual(place)
      expect(plan.places.length * plan.line).toBeLessThanOrEqual(height)
      expect(plan.count * plan.pitch).toBeCloseTo(600)
    }
  }
})
