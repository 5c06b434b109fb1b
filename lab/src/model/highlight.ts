/**
 * Maps a focus to the highlighted places of every view. The library's `explain` returns the
 * products of the focus. This file only converts each product to a place in each view.
 */

import { type Explanation, explain, type Focus, type Operands, type Tap } from 'stridefold/sync'
import { type Marks, MarksBuilder, noMarks } from './marks.ts'
import { once, placeOf } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** The arrays that views show. A place counts in the row-major order of the array's shape. */
const highlightNames = [
  'output',
  'input',
  'kernel',
  'padded',
  'im2col',
  'toeplitz',
  'element',
] as const
export type HighlightName = (typeof highlightNames)[number]

export interface Highlight {
  readonly focus: Focus | undefined
  readonly taps: readonly Tap[]
  /** The library's reason if there are no products. */
  readonly reason: string | undefined
  /** The number of outputs that the products belong to. */
  readonly outputs: () => number
  readonly marks: (name: HighlightName) => Marks
}

const places: {
  readonly [Name in HighlightName]: (tap: Tap, viewModel: ViewModel) => number | undefined
} = {
  output: (tap, { shapes }) => placeOf(tap.output, shapes.output),
  input: (tap, { shapes }) => tap.input && placeOf(tap.input, shapes.input),
  kernel: (tap, { shapes }) => placeOf(tap.kernel, shapes.kernel),
  padded: paddedPlace,
  im2col: (tap, { shapes }) => placeOf(tap.im2col, shapes.im2col),
  toeplitz: (tap, { shapes }) => tap.toeplitz && placeOf(tap.toeplitz, shapes.toeplitz),
  element: (tap, { input }) =>
    tap.byte === undefined ? undefined : tap.byte / input.data.BYTES_PER_ELEMENT,
}

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

/**
 * The marks of taps at the place that each has in a view. `focusedPlace` is marked even if no tap
 * is there. `active` is the number of the selected tap.
 */
export function marksOf(
  taps: readonly Tap[],
  place: (tap: Tap) => number | undefined,
  focusedPlace?: number,
  active?: number,
): Marks {
  const marks = new MarksBuilder(taps.length, focusedPlace)
  for (const tap of taps) {
    const at = place(tap)
    if (at !== undefined) marks.add(at, tap.tap, tap.tap === active)
  }
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
  taps: [],
  reason: undefined,
  outputs: () => 0,
  marks: () => noMarks,
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
  const { focus: whole, taps, reason }: Explanation = explain(viewModel.geometry, focus, operands)
  const marksByName = new Map<HighlightName, Marks>()
  const marks = (name: HighlightName): Marks => {
    const namedMarks =
      marksByName.get(name) ??
      marksOf(
        taps,
        (tap) => places[name](tap, viewModel),
        focusPlace(whole, name, viewModel),
        active,
      )
    marksByName.set(name, namedMarks)
    return namedMarks
  }
  return {
    focus: whole,
    taps,
    reason,
    outputs: once(() => marks('output').taps.filter((tap) => tap >= 0).length),
    marks,
  }
}
