/**
 * From a focus to what lights up in every view. The library says which products are behind the focus; here they are sorted by where they
 * are seen. Nothing here knows what a convolution is.
 *
 * A mark stands on every place that a product touches: the number of the first product (its colour), and how many there are.
 */

import { type Explanation, explain, type Focus, type Operands, type Tap } from 'stridefold/sync'
import { once, placeOf } from './numbers.ts'
import type { Scene } from './scene.ts'

export interface Mark {
  /** The number of the tap, which is its colour everywhere. */
  readonly tap: number
  /** How many taps stand here. */
  readonly count: number
  /** Whether this is the place that is pointed at. */
  readonly self: boolean
  /** Whether the tap that is being looked at stands here. */
  readonly active: boolean
}

export type Marks = ReadonlyMap<number, Mark>

/** The views' own coordinates, each as a place in the row-major order of that view's shape. */
export const lightNames = ['output', 'input', 'kernel', 'padded', 'im2col', 'toeplitz', 'element'] as const
export type LightName = (typeof lightNames)[number]

export interface Light {
  readonly focus: Focus | undefined
  readonly taps: readonly Tap[]
  /** Why nothing lights up, in the library's words. */
  readonly reason: string | undefined
  /** How many outputs the taps belong to. */
  readonly outputs: () => number
  readonly marks: (name: LightName) => Marks
}

const places: { readonly [Name in LightName]: (tap: Tap, scene: Scene) => number | undefined } = {
  output: (tap, { shapes }) => placeOf(tap.output, shapes.output),
  input: (tap, { shapes }) => tap.input && placeOf(tap.input, shapes.input),
  kernel: (tap, { shapes }) => placeOf(tap.kernel, shapes.kernel),
  padded: paddedPlace,
  im2col: (tap, { shapes }) => placeOf(tap.im2col, shapes.im2col),
  toeplitz: (tap, { shapes }) => tap.toeplitz && placeOf(tap.toeplitz, shapes.toeplitz),
  element: (tap, { input }) => (tap.byte === undefined ? undefined : tap.byte / input.data.BYTES_PER_ELEMENT),
}

/** Where the window is, on the padded input: a tap that reads a repeated sample stands on the border, not on the sample. */
export function paddedPlace({ output, kernel, position }: Tap, { geometry: g, padded }: Scene): number | undefined {
  const channel = Math.floor(output[1]! / (g.filters / g.groups)) * (g.channels / g.groups) + kernel[1]!
  const at = position.map((coordinate, a) => Math.round(coordinate * padded.steps[a]!) + padded.before[a]!)
  return placeOf([output[0]!, channel, ...at], padded.array.shape)
}

/** Marks of taps, by the place that each has in a view; `self` is pointed at, also where no tap is, `active` the tap that is looked at. */
export function marksOf(taps: readonly Tap[], place: (tap: Tap) => number | undefined, self?: number, active?: number): Marks {
  const marks = new Map<number, Mark>()
  // A weight of a picture lights thousands of places alike: they share one mark.
  const plain = new Map<number, Mark>()
  const plainMark = (tap: number): Mark => {
    const mark = plain.get(tap) ?? { tap, count: 1, self: false, active: false }
    plain.set(tap, mark)
    return mark
  }
  for (const tap of taps) {
    const at = place(tap)
    if (at === undefined) continue
    const known = marks.get(at)
    const isActive = tap.tap === active
    if (known === undefined && at !== self && !isActive) marks.set(at, plainMark(tap.tap))
    else if (known === undefined) marks.set(at, { tap: tap.tap, count: 1, self: at === self, active: isActive })
    else marks.set(at, { ...known, tap: isActive ? tap.tap : known.tap, count: known.count + 1, active: known.active || isActive })
  }
  if (self !== undefined && !marks.has(self)) marks.set(self, { tap: -1, count: 0, self: true, active: false })
  return marks
}

/** The place of the focus in its own view; a sample is itself in the input, in the padded input and in memory. */
function selfPlace(focus: Focus, name: LightName, { shapes, input, padded }: Scene): number | undefined {
  if ('byte' in focus) return name === 'element' ? Math.floor(focus.byte / input.data.BYTES_PER_ELEMENT) : undefined
  if ('input' in focus) {
    const element = placeOf(focus.input, shapes.input)
    if (name === 'input' || name === 'element') return element
    const [n = 0, c = 0, ...at] = focus.input
    const places = at.map((i, a) => i * padded.steps[a]! + padded.before[a]!)
    return name === 'padded' ? placeOf([n, c, ...places], padded.array.shape) : undefined
  }
  const own = Object.entries(focus).find(([view]) => view === name)
  return own && placeOf(own[1] as readonly number[], shapes[name as 'output' | 'kernel' | 'im2col' | 'toeplitz'])
}

const nothing: Light = { focus: undefined, taps: [], reason: undefined, outputs: () => 0, marks: () => new Map() }

/** `active`: the tap that is looked at. `operands`: for who reads numbers of the taps, not just where they are. */
export function lightOf(scene: Scene, focus: Focus | undefined, active?: number, operands: Operands = {}): Light {
  if (focus === undefined) return nothing
  const { geometry, shapes } = scene
  const { focus: whole, taps, reason }: Explanation = explain(geometry, focus, operands)
  const made = new Map<LightName, Marks>()
  return {
    focus: whole,
    taps,
    reason,
    outputs: once(() => new Set(taps.map(({ output }) => placeOf(output, shapes.output))).size),
    marks: (name) => {
      const known = made.get(name)
      if (known) return known
      const marks = marksOf(taps, (tap) => places[name](tap, scene), selfPlace(whole, name, scene), active)
      made.set(name, marks)
      return marks
    },
  }
}
