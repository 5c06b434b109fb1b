/**
 * How each view numbers the places of a product. A place is a sum with a term of batch item, filter
 * and channel, and one term for each axis, which is linear in output, weight and sample.
 */

import type { ConvGeometry } from 'stridefold/sync'
import { product } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** The arrays that views show. A place counts in the row-major order of the array's shape. */
export const placeNames = [
  'output',
  'input',
  'kernel',
  'padded',
  'im2col',
  'toeplitz',
  'element',
  'kernelMatrix',
  'outputMatrix',
] as const
export type PlaceName = (typeof placeNames)[number]

/** What the places depend on. */
export type Placed = Pick<ViewModel, 'geometry' | 'shapes' | 'padded'>

/** The number of places of a view. */
export function extentOf({ shapes }: Placed, name: PlaceName): number {
  switch (name) {
    case 'kernelMatrix':
      return shapes.output[1]! * shapes.im2col[0]
    case 'outputMatrix':
      return shapes.output[1]! * shapes.im2col[1]
    case 'element':
      return product(shapes.input)
    default:
      return product(shapes[name])
  }
}

/** The factors of the numbers of a pair. */
export interface Term {
  readonly constant?: number
  readonly output?: number
  readonly weight?: number
  readonly sample?: number
}

/** How a place is computed: a term of the leading indices, and one of each axis. */
export interface Numbering {
  lead(n: number, filter: number, channel: number): number
  /** The term is `constant` + output · o + weight · w + sample · s. */
  term(a: number): Term
  /** Whether only products of a sample have a place. */
  readonly needsSample: boolean
}

/** The distance of neighbours along each axis in row-major order. */
export const stridesOf = (extents: readonly number[]): readonly number[] =>
  extents.map((_, a) => product(extents.slice(a + 1)))

export function numberings({
  geometry: g,
  shapes,
  padded,
}: Placed): Readonly<Record<PlaceName, Numbering>> {
  const [outputs, inputs, weights, places] = [
    shapes.output.slice(2),
    shapes.input.slice(2),
    shapes.kernel.slice(2),
    shapes.padded.slice(2),
  ]
  const [outputStrides, inputStrides, weightStrides, paddedStrides] = [
    stridesOf(outputs),
    stridesOf(inputs),
    stridesOf(weights),
    stridesOf(places),
  ] as const
  const localChannel = (channel: number): number => channel % (g.channels / g.groups)
  const output = (n: number, filter: number): number => (n * g.filters + filter) * product(outputs)
  const input = (n: number, channel: number): number => (n * g.channels + channel) * product(inputs)
  const [rows, columns] = shapes.im2col
  const element: Numbering = {
    lead: (n, _, channel) => input(n, channel),
    term: (a) => ({ sample: inputStrides[a]! }),
    needsSample: true,
  }
  const windowRow = (channel: number): number => channel * product(weights)
  return {
    output: {
      lead: output,
      term: (a) => ({ output: outputStrides[a]! }),
      needsSample: false,
    },
    input: element,
    element,
    kernel: {
      lead: (_, filter, channel) =>
        (filter * shapes.kernel[1]! + localChannel(channel)) * product(weights),
      term: (a) => ({ weight: weightStrides[a]! }),
      needsSample: false,
    },
    padded: {
      lead: (n, _, channel) => (n * g.channels + channel) * product(places),
      term: (a) => {
        const { stride, dilation, before } = g.axes[a]!
        const along = stepTerm(g, a, dilation * paddedStrides[a]!)
        return {
          output: stride * paddedStrides[a]!,
          weight: along.weight!,
          constant: along.constant! + (padded.before[a]! - before) * paddedStrides[a]!,
        }
      },
      needsSample: false,
    },
    im2col: {
      lead: (n, _, channel) => windowRow(channel) * columns + n * product(outputs),
      term: (a) => ({ weight: weightStrides[a]! * columns, output: outputStrides[a]! }),
      needsSample: false,
    },
    toeplitz: {
      lead: (n, filter, channel) => output(n, filter) * shapes.toeplitz[1] + input(n, channel),
      term: (a) => ({
        output: outputStrides[a]! * shapes.toeplitz[1],
        sample: inputStrides[a]!,
      }),
      needsSample: true,
    },
    kernelMatrix: {
      lead: (_, filter, channel) => filter * rows + windowRow(channel),
      term: (a) => ({ weight: weightStrides[a]! }),
      needsSample: false,
    },
    outputMatrix: {
      lead: (n, filter) => filter * columns + n * product(outputs),
      term: (a) => ({ output: outputStrides[a]! }),
      needsSample: false,
    },
  }
}

/** The term of the step along the window, which a flip reverses. */
export const stepTerm = (g: ConvGeometry, a: number, factor: number): Term =>
  g.flip
    ? { weight: -factor, constant: (g.axes[a]!.kernel - 1) * factor }
    : { weight: factor, constant: 0 }
