/**
 * The products of a focus as numbers: the place of each in every view, without an object for each.
 * `explain` makes objects, which takes a second for a million products. This takes milliseconds.
 *
 * The trick is that of `explain`: the axes are independent. Along one axis a product is a pair of
 * output and weight, and every combination of the pairs of all axes is a product. A place is then a
 * sum with one term for each axis, so the terms are computed once for each pair:
 *
 *   place = lead(batch item, filter, channel) + term₀(pair₀) + term₁(pair₁) + term₂(pair₂)
 */

import { type ConvGeometry, correlate, type Focus } from 'stridefold/sync'
import { indexAt, product } from './numbers.ts'
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

/** The pairs of one axis, sorted by output, then in the order of the sum. */
interface Pairs {
  /** The outputs that have pairs. Those of output i are from `starts[i]` to `starts[i + 1]`. */
  readonly outputs: ArrayLike<number>
  readonly starts: ArrayLike<number>
  readonly weights: ArrayLike<number>
  /** The sample of each pair; `outside` for the constant of a border. */
  readonly samples: ArrayLike<number>
}

const outside = -1

export interface TapPlaces {
  readonly count: number
  /** Places in a view and numbers of the first `most` products, in the order of the sums. */
  list(name: PlaceName, most?: number): PlaceList
}

/** Columns of numbers: the i-th product is the i-th number of each. */
export interface PlaceList {
  /** −1 if the view does not have the product. */
  readonly places: Float64Array
  readonly taps: Int32Array
}

/** What a focus selects: batch items, filters, perhaps one channel, and pairs along each axis. */
interface Selected {
  readonly items: readonly number[]
  readonly filters: readonly number[]
  readonly channel?: number
  readonly axes: readonly Pairs[]
}

/** `focus` has its complete index. */
export function tapPlaces(viewModel: Placed, focus: Focus): TapPlaces {
  const { geometry: g } = viewModel
  const selected = selectedBy(viewModel, focus)
  const [channelsPerGroup, filtersPerGroup] = [g.channels / g.groups, g.filters / g.groups]
  const channelsOf = (filter: number): readonly number[] => {
    const group = Math.floor(filter / filtersPerGroup)
    if (selected.channel === undefined)
      return Array.from({ length: channelsPerGroup }, (_, i) => group * channelsPerGroup + i)
    return Math.floor(selected.channel / channelsPerGroup) === group ? [selected.channel] : []
  }
  const count = selected.axes.reduce(
    (product, { weights }) => product * weights.length,
    selected.items.length *
      selected.filters.reduce((sum, filter) => sum + channelsOf(filter).length, 0),
  )
  return {
    count,
    list: (name, most = count) =>
      listTaps(viewModel, selected, channelsOf, name, Math.min(count, most)),
  }
}

function selectedBy({ geometry: g, shapes }: Placed, focus: Focus): Selected {
  const along = (pairs: (a: number) => Pairs): readonly Pairs[] => g.axes.map((_, a) => pairs(a))
  const filtersOf = (channel: number): readonly number[] => {
    const count = g.filters / g.groups
    const first = Math.floor(channel / (g.channels / g.groups)) * count
    return Array.from({ length: count }, (_, i) => first + i)
  }
  const bySample = ([n = 0, channel = 0, ...at]: readonly number[]): Selected => ({
    items: [n],
    filters: filtersOf(channel),
    channel,
    axes: along((a) => pairsOf(g, a, { sample: at[a]! })),
  })
  if ('output' in focus) {
    const [n = 0, f = 0, ...at] = focus.output
    return { items: [n], filters: [f], axes: along((a) => pairsOf(g, a, { output: at[a]! })) }
  }
  if ('input' in focus) return bySample(focus.input)
  if ('byte' in focus) {
    const element = Math.floor(focus.byte / (g.dtype === 'float64' ? 8 : 4))
    return element < product(shapes.input)
      ? bySample(indexAt(element, shapes.input))
      : { items: [], filters: [], axes: [] }
  }
  if ('kernel' in focus) {
    const [f = 0, local = 0, ...at] = focus.kernel
    return {
      items: Array.from({ length: g.batch }, (_, n) => n),
      filters: [f],
      channel: Math.floor(f / (g.filters / g.groups)) * (g.channels / g.groups) + local,
      axes: along((a) => pairsOf(g, a, { weight: at[a]! })),
    }
  }
  if ('im2col' in focus) {
    const [channel = 0, ...weights] = indexAt(focus.im2col[0]!, [
      g.channels,
      ...shapes.kernel.slice(2),
    ])
    const [n = 0, ...at] = indexAt(focus.im2col[1]!, [g.batch, ...shapes.output.slice(2)])
    return {
      items: [n],
      filters: filtersOf(channel),
      channel,
      axes: along((a) => pairsOf(g, a, { output: at[a]!, weight: weights[a]! })),
    }
  }
  const [n = 0, f = 0, ...at] = indexAt(focus.toeplitz[0]!, shapes.output)
  const [item = 0, channel = 0, ...samples] = indexAt(focus.toeplitz[1]!, shapes.input)
  return {
    items: n === item ? [n] : [],
    filters: [f],
    channel,
    axes: along((a) => pairsOf(g, a, { output: at[a]!, sample: samples[a]! })),
  }
}

