/**
 * The places of products as numbers, against the products of the library's `explain`: random
 * problems of every rank with channels, groups, borders, dilations and a flip, and every kind of
 * focus. And limits: a million products are marked without a list of them.
 */

import { checkedFit, explain, type Focus, OptionError, parseCase, type Tap } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { highlightOf, paddedPlace } from '../src/model/highlight.ts'
import { indexAt, placeOf, product, randomFractions } from '../src/model/numbers.ts'
import { type PlaceName, placeNames } from '../src/model/place-numbering.ts'
import { type ViewModel, viewModelOf } from '../src/model/view-model.ts'

const modelOf = (problem: string): ViewModel =>
  viewModelOf({ problem, input: { seed: 3 }, kernel: { seed: 4 }, divisor: 1, bias: 0 })

const places: Readonly<Record<PlaceName, (tap: Tap, viewModel: ViewModel) => number>> = {
  output: (tap, { shapes }) => placeOf(tap.output, shapes.output),
  input: (tap, { shapes }) => (tap.input ? placeOf(tap.input, shapes.input) : -1),
  kernel: (tap, { shapes }) => placeOf(tap.kernel, shapes.kernel),
  padded: paddedPlace,
  im2col: (tap, { shapes }) => placeOf(tap.im2col, shapes.im2col),
  toeplitz: (tap, { shapes }) => (tap.toeplitz ? placeOf(tap.toeplitz, shapes.toeplitz) : -1),
  element: (tap, { input }) =>
    tap.byte === undefined ? -1 : tap.byte / input.data.BYTES_PER_ELEMENT,
  kernelMatrix: (tap, { shapes }) => tap.output[1]! * shapes.im2col[0] + tap.im2col[0],
  outputMatrix: (tap, { shapes }) => tap.output[1]! * shapes.im2col[1] + tap.im2col[1],
}

function randomProblem(seed: number): ViewModel {
  const next = randomFractions(seed)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(list: readonly T[]): T => list[from(0, list.length - 1)]!
  for (;;) {
    const rank = from(1, 3)
    const list = (min: number, max: number): number[] =>
      Array.from({ length: rank }, () => from(min, max))
    const [groups, channels, filters] = [from(1, 2), from(1, 2), from(1, 2)]
    const problem = [
      `${from(1, 2)}x${groups * channels}x${list(1, 5).join('x')} *`,
      `${groups * filters}x${channels}x${list(1, 3).join('x')}`,
      `s${list(1, 2)} d${list(1, 2)} p${list(0, 3).map((side) => `${side}:${from(-1, 2)}`)}`,
      `g${groups} ${pick(['', `i${list(1, 2)}`])}`,
      pick(['', 'edge', 'reflect', 'symmetric', 'wrap', 'constant=2']),
      pick(['', 'flip']),
    ].join(' ')
    try {
      checkedFit(parseCase(problem))
      return modelOf(problem)
    } catch (error) {
      // The window does not fit, or the border needs a longer axis: draws another problem.
      if (!(error instanceof OptionError)) throw error
    }
  }
}

function randomFoci({ shapes, input }: ViewModel, seed: number): readonly Focus[] {
  const next = randomFractions(seed)
  const cell = (shape: readonly number[]): number[] =>
    indexAt(Math.floor(next() * product(shape)), shape)
  return [
    { output: cell(shapes.output) },
    { input: cell(shapes.input) },
    { kernel: cell(shapes.kernel) },
    { im2col: cell(shapes.im2col) as [number, number] },
    { toeplitz: cell(shapes.toeplitz) as [number, number] },
    { byte: Math.floor(next() * input.data.byteLength) },
  ]
}

describe.each(Array.from({ length: 60 }, (_, seed) => [seed]))('problem %i', (seed) => {
  const viewModel = randomProblem(seed)
  test.each(randomFoci(viewModel, seed).map((focus) => [focus]))(
    `${viewModel.geometry.key} %o`,
    (focus) => {
      const { geometry, input, kernel } = viewModel
      const explanation = explain(geometry, focus, { input, kernel })
      const highlight = highlightOf(viewModel, focus, undefined, { input, kernel })
      expect(highlight.count).toBe(explanation.count)
      expect(highlight.taps).toEqual(explanation.taps)
      expect(highlight.reason).toBe(explanation.reason)
      expect(highlight.outputs()).toBe(new Set(explanation.taps.map((tap) => `${tap.output}`)).size)
      for (const name of placeNames) {
        const list = highlight.list(name)
        expect([...list.places], name).toEqual(
          explanation.taps.map((tap) => places[name](tap, viewModel)),
        )
        expect([...list.taps]).toEqual(explanation.taps.map(({ tap }) => tap))
      }
    },
  )
})

test('a weight of a million outputs is marked in each of them, with few listed products', () => {
  const viewModel = modelOf('1x1x1024x1024 * 1x1x1x1')
  const { input, kernel } = viewModel
  const highlight = highlightOf(viewModel, { kernel: [0, 0, 0, 0] }, undefined, { input, kernel })
  expect(highlight.count).toBe(2 ** 20)
  expect(highlight.taps.length).toBeLessThan(5000)
  expect(highlight.outputs()).toBe(2 ** 20)
  expect(highlight.marks('kernel').at(0).count).toBe(2 ** 20)
})

test('the sum of an output with 65,536 products is that of all of them', () => {
  const viewModel = modelOf('1x1x256x256 * 1x1x256x256 p1')
  const { input, kernel, output } = viewModel
  const highlight = highlightOf(viewModel, { output: [0, 0, 1, 1] }, undefined, { input, kernel })
  expect(highlight.taps.length).toBeLessThan(5000)
  expect(highlight.sum()).toBe(output.data[4])
})

test('a sample that a border repeats in every product', () => {
  const viewModel = modelOf('1x1x1x1 * 1x1x8x8 p300 edge')
  const { input, kernel } = viewModel
  const highlight = highlightOf(viewModel, { input: [0, 0, 0, 0] }, undefined, { input, kernel })
  expect(highlight.count).toBe(594 * 594 * 64)
  expect(highlight.marks('input').size).toBe(1)
})
