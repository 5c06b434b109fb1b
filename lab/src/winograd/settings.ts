/**
 * The settings of the page “Winograd”, as the link holds them:
 *
 *     page=winograd:tile:4x4;step:40;cell:V,7;d:3,1,0,…;g:1,0,-1,…;seed:2
 *
 * Every part may be missing.
 */

import { type ReadSettings, readParts } from '../pages/read-parts.ts'
import type { Place, SteppedSettings } from '../pages/stepped.ts'

/** The tiles of the page: F(2, 3), F(2×2, 3×3) and F(4×4, 3×3). */
export const tileNames = ['2', '2x2', '4x4'] as const
export type TileName = (typeof tileNames)[number]

/** Taps of the kernel along an axis. */
export const taps = 3
/** The extent of the largest tile. Smaller ones are its upper left part, as are their kernels. */
export const largestTile = 6

/** The arrays that are computed, in their order, and all arrays. */
export const computedNames = ['V', 'U', 'M', 'Y'] as const
export const arrayNames = ['d', 'g', 'V', 'U', 'M', 'Y'] as const
export type ArrayName = (typeof arrayNames)[number]
export type ComputedName = (typeof computedNames)[number]
export type GivenName = 'd' | 'g'

/** What each transform reads, and with which matrix. */
export const transforms = {
  V: { source: 'd', matrix: 'input' },
  U: { source: 'g', matrix: 'kernel' },
  Y: { source: 'M', matrix: 'output' },
} as const
export type TransformName = keyof typeof transforms

export const isTransform = (array: ArrayName): array is TransformName => array in transforms

export type Cell = Place<ArrayName>

export interface WinogradSettings extends SteppedSettings<ArrayName> {
  readonly tile: TileName
  /** The largest tile and its kernel, row by row. */
  readonly d: readonly number[]
  readonly g: readonly number[]
  /** The random tiles of the chart of errors. */
  readonly seed: number
}

export const usualSettings: WinogradSettings = {
  tile: '2x2',
  step: undefined,
  cell: undefined,
  d: [
    3, 1, 0, 2, 4, 2, 5, 1, 3, 0, 1, 2, 4, 0, 3, 5, 1, 2, 1, 2, 0, 4, 2, 1, 0, 3, 2, 1, 5, 0, 2, 4,
    1, 0, 3, 2,
  ],
  g: [1, 2, -1, 1, 0, 3, -2, 1, 2],
  seed: 1,
}

export function writeSettings(settings: WinogradSettings): string {
  const { tile, step, cell, seed } = settings
  return [
    ...(tile === usualSettings.tile ? [] : [`tile:${tile}`]),
    ...(step === undefined ? [] : [`step:${step}`]),
    ...(cell ? [`cell:${cell.array},${cell.place}`] : []),
    ...(['d', 'g'] as const).flatMap((name) =>
      settings[name].join() === usualSettings[name].join() ? [] : [`${name}:${settings[name]}`],
    ),
    ...(seed === usualSettings.seed ? [] : [`seed:${seed}`]),
  ].join(';')
}

/** Parts that are not valid are named, and are as if they were missing. */
export const readSettings = (text: string): ReadSettings<WinogradSettings> =>
  readParts(text, usualSettings, partOf)

function partOf(part: string): Partial<WinogradSettings> | undefined {
  const [name = '', value = '', ...more] = part.split(':')
  if (more.length > 0) return undefined
  switch (name) {
    case 'tile': {
      const tile = tileNames.find((candidate) => candidate === value)
      return tile && { tile }
    }
    case 'step':
    case 'seed':
      return isWhole(value) ? { [name]: Number(value) } : undefined
    case 'cell': {
      const [word, place = ''] = value.split(',')
      const array = arrayNames.find((candidate) => candidate === word)
      return array && isWhole(place) ? { cell: { array, place: Number(place) } } : undefined
    }
    case 'd':
    case 'g': {
      const numbers = value.split(',').map((word) => (word.trim() === '' ? Number.NaN : +word))
      const isRight =
        numbers.length === usualSettings[name].length && numbers.every(Number.isFinite)
      return isRight ? { [name]: numbers } : undefined
    }
  }
  return undefined
}

const isWhole = (text: string): boolean => /^\d{1,4}$/.test(text)
