/**
 * What all translators need from a geometry: arrays in a layout, padding as steps, and the words of
 * borders.
 *
 * Padding is applied axis by axis, the last axis first. So where two constants meet in a corner,
 * the constant of the first axis wins. If all padded axes have the same border, one step is enough.
 * Cropping comes last, because a border that repeats samples reads the whole array.
 */

import type { AxisGeometry, Boundary, ConvGeometry } from 'stridefold/sync'
import { type TranslatedArray, unsupportedError } from './translation.ts'

export type Pair = readonly [number, number]

/** A border of stridefold by its name. */
export type BorderName = Extract<Boundary, string> | 'constant'

/** The words of another library for the borders that it supports. */
export type BorderWords = Readonly<Partial<Record<BorderName, string>>>

export interface BorderStep {
  readonly border: Boundary
  /** Samples before and after each axis of the geometry, ≥ 0. */
  readonly pads: readonly Pair[]
}

/** Whether it is one signal, image or volume with one kernel: no batch, channels or filters. */
export const isPlain = ({ batch, channels, filters }: ConvGeometry): boolean =>
  batch === 1 && channels === 1 && filters === 1

export const isDepthwise = ({ groups, channels }: ConvGeometry): boolean =>
  groups > 1 && groups === channels

export const hasInputDilation = ({ axes }: ConvGeometry): boolean =>
  axes.some((axis) => axis.inputDilation > 1)

export const effectiveExtent = ({ kernel, dilation }: AxisGeometry): number =>
  (kernel - 1) * dilation + 1

export const paddedSides = ({ before, after }: AxisGeometry): Pair => [
  Math.max(before, 0),
  Math.max(after, 0),
]

export const croppedSides = ({ before, after }: AxisGeometry): Pair => [
  Math.max(-before, 0),
  Math.max(-after, 0),
]

/** The extent of the dilated input: with zeros between the samples. */
export const dilatedExtent = ({ input, inputDilation }: AxisGeometry): number =>
  (input - 1) * inputDilation + 1

export const paddedExtent = (axis: AxisGeometry): number => {
  const [before, after] = paddedSides(axis)
  return dilatedExtent(axis) + before + after
}

/** The padding steps in this order; empty without padding. */
export function borderSteps({ axes, boundary }: ConvGeometry): BorderStep[] {
  const padded = axes
    .map((axis, a) => ({ a, pads: paddedSides(axis) }))
    .filter(({ pads }) => pads[0] + pads[1] > 0)
  const borders = padded.map(({ a }) => boundary[a] ?? 'zero')
  const [first] = borders
  if (first === undefined) return []
  if (borders.every((border) => sameBorder(border, first)))
    return [{ border: first, pads: axes.map(paddedSides) }]
  return padded
    .map(({ a, pads }) => ({
      border: boundary[a] ?? 'zero',
      pads: axes.map((_, b): Pair => (b === a ? pads : [0, 0])),
    }))
    .reverse()
}

export const isConstant = (border: Boundary): boolean =>
  border === 'zero' || typeof border === 'object'

export const constantOf = (border: Boundary): number =>
  typeof border === 'object' ? border.constant : 0

export const wordOf = (border: Boundary): BorderName =>
  typeof border === 'object' ? 'constant' : border

function sameBorder(a: Boundary, b: Boundary): boolean {
  return isConstant(a) && isConstant(b) ? Object.is(constantOf(a), constantOf(b)) : a === b
}

/** The longest padding that a library creates with one pass over the array. */
export function maxWrapPad(border: Boundary, extent: number): number {
  if (border === 'reflect') return extent - 1
  return border === 'symmetric' || border === 'wrap' ? extent : Number.POSITIVE_INFINITY
}

/**
 * Rejects borders without a word in `words`, and padding that needs more than one pass over the
 * array.
 */
export function rejectBorders(system: string, geometry: ConvGeometry, words: BorderWords): void {
  for (const { border, pads } of borderSteps(geometry)) {
    const word = wordOf(border)
    if (!(word in words))
      throw unsupportedError(
        system,
        `it has no border '${word}'`,
        `It has ${Object.keys(words).join(', ')}.`,
      )
    geometry.axes.forEach((axis, a) => {
      const longest = maxWrapPad(border, axis.input)
      const pad = Math.max(...pads[a]!)
      if (pad <= longest) return
      const why =
        `its border '${words[word]}' covers at most ${longest} samples for an extent of ` +
        `${axis.input}, but axis ${a} needs ${pad}`
      throw unsupportedError(system, why, 'Pad with numpy first.')
    })
  }
}

/** Rejects a dilated input with a border that is not zero. */
export function rejectDilatedBorders(system: string, geometry: ConvGeometry): void {
  if (
    !hasInputDilation(geometry) ||
    borderSteps(geometry).every(({ border }) => isConstant(border) && constantOf(border) === 0)
  )
    return
  throw unsupportedError(
    system,
    'input dilation (i) is combined with a border that is not zero',
    "Use --to stridefold, or the border 'zero'.",
  )
}

export function rejectInputDilation(system: string, geometry: ConvGeometry): void {
  if (hasInputDilation(geometry))
    throw unsupportedError(
      system,
      'it supports input dilation (i) only in its transposed layer',
      'Use --to pytorch or numpy.',
    )
}

const spatialNames = (rank: number): string[] =>
  rank <= 3 ? [...'DHW'].slice(3 - rank) : Array.from({ length: rank }, (_, a) => `S${a}`)

/** The arrays of one signal, image or volume. */
export function plainArrays({ axes }: ConvGeometry): Record<'x' | 'k' | 'y', TranslatedArray> {
  const array = (shape: number[]): TranslatedArray => ({ shape, axes: '' })
  return {
    x: array(axes.map(({ input }) => input)),
    k: array(axes.map(({ kernel }) => kernel)),
    y: array(axes.map(({ output }) => output)),
  }
}

/** Arrays in the layouts N C spatial and O I spatial. */
export function channelsFirst(g: ConvGeometry): Record<'x' | 'k' | 'y', TranslatedArray> {
  const names = spatialNames(g.axes.length).join(' ')
  const plain = plainArrays(g)
  return {
    x: { shape: [g.batch, g.channels, ...plain.x.shape], axes: `N C ${names}` },
    k: { shape: [g.filters, g.channels / g.groups, ...plain.k.shape], axes: `O I ${names}` },
    y: { shape: [g.batch, g.filters, ...plain.y.shape], axes: `N C ${names}` },
  }
}

/**
 * Arrays in the layouts N spatial C and spatial I O. With `depthwise` the kernel is spatial,
 * channels, filters per channel.
 */
export function channelsLast(
  g: ConvGeometry,
  depthwise = false,
): Record<'x' | 'k' | 'y', TranslatedArray> {
  const names = spatialNames(g.axes.length).join(' ')
  const plain = plainArrays(g)
  const weights = depthwise
    ? [g.channels, g.filters / g.channels]
    : [g.channels / g.groups, g.filters]
  return {
    x: { shape: [g.batch, ...plain.x.shape, g.channels], axes: `N ${names} C` },
    k: { shape: [...plain.k.shape, ...weights], axes: `${names} ${depthwise ? 'C M' : 'I O'}` },
    y: { shape: [g.batch, ...plain.y.shape, g.filters], axes: `N ${names} C` },
  }
}
