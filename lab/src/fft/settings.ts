/**
 * The settings of the page “FFT”, as the link holds them:
 *
 *     page=fft:example:polynomials;n:8;step:20;cell:X,3;polar
 *     page=fft:x:1,2,3;k:1,-1;n:4
 *
 * Every part may be missing. With `x` and `k` the numbers are the reader's own.
 */

import { type ReadSettings, readParts } from '../pages/read-parts.ts'
import type { Place, SteppedSettings } from '../pages/stepped.ts'

export const exampleNames = ['dice', 'polynomials', 'numbers'] as const
export type ExampleName = (typeof exampleNames)[number]

/** The arrays that are computed, in their order, and all arrays. */
export const computedNames = ['X', 'K', 'P', 'y'] as const
export const arrayNames = ['x', 'k', 'X', 'K', 'P', 'y'] as const
export type ArrayName = (typeof arrayNames)[number]
export type ComputedName = (typeof computedNames)[number]
export type GivenName = 'x' | 'k'

export type Cell = Place<ArrayName>

export interface FftSettings extends SteppedSettings<ArrayName> {
  readonly example: ExampleName
  /** The reader's own numbers; undefined: those of the example. */
  readonly own: Signals | undefined
  /** The points of the transforms. Undefined: as many as the result has numbers. */
  readonly points: number | undefined
  /** The chosen number of the butterflies. Undefined: the first bin. */
  readonly node: { readonly stage: number; readonly place: number } | undefined
  /** Spectra as magnitude and phase instead of real and imaginary parts. */
  readonly isPolar: boolean
}

export interface Signals {
  readonly x: readonly number[]
  readonly k: readonly number[]
}

/** Each has another length than its kernel, except the dice, which are equal. */
export const examples: Readonly<Record<ExampleName, Signals>> = {
  // One face each.
  dice: { x: [1, 1, 1, 1, 1, 1], k: [1, 1, 1, 1, 1, 1] },
  // 1 + 2x − x² + 3x³ and 2 − x + x².
  polynomials: { x: [1, 2, -1, 3], k: [2, -1, 1] },
  // 4729 and 386, the ones first.
  numbers: { x: [9, 2, 7, 4], k: [6, 8, 3] },
}

export const mostNumbers = 10
/**
 * The points beyond the length of the result that the slider offers; and the largest power of two
 * that it offers beyond them.
 */
const [morePoints, mostPower] = [4, 16]

export const usualSettings: FftSettings = {
  example: 'dice',
  own: undefined,
  points: undefined,
  step: undefined,
  cell: undefined,
  node: undefined,
  isPolar: false,
}

export const signalsOf = ({ example, own }: Pick<FftSettings, 'example' | 'own'>): Signals =>
  own ?? examples[example]

/** The length of the result. */
export const fullLength = ({ x, k }: Signals): number => x.length + k.length - 1

export function pointRange(signals: Signals): readonly [low: number, high: number] {
  const full = fullLength(signals)
  const power = 2 ** Math.ceil(Math.log2(full))
  return [
    Math.max(signals.x.length, signals.k.length),
    Math.max(full + morePoints, power <= mostPower ? power : 0),
  ]
}

export function pointsOf(settings: FftSettings): number {
  const signals = signalsOf(settings)
  const [low, high] = pointRange(signals)
  return Math.max(low, Math.min(high, settings.points ?? fullLength(signals)))
}

export function writeSettings(settings: FftSettings): string {
  const { example, own, points, step, cell, node, isPolar } = settings
  return [
    ...(own
      ? [`x:${own.x}`, `k:${own.k}`]
      : example === usualSettings.example
        ? []
        : [`example:${example}`]),
    ...(points === undefined ? [] : [`n:${points}`]),
    ...(step === undefined ? [] : [`step:${step}`]),
    ...(cell ? [`cell:${cell.array},${cell.place}`] : []),
    ...(node ? [`node:${node.stage},${node.place}`] : []),
    ...(isPolar ? ['polar'] : []),
  ].join(';')
}

/** Parts that are not valid are named, and are as if they were missing. */
export const readSettings = (text: string): ReadSettings<FftSettings> =>
  readParts(text, usualSettings, partOf)

function partOf(part: string, settings: FftSettings): Partial<FftSettings> | undefined {
  if (part === 'polar') return { isPolar: true }
  const [name = '', value = '', ...more] = part.split(':')
  if (more.length > 0) return undefined
  switch (name) {
    case 'example': {
      const example = exampleNames.find((candidate) => candidate === value)
      return example && { example }
    }
    case 'n':
      return isWhole(value) && Number(value) > 0 ? { points: Number(value) } : undefined
    case 'step':
      return isWhole(value) ? { step: Number(value) } : undefined
    case 'cell': {
      const [word, place = ''] = value.split(',')
      const array = arrayNames.find((candidate) => candidate === word)
      return array && isWhole(place) ? { cell: { array, place: Number(place) } } : undefined
    }
    case 'node': {
      const [stage = '', place = ''] = value.split(',')
      const isNode = isWhole(stage) && isWhole(place)
      return isNode ? { node: { stage: Number(stage), place: Number(place) } } : undefined
    }
    case 'x':
    case 'k': {
      const numbers = value.split(',').map((word) => (word.trim() === '' ? Number.NaN : +word))
      return areAllowed(numbers) ? { own: { ...signalsOf(settings), [name]: numbers } } : undefined
    }
  }
  return undefined
}

/** Whether the page can show a signal or a kernel. */
export const areAllowed = (numbers: readonly number[]): boolean =>
  numbers.length > 0 && numbers.length <= mostNumbers && numbers.every(Number.isFinite)

const isWhole = (text: string): boolean => /^\d{1,4}$/.test(text)