/** The pairs of an axis with this output, this weight or this sample, as far as they are given. */
function pairsOf(
  g: ConvGeometry,
  a: number,
  only: { readonly output?: number; readonly weight?: number; readonly sample?: number },
): Pairs {
  const { kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const sourceOf = sources(g)[a]!
  if (only.weight !== undefined && only.output === undefined && inputDilation === 1) {
    // Every output meets the weight. There may be a million of them.
    const step = g.flip ? kernel - 1 - only.weight : only.weight
    const numbers = new Int32Array(output + 1)
    const samples = new Int32Array(output)
    for (let o = 0; o <= output; o++) numbers[o] = o
    for (let o = 0; o < output; o++) samples[o] = sourceOf(o * stride + step * dilation - before)
    const weights = new Int32Array(output).fill(only.weight)
    return { outputs: numbers.subarray(0, output), starts: numbers, weights, samples }
  }
  const outputs: number[] = []
  const starts: number[] = []
  const weights: number[] = []
  const samples: number[] = []
  const add = (o: number, weight: number): void => {
    const step = g.flip ? kernel - 1 - weight : weight
    const position = (o * stride + step * dilation - before) / inputDilation
    if (!Number.isInteger(position)) return
    const sample = sourceOf(position)
    if (only.sample !== undefined && sample !== only.sample) return
    if (outputs.at(-1) !== o) {
      outputs.push(o)
      starts.push(weights.length)
    }
    weights.push(weight)
    samples.push(sample)
  }
  const addAll = (o: number): void => {
    if (only.weight !== undefined) return add(o, only.weight)
    for (let step = 0; step < kernel; step++) add(o, g.flip ? kernel - 1 - step : step)
  }
  if (only.output !== undefined) addAll(only.output)
  else if (only.weight !== undefined) for (let o = 0; o < output; o++) addAll(o)
  else for (const o of readersOf(g, a, only.sample!)) addAll(o)
  return { outputs, starts: [...starts, weights.length], weights, samples }
}

/** The outputs along an axis whose window reads a sample, ascending. */
function readersOf(g: ConvGeometry, a: number, sample: number): readonly number[] {
  const { input, kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const last = ((output - 1) * stride + (kernel - 1) * dilation - before) / inputDilation
  const sourceOf = sources(g)[a]!
  const readers = new Set<number>()
  const addReaders = (position: number): void => {
    if (sourceOf(position) !== sample) return
    for (let step = 0; step < kernel; step++) {
      const o = (position * inputDilation + before - step * dilation) / stride
      if (Number.isInteger(o) && o >= 0 && o < output) readers.add(o)
    }
  }
  addReaders(sample)
  for (let p = Math.ceil(-before / inputDilation); p < 0; p++) addReaders(p)
  for (let p = input; p <= last; p++) addReaders(p)
  return [...readers].sort((first, second) => first - second)
}

type SourceOf = (position: number) => number

const sourcesByGeometry = new WeakMap<ConvGeometry, readonly SourceOf[]>()

/**
 * Per axis: which sample does a position read? For a border that repeats samples the library
 * answers: it pads the numbers 0, 1, 2, … of the samples.
 */
function sources(g: ConvGeometry): readonly SourceOf[] {
  const known = sourcesByGeometry.get(g)
  if (known) return known
  const made = g.axes.map(({ input, before, after, inputDilation }, a): SourceOf => {
    const boundary = g.boundary[a]!
    const isInside = (position: number): boolean => position >= 0 && position < input
    if (boundary === 'zero' || typeof boundary === 'object' || (before <= 0 && after <= 0))
      return (position) => (isInside(position) ? position : outside)
    const sides = [before, after].map((side) => Math.ceil(Math.max(0, side) / inputDilation))
    const { data } = correlate(
      Float64Array.from({ length: input }, (_, i) => i),
      [1],
      { padding: [sides as [number, number]], boundary, dtype: 'float64' },
    )
    return (position) => (isInside(position) ? position : data[position + sides[0]!]!)
  })
  sourcesByGeometry.set(g, made)
  return made
}

/** The factors of the numbers of a pair. */
interface Term {
  readonly constant?: number
  readonly output?: number
  readonly weight?: number
  readonly sample?: number
}

/** How a place is computed: a term of the leading indices, and one of each axis. */
interface Numbering {
  lead(n: number, filter: number, channel: number): number
  /** The term is `constant` + output · o + weight · w + sample · s. */
  term(a: number): Term
  /** Whether only products of a sample have a place. */
  readonly needsSample: boolean
}

/** The distance of neighbours along each axis in row-major order. */
const stridesOf = (extents: readonly number[]): readonly number[] =>
  extents.map((_, a) => product(extents.slice(a + 1)))

function numberings({
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
const stepTerm = (g: ConvGeometry, a: number, factor: number): Term =>
  g.flip
    ? { weight: -factor, constant: (g.axes[a]!.kernel - 1) * factor }
    : { weight: factor, constant: 0 }

/** An axis that problems with fewer than three axes lack: one pair, which adds nothing. */
const noAxis: Pairs = { outputs: [0], starts: [0, 1], weights: [0], samples: [0] }

function listTaps(
  viewModel: Placed,
  { items, filters, axes }: Selected,
  channelsOf: (filter: number) => readonly number[],
  name: PlaceName,
  count: number,
): PlaceList {
  const { geometry: g, shapes } = viewModel
  const { lead, term, needsSample } = numberings(viewModel)[name]
  const [places, taps] = [new Float64Array(count), new Int32Array(count)]
  const missing = 3 - axes.length
  const [x, y, z] = [...new Array<Pairs>(Math.min(2, missing)).fill(noAxis), ...axes] as [
    Pairs,
    Pairs,
    Pairs,
  ]
  const termsOf = (axis: Pairs, a: number, of: (a: number) => Term): Float64Array => {
    const terms = new Float64Array(axis.weights.length)
    if (a < 0) return terms
    const { constant = 0, output = 0, weight = 0, sample = 0 } = of(a)
    const { outputs, starts, weights, samples } = axis
    for (let at = 0; at < outputs.length; at++) {
      const first = constant + output * outputs[at]!
      for (let pair = starts[at]!; pair < starts[at + 1]!; pair++)
        terms[pair] = first + weight * weights[pair]! + sample * samples[pair]!
    }
    return terms
  }
  // Taps are numbered in the order of the sum: along the window, which a flip reverses.
  const weightStrides = stridesOf(shapes.kernel.slice(2))
  const weightCount = product(shapes.kernel.slice(2))
  const tapOf = (a: number): Term => stepTerm(g, a, weightStrides[a]!)
  const along = [x, y, z].map((axis, i) => termsOf(axis, i - missing, term))
  const steps = [x, y, z].map((axis, i) => new Int32Array(termsOf(axis, i - missing, tapOf)))
  const [alongX, alongY, alongZ] = along as [Float64Array, Float64Array, Float64Array]
  const [stepsX, stepsY, stepsZ] = steps as [Int32Array, Int32Array, Int32Array]
  const samplesZ = new Int32Array(z.samples)
  const isRow = [x, y, z].every(({ outputs, weights }) => outputs.length === weights.length)
  // The loops write columns of numbers. A call or an object for each product would take longer.
  let at = 0
  for (const n of items) {
    for (const filter of filters) {
      const channels = channelsOf(filter)
      const firsts = Float64Array.from(channels, (channel) => lead(n, filter, channel))
      const firstTaps = Int32Array.from(
        channels,
        (channel) => (channel % shapes.kernel[1]!) * weightCount,
      )
      for (let ox = 0; ox < x.outputs.length; ox++) {
        for (let oy = 0; oy < y.outputs.length; oy++) {
          if (isRow && channels.length === 1) {
            // A weight has one product in each output of a row. There may be a million of them.
            const [i, j] = [x.starts[ox]!, y.starts[oy]!]
            const isConstant = x.samples[i]! < 0 || y.samples[j]! < 0
            const first = firsts[0]! + alongX[i]! + alongY[j]!
            const tap = firstTaps[0]! + stepsX[i]! + stepsY[j]!
            const end = Math.min(count - at, alongZ.length)
            for (let k = 0; k < end; k++, at++) {
              places[at] = needsSample && (isConstant || samplesZ[k]! < 0) ? -1 : first + alongZ[k]!
              taps[at] = tap + stepsZ[k]!
            }
            continue
          }
          for (let oz = 0; oz < z.outputs.length; oz++) {
            for (let c = 0; c < channels.length; c++) {
              for (let i = x.starts[ox]!; i < x.starts[ox + 1]!; i++) {
                for (let j = y.starts[oy]!; j < y.starts[oy + 1]!; j++) {
                  const isConstant = x.samples[i]! < 0 || y.samples[j]! < 0
                  const first = firsts[c]! + alongX[i]! + alongY[j]!
                  const tap = firstTaps[c]! + stepsX[i]! + stepsY[j]!
                  for (let k = z.starts[oz]!; k < z.starts[oz + 1]!; k++) {
                    if (at === count) return { places, taps }
                    places[at] =
                      needsSample && (isConstant || z.samples[k]! < 0) ? -1 : first + alongZ[k]!
                    taps[at++] = tap + stepsZ[k]!
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return { places, taps }
}

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
