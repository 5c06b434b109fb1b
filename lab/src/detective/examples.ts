/** Examples with a finding each. The library computes their outputs; the slips are made here. */

import { formatCase, im2col, ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { randomFractions } from '../model/numbers.ts'
import { defaultState } from '../state/state.ts'
import type { Pastes } from './arrangements.ts'
import { withoutTranspose } from './im2col-traps.ts'
import type { Pasted } from './readings.ts'

export const exampleNames = ['turned', 'last', 'bytes', 'border', 'im2col', 'wrong'] as const
export type ExampleName = (typeof exampleNames)[number]

const numbersOf = (numbers: object): readonly number[] =>
  (numbers as { readonly values: readonly number[] }).values

/** The example of the lab: 5×7 samples. Neither it nor its kernel has a symmetry. */
const x: Pasted = { shape: [5, 7], values: numbersOf(defaultState.input) }
const tall: Pasted = { shape: [3, 2], values: numbersOf(defaultState.kernel) }
const sobel: Pasted = { shape: [3, 3], values: [-1, 0, 1, -2, 0, 2, -1, 0, 1] }

/** The result of the library for a case. */
function output(text: string, input: Pasted, kernel: Pasted): Pasted {
  const g = parseCase(formatCase({ ...parseCase(text), dtype: 'float64' }))
  const extents = g.axes.map((axis) => axis.output)
  const { values } = definition(g, {
    input: ndarray(Float64Array.from(input.values), [1, g.channels, ...g.axes.map((a) => a.input)]),
    kernel: ndarray(Float64Array.from(kernel.values), [
      g.filters,
      g.channels / g.groups,
      ...g.axes.map((a) => a.kernel),
    ]),
  })
  const shape = g.filters > 1 ? [g.filters, ...extents] : extents
  return { shape, values: Array.from(values) }
}

/** The last two of three axes first, so that channels are last. */
function last({ shape, values }: Pasted): Pasted {
  const [channels = 1, rows = 1, columns = 1] = shape
  const area = rows * columns
  return {
    shape: [rows, columns, channels],
    values: values.map((_, i) => values[(i % channels) * area + Math.floor(i / channels)]!),
  }
}

function drawn(seed: number, shape: readonly number[], low: number, high: number): Pasted {
  const next = randomFractions(seed)
  const count = shape.reduce((n, extent) => n * extent, 1)
  return {
    shape,
    values: Array.from({ length: count }, () => low + Math.floor(next() * (high - low + 1))),
  }
}

const makers: Readonly<Record<ExampleName, () => Pastes>> = {
  turned: () => ({ x, k: tall, y: output('5x7 * 3x2 p1,1:0 flip', x, tall) }),
  last: () => {
    const planes = drawn(3, [3, 4, 5], 0, 9)
    const k = drawn(4, [2, 3, 2, 2], -2, 3)
    return { x: last(planes), k, y: last(output('1x3x4x5 * 2x3x2x2', planes, k)) }
  },
  bytes: () => {
    const grey = drawn(5, [6, 7], 0, 255)
    const { shape, values } = output('6x7 * 3x3', grey, sobel)
    return { x: grey, k: sobel, y: { shape, values: values.map((v) => ((v % 256) + 256) % 256) } }
  },
  border: () => ({ x, k: sobel, y: output('5x7 * 3x3 p1 reflect', x, sobel) }),
  im2col: () => {
    const matrix = im2col(ndarray(Float64Array.from(x.values), x.shape), tall.shape, {
      mode: 'valid',
    })
    const values = withoutTranspose(matrix.data as Float64Array, tall.values, 1)
    return { x, k: tall, y: { shape: [3, 6], values: Array.from(values) } }
  },
  wrong: () => {
    const { shape, values } = output('5x7 * 3x2', x, tall)
    return { x, k: tall, y: { shape, values: values.map((v, i) => (i === 10 ? v - 4 : v)) } }
  },
}

export const exampleOf = (name: ExampleName): Pastes => makers[name]()
