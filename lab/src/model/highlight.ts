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
import { extentOf, type PlaceName, type TapPlaces, tapPlaces } from './tap-places.ts'
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
  /** Visits the places of the products in several views at once. */
  readonly visit: TapPlaces['visit']
}

/** The largest number of products that are listed, and of products that are highlighted. */
const maxListed = 4096
const maxHighlighted = 1 << 20
/**
 * A listed product has a running sum, for which `explain` visits the products of its output. This
 * limits how many it visits.
 */
const maxSteps = 1 << 16

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
  const most = Math.min(places.count, maxHighlighted)
  const marks = new MarksBuilder(most, { focusedPlace, extent: extentOf(viewModel, name) })
  places.visit(
    [name],
    ([place = -1], tap) => {
      if (place >= 0) marks.add(place, tap, tap === active)
    },
    most,
  )
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
  visit: () => {},
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
    outputs: once(() => marks('output').taps.filter((tap) => tap >= 0).length),
    marks,
    visit: places.visit,
  }
}

/** The sum of an output whose products are too many for a list. The library adds them. */
function sumOf({ padded, kernel }: ViewModel, places: TapPlaces, focus: Focus): number | undefined {
  if (!('output' in focus)) return undefined
  const [values, weights] = [new Float64Array(places.count), new Float64Array(places.count)]
  let i = 0
  places.visit(['padded', 'kernel'], ([paddedPlace = 0, weight = 0]) => {
    values[i] = padded.array.data[paddedPlace]!
    weights[i++] = kernel.data[weight]!
  })
  return correlate(values, weights, { mode: 'valid', dtype: 'float64' }).data[0]
}

/**
 * The first products of a focus. A byte is looked up as the sample that it belongs to: the input is
 * stored in row-major order.
 */
function firstTaps(
  { geometry, shapes, taps, input }: ViewModel,
  focus: Focus,
  operands: Operands,
): Explanation {
  const most =
    'output' in focus ? maxListed : Math.max(1, Math.min(maxListed, Math.floor(maxSteps / taps)))
  const element = 'byte' in focus ? Math.floor(focus.byte / input.data.BYTES_PER_ELEMENT) : -1
  if (element >= 0 && element < product(shapes.input)) {
    const sample = { input: indexAt(element, shapes.input) }
    const explanation = explain(geometry, sample, { ...operands, most })
    if (explanation.count > 0) return { ...explanation, focus }
  }
  return explain(geometry, focus, { ...operands, most })
}
