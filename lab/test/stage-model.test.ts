/**
 * The output of the first screen's model is the sum of the products at its place.
 */

import { ndarray } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { expect, test } from 'vitest'
import { loadForPlane } from '../src/model/plane-sums.ts'
import { numberText } from '../src/stage/number.ts'
import {
  outputAt,
  productsAt,
  resultOf,
  type StageModel,
  stageModelOf,
} from '../src/stage/stage-model.ts'

test.each([
  '1x1x5x6 * 1x1x3x3',
  '1x1x7x6 * 1x1x2x3 s2 d2 p1,2',
  '1x1x5x6 * 1x1x3x2 flip edge p1',
  '1x1x9 * 1x1x4 p2',
])('an output is the sum of its products: %s', (problem) => {
  const model = stageModelOf({
    problem,
    input: { seed: 3 },
    kernel: { seed: 5 },
    divisor: 2,
    bias: 1,
  })
  const { width, height, data } = model.output
  expect(data.length).toBe(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = productsAt(model, { x, y }).reduce((total, { product }) => total + product, 0)
      expect(outputAt(model, { x, y })).toBe(sum / 2 + 1)
    }
})

/** What the definition makes of a model's input and kernel. */
function defined({ geometry: g, input, kernel, divisor, bias }: StageModel): Float64Array {
  const [samples, weights] = [input, kernel].map(({ data }) => Float64Array.from(data))
  const { values } = definition(
    { ...g, flip: false },
    {
      input: ndarray(samples!, [1, 1, ...g.axes.map((axis) => axis.input)]),
      kernel: ndarray(weights!, [1, 1, ...g.axes.map((axis) => axis.kernel)]),
    },
  )
  return values.map((sum) => resultOf(sum, divisor, bias))
}

test('large planes: the definition and the fast algorithms give the same numbers', async () => {
  const models = [
    '1x1x210x200 * 1x1x1x1',
    '1x1x60x70 * 1x1x12x11 s1,2 d2,1 p30,9 wrap flip',
    '1x1x40000 * 1x1x9 p4 reflect',
  ].map((problem) => (): StageModel => {
    const seeds = { input: { seed: 3 }, kernel: { seed: 5 } }
    return stageModelOf({ problem, ...seeds, divisor: 7, bias: 0.25 })
  })
  // The fast algorithms load in a later turn.
  const early = models.map((model) => model())
  await loadForPlane(early[0]!.geometry)
  for (const [i, model] of models.entries()) {
    const late = model()
    const texts = [late.output.data, early[i]!.output.data, defined(late)].map((numbers) =>
      Array.from(numbers).join(),
    )
    expect(new Set(texts).size).toBe(1)
  }
})

test.each([
  [0.1 * 3, '0.3'],
  [0.1 + 0.2 + 0.7, '1'],
  [3071 / 16, '191.9375'],
  [145 + 0.06, '145.06'],
  [6422 / 49, '≈131.061'],
  [-1 / 3, '≈−0.333333'],
  [2 / 3e5, '≈6.66667e−6'],
])('%f is shown as %s: exact, or marked as rounded', (value, text) => {
  expect(numberText(value)).toBe(text)
})
