/**
 * Maps a focus to the highlighted places of every view. The places come as numbers from
 * `tap-places.ts`, so a focus with a million products takes milliseconds. The library's `explain`
 * returns the first products with their numbers, as far as a page can list them.
 */

import {
  correlate,
  type Explanation,
  explain,
  type Focus,
  type Operands,
  type Tap,
} from 'stridefold/sync'
import { type Marks, MarksBuilder, noMarks } from './marks.ts'
import { indexAt, once, placeOf, product } from './numbers.ts'
import { extentOf, type PlaceName } from './place-numbering.ts'
import { type PlaceList, type TapPlaces, tapPlaces } from './tap-places.ts'
import type { ViewModel } from './view-model.ts'

export type HighlightName = PlaceName

export interface Highlight {
  readonly focus: Focus | undefined
  /** The number of products. */
  readonly count: number
  /** The products in the order of the sums: all, or the first of very many. */
  readonly taps: readonly Tap[]
  /** The sum of the focused output up to the last product, in double precision. */
  readonly sum: () => number | undefined
  /** The library's reason if there are no products. */
  readonly reason: string | undefined
  /** The number of outputs that the products belong to. */
  readonly outputs: () => number
  readonly marks: (name: HighlightName) => Marks
  /** The places of the products in a view, in the order of the sums. */
  readonly list: (name: HighlightName) => PlaceList
}

/** The largest number of products that are listed, and of products that are highlighted. */
const maxListed = 1024
const maxHighlighted = 1 << 20
/**
 * For a sample, and for the running sum of a product, `explain` visits all products of an output.
 * This limits how many it visits. Beyond it, it lists fewer products, or no running sums.
 */
const maxSteps = 1 << 14

/**
 * The place of a tap in the padded input. A tap that reads a repeated sample is on the border, not
 * on the sample.
 */
export function paddedPlace(
  { output, kernel, position }: Tap,
  { geometry: g, padded }: ViewModel,
): number {
  const shape = padded.array.shape
  const channel =
    Math.floor(output[1]! / (g.filters / g.groups)) * (g.channels / g.groups) + kernel[1]!
  let place = output[0]! * shape[1]! + channel
  for (let a = 0; a < position.length; a++) {
    place = place * shape[a + 2]! + Math.round(position[a]! * padded.steps[a]!) + padded.before[a]!
  }
  return place
}

/** The marks of the products in a view. The focused place is marked even without a product. */
function marksOf(
  places: TapPlaces,
  name: HighlightName,
  viewModel: ViewModel,
  focusedPlace: number | undefined,
  active: number | undefined,
): Marks {
  const marks = new MarksBuilder(Math.min(places.count, maxHighlighted), {
    focusedPlace,
    extent: extentOf(viewModel, name),
  })
  marks.addAll(places.list(name, maxHighlighted), active)
  return marks.build()
}

/**
 * The place of the focus in its own view. A sample has a place in the input, in the padded input
 * and in memory.
 */
function focusPlace(
  focus: Focus,
  name: HighlightName,
  { shapes, input, padded }: ViewModel,
): number | undefined {
  if ('byte' in focus)
    return name === 'element' ? Math.floor(focus.byte / input.data.BYTES_PER_ELEMENT) : undefined
  if ('input' in focus) {
    const element = placeOf(focus.input, shapes.input)
    if (name === 'input' || name === 'element') return element
    const [n = 0, c = 0, ...at] = focus.input
    const places = at.map((i, a) => i * padded.steps[a]! + padded.before[a]!)
    return name === 'padded' ? placeOf([n, c, ...places], padded.array.shape) : undefined
  }
  const entry = Object.entries(focus).find(([view]) => view === name)
  return (
    entry &&
    placeOf(
      entry[1] as readonly number[],
      shapes[name as 'output' | 'kernel' | 'im2col' | 'toeplitz'],
    )
  )
}

export const noHighlight: Highlight = {
  focus: undefined,
  count: 0,
  taps: [],
  sum: () => undefined,
  reason: undefined,
  outputs: () => 0,
  marks: () => noMarks,
  list: () => ({ places: new Float64Array(0), taps: new Int32Array(0) }),
}

/**
 * `active`: the number of the selected tap. `operands`: arrays for callers that need the numbers of
 * the taps.
 */
export function highlightOf(
  viewModel: ViewModel,
  focus: Focus | undefined,
  active?: number,
  operands: Operands = {},
): Highlight {
  if (focus === undefined) return noHighlight
  const { focus: whole, taps, reason } = firstTaps(viewModel, focus, operands)
  const places = tapPlaces(viewModel, whole)
  const marksByName = new Map<HighlightName, Marks>()
  const marks = (name: HighlightName): Marks => {
    const namedMarks =
      marksByName.get(name) ??
      marksOf(places, name, viewModel, focusPlace(whole, name, viewModel), active)
    marksByName.set(name, namedMarks)
    return namedMarks
  }
  return {
    focus: whole,
    count: places.count,
    taps,
    sum: once(() =>
      taps.length === places.count ? taps.at(-1)?.sum : sumOf(viewModel, places, whole),
    ),
    reason,
    outputs: once(() => marks('output').countOfTaps()),
    marks,
    list: (name) => places.list(name, maxHighlighted),
  }
}

/** The sum of an output whose products are too many for a list. The library adds them. */
function sumOf({ padded, kernel }: ViewModel, places: TapPlaces, focus: Focus): number | undefined {
  if (!('output' in focus)) return undefined
  const values = places.list('padded').places.map((place) => padded.array.data[place]!)
  const weights = places.list('kernel').places.map((place) => kernel.data[place]!)
  return correlate(values, weights, { mode: 'valid', dtype: 'float64' }).data[0]
}

/** The first products of a focus, with their numbers if `operands` has the arrays. */
function firstTaps(viewModel: ViewModel, focus: Focus, operands: Operands): Explanation {
  const sample = sampleOfByte(viewModel, focus)
  if (sample) {
    const explanation = firstTaps(viewModel, sample, operands)
    if (explanation.count > 0) return { ...explanation, focus }
  }
  const { geometry, taps: size } = viewModel
  // The products that `explain` visits for one of these: all of the output, or one per channel.
  const visited =
    'kernel' in focus || 'im2col' in focus ? geometry.channels / geometry.groups : size
  const most =
    'output' in focus ? maxListed : Math.max(1, Math.min(maxListed, Math.floor(maxSteps / visited)))
  const first = explain(geometry, focus, { most })
  const { input, kernel } = operands
  if (!input || !kernel) return first
  if ('output' in focus || first.taps.length * size <= maxSteps)
    return explain(geometry, focus, { ...operands, most })
  return { ...first, taps: first.taps.map((tap) => withNumbers(viewModel, tap)) }
}

function withNumbers(viewModel: ViewModel, tap: Tap): Tap {
  const value = viewModel.padded.array.data[paddedPlace(tap, viewModel)]!
  const weight = viewModel.kernel.data[placeOf(tap.kernel, viewModel.shapes.kernel)]!
  return { ...tap, value, weight, product: value * weight }
}

/** The sample that a byte belongs to. The input is stored in row-major order. */
function sampleOfByte({ input, shapes }: ViewModel, focus: Focus): Focus | undefined {
  if (!('byte' in focus)) return undefined
  const element = Math.floor(focus.byte / input.data.BYTES_PER_ELEMENT)
  return element >= 0 && element < product(shapes.input)
    ? { input: indexAt(element, shapes.input) }
    : undefined
}
