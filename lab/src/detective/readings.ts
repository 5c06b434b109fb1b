/**
 * In which ways can a pasted array be read? A reading names the axis of every extent, and the order
 * in which the numbers really lie. Both differ after the usual slips: an array that is transposed,
 * channels that are last, and a `reshape` where a transpose was needed.
 *
 * A reading has the numbers in the order of axes of the library: N C spatial, O I spatial.
 */

import { indices, placeOf, product } from '../model/numbers.ts'

/** Numbers with their extents, as they were pasted. */
export interface Pasted {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

export type ArrayName = 'x' | 'k' | 'y'

export interface Reading {
  /** The axis of every extent, such as `HWC`: N batch, C channels, O filters, M multiplier. */
  readonly letters: string
  /** The order of the axes in which the numbers lie. Differs from `letters` after a reshape. */
  readonly order: string
  /** Whether the spatial axes are exchanged. */
  readonly isTransposed: boolean
  readonly isChannelsLast: boolean
  /** The extent of every axis by its letter; 1 for axes that the array does not have. */
  readonly extents: Readonly<Record<string, number>>
  /** In the order of axes of the library. */
  readonly shape: readonly number[]
  readonly values: Float64Array
}

/** The axes that an array may have, in the usual order first. H and W are the spatial axes. */
const layouts: Readonly<Record<ArrayName, readonly string[]>> = {
  x: ['HW', 'CHW', 'HWC', 'NCHW', 'NHWC', 'W', 'CW', 'WC', 'NCW', 'NWC'],
  k: [
    ...['HW', 'CHW', 'HWC', 'OHW', 'HWO', 'OCHW', 'HWCO', 'COHW', 'OHWC', 'HWCM'],
    ...['W', 'CW', 'WC', 'OW', 'WO', 'OCW', 'WCO', 'COW', 'OWC'],
  ],
  y: ['HW', 'OHW', 'HWO', 'NOHW', 'NHWO', 'W', 'OW', 'WO', 'NOW', 'NWO'],
}

/** The order of axes of the library. Axes that an array does not have, have extent 1. */
const libraryOrder: Readonly<Record<ArrayName, string>> = { x: 'NC', k: 'OC', y: 'NO' }

const spatialOf = (letters: string): string => letters.replaceAll(/[^HW]/g, '')

const turned = (letters: string): string =>
  letters.replaceAll(/[HW]/g, (letter) => (letter === 'H' ? 'W' : 'H'))

/** Every reading of an array with one or two spatial axes, without those that give equal arrays. */
export function readingsOf(name: ArrayName, pasted: Pasted, rank: 1 | 2): readonly Reading[] {
  const found: Reading[] = []
  const add = (letters: string, order: string, isTransposed: boolean): void => {
    const reading = readingAs(name, pasted, letters, order, isTransposed)
    if (!found.some((other) => isSame(other, reading))) found.push(reading)
  }
  const usual = layouts[name].filter(
    (letters) => letters.length === pasted.shape.length && spatialOf(letters).length === rank,
  )
  for (const letters of usual) add(letters, letters, false)
  if (rank === 2) for (const letters of usual) add(turned(letters), turned(letters), true)
  for (const letters of usual)
    for (const order of usual.flatMap((other) => [other, turned(other)]))
      if (order.length > 1 && hasSameLetters(letters, order)) add(letters, order, false)
  return found
}

const hasSameLetters = (a: string, b: string): boolean =>
  [...a].sort().join('') === [...b].sort().join('')

const isSame = (a: Reading, b: Reading): boolean =>
  a.shape.join() === b.shape.join() && a.values.every((value, i) => value === b.values[i])

function readingAs(
  name: ArrayName,
  { shape, values }: Pasted,
  letters: string,
  order: string,
  isTransposed: boolean,
): Reading {
  const extentOf = (letter: string): number => {
    const at = letters.indexOf(letter)
    return at < 0 ? 1 : shape[at]!
  }
  // Filters per channel: channel by channel, which is the order of a layer with groups.
  const isDepthwise = letters.includes('M')
  const wanted = isDepthwise
    ? `CM${letters.length > 3 ? 'HW' : 'W'}`
    : libraryOrder[name] + (spatialOf(letters).length === 1 ? 'W' : 'HW')
  const extents = [...wanted].map(extentOf)
  const stored = [...order].map(extentOf)
  const at = [...order].map((letter) => wanted.indexOf(letter))
  const placeIn = (index: readonly number[]): number =>
    placeOf(
      at.map((axis) => index[axis]!),
      stored,
    )
  const ordered = Array.from(indices(extents), (index) => values[placeIn(index)]!)
  const channel = letters.search(/[CO]/)
  return {
    letters,
    order,
    isTransposed,
    isChannelsLast: channel > 0 && letters.endsWith(letters[channel]!) && name !== 'k',
    extents: Object.fromEntries([...'NCOMHW'].map((letter) => [letter, extentOf(letter)])),
    shape: isDepthwise ? [product(extents.slice(0, 2)), 1, ...extents.slice(2)] : extents,
    values: Float64Array.from(ordered),
  }
}
