/**
 * The padded input: the input with its border, and with zeros between samples for input dilation.
 *
 *   a b c   →   border of one sample   →   inputDilation 2, before 1, after 2
 *               e a b c e                  . a . b . c . e
 *
 * The axes follow each other, the last one first: where several axes are outside, the constant of
 * the first one counts. Zeros come last, because they are no samples.
 */

import type { ConvGeometry, NdArray } from 'stridefold/sync'
import { borderSamples, outside } from './border-samples.ts'
import { arrayOf, product } from './numbers.ts'

export interface Padded {
  /** [batch, channels, ...extents]. */
  readonly array: NdArray
  /** Per axis: places before the first sample. */
  readonly before: readonly number[]
  /** Per axis: places from one sample to the next. */
  readonly steps: readonly number[]
}

export function paddedInput(g: ConvGeometry, input: NdArray): Padded {
  const before = g.axes.map((axis) => Math.max(0, axis.before))
  const steps = g.axes.map((axis) => axis.inputDilation)
  let lines: Lines = {
    values: Float64Array.from(input.data),
    shape: [g.batch, g.channels, ...g.axes.map((axis) => axis.input)],
  }
  for (let a = g.axes.length - 1; a >= 0; a--) {
    const sides = samplesOutside(g.axes[a]!)
    if (Math.max(...sides) === 0) continue
    const border = g.boundary[a]!
    const samples = borderSamples(g.axes[a]!.input, sides, border)
    lines = picked(lines, a + 2, samples, typeof border === 'object' ? border.constant : 0)
  }
  for (const [a, axis] of g.axes.entries())
    if (axis.inputDilation > 1) lines = picked(lines, a + 2, dilatedSamples(axis), 0)
  return { array: arrayOf(lines.values, lines.shape, g), before, steps }
}

type Axis = ConvGeometry['axes'][number]

/** The samples of the border on each side. Negative padding is not in the padded input. */
const samplesOutside = ({ before, after, inputDilation }: Axis): [number, number] => [
  Math.ceil(Math.max(0, before) / inputDilation),
  Math.ceil(Math.max(0, after) / inputDilation),
]

/** The place in the border and the samples that each place reads; `outside` between samples. */
function dilatedSamples(axis: Axis): Int32Array {
  const { input, inputDilation, before, after } = axis
  const [first] = samplesOutside(axis)
  const length = Math.max(0, before) + (input - 1) * inputDilation + 1 + Math.max(0, after)
  return Int32Array.from({ length }, (_, place) => {
    const sample = (place - Math.max(0, before)) / inputDilation
    return Number.isInteger(sample) ? sample + first : outside
  })
}

interface Lines {
  readonly values: Float64Array
  readonly shape: readonly number[]
}

/** Puts the sample `samples[i]` of an axis at its place i, or `fill` where it is outside. */
function picked({ values, shape }: Lines, a: number, samples: Int32Array, fill: number): Lines {
  const extent = shape[a]!
  const inner = product(shape.slice(a + 1))
  const outer = product(shape.slice(0, a))
  const result = new Float64Array(outer * samples.length * inner).fill(fill)
  for (let o = 0; o < outer; o++)
    for (const [place, sample] of samples.entries()) {
      if (sample === outside) continue
      const from = (o * extent + sample) * inner
      const to = (o * samples.length + place) * inner
      for (let i = 0; i < inner; i++) result[to + i] = values[from + i]!
    }
  return { values: result, shape: shape.with(a, samples.length) }
}
