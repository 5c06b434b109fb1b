/**
 * Input, kernel and output that fit together: one reading of each. The batch and the channels must
 * agree. Groups follow from the channels, and one plane of weights may serve every channel.
 */

import { product } from '../model/numbers.ts'
import { type ArrayName, type Pasted, type Reading, readingsOf } from './readings.ts'

export interface Pastes {
  readonly x: Pasted
  readonly k: Pasted
  readonly y: Pasted
}

/**
 * How the weights serve the channels: the kernel has its own for each, or one plane filters every
 * channel by itself, or one plane filters every channel and the results are summed.
 */
export type Sharing = 'own' | 'each' | 'sum'

export interface Arrangement {
  readonly x: Reading
  readonly k: Reading
  readonly y: Reading
  readonly sharing: Sharing
  readonly groups: number
  /** The number of slips and unusual layouts in it. */
  readonly changes: number
}

/** All arrangements, those with the fewest changes first. */
export function arrangementsOf(pastes: Pastes): readonly Arrangement[] {
  const found = ([1, 2] as const).flatMap((rank) => arrangementsOfRank(pastes, rank))
  return found
    .map((arrangement, i) => ({ arrangement, i }))
    .sort((a, b) => a.arrangement.changes - b.arrangement.changes || a.i - b.i)
    .map(({ arrangement }) => arrangement)
}

function arrangementsOfRank(pastes: Pastes, rank: 1 | 2): Arrangement[] {
  const [xs, ks, ys] = (['x', 'k', 'y'] as const).map((name) =>
    readingsOf(name, pastes[name], rank),
  )
  const found: Arrangement[] = []
  for (const x of xs!)
    for (const k of ks!)
      for (const y of ys!) {
        const slips = [x, k, y].filter((each) => each.isTransposed || isReshaped(each))
        // Two transposed arrays are the third one transposed.
        if (slips.length > 1) continue
        const fit = fitOf(x, k, y)
        if (fit) found.push({ x, k, y, ...fit, changes: changesOf(x, k, y) })
      }
  return found
}

/** Whether the numbers do not lie in the order that the shape says. */
export const isReshaped = ({ letters, order }: Reading): boolean => letters !== order

function fitOf(
  x: Reading,
  k: Reading,
  y: Reading,
): Pick<Arrangement, 'sharing' | 'groups'> | undefined {
  const [batch, channels = 1] = x.shape
  const [weightFilters = 1, weightChannels = 1] = k.shape
  const [items, filters = 1] = y.shape
  if (batch !== items) return undefined
  if (/^[HW]+$/.test(k.letters) && channels > 1) {
    if (filters === channels) return { sharing: 'each', groups: channels }
    return filters === 1 ? { sharing: 'sum', groups: 1 } : undefined
  }
  const groups = channels / weightChannels
  const isWhole = Number.isInteger(groups) && weightFilters % groups === 0
  if (!isWhole || weightFilters !== filters) return undefined
  if (k.letters.includes('M') && k.extents.C !== channels) return undefined
  return { sharing: 'own', groups }
}

/** What is not as in a layer with channels first: the facts of `facts.ts`, counted. */
function changesOf(x: Reading, k: Reading, y: Reading): number {
  const slips = [x, k, y].reduce(
    (sum, each) => sum + (each.isTransposed ? 1 : 0) + (isReshaped(each) ? 2 : 0),
    0,
  )
  return slips + layoutFacts(x, k, y).length
}

export type LayoutFact =
  | { readonly kind: 'last'; readonly arrays: readonly ArrayName[] }
  | { readonly kind: 'weights'; readonly letters: string }

/** Channels last, and orders of weights. The layout of TensorFlow as a whole is one fact. */
export function layoutFacts(x: Reading, k: Reading, y: Reading): readonly LayoutFact[] {
  const last = (['x', 'y'] as const).filter((name) => ({ x, y })[name].isChannelsLast)
  const letters = usualSpatial(k.letters)
  const isUsual = !/[HW].*[COM]|CO/.test(letters)
  const isTensorFlow = /^H?W(CO|CM|C|O)$/.test(letters)
  const hasChannels = [x, y].filter(({ shape }) => product(shape.slice(0, 2)) > 1).length
  if (isTensorFlow && last.length > 0 && last.length >= hasChannels)
    return [{ kind: 'last', arrays: ['x', 'k', 'y'] }]
  if (last.length > 0 && isUsual) return [{ kind: 'last', arrays: last }]
  return [
    ...last.map((name) => ({ kind: 'last', arrays: [name] }) as const),
    ...(isUsual ? [] : [{ kind: 'weights', letters } as const]),
  ]
}

/** The letters as they are without a transpose: rows, then columns. */
export const usualSpatial = (letters: string): string =>
  letters.includes('H') ? letters.replace(/[HW]/, 'H').replace(/[HW](?=[^HW]*$)/, 'W') : letters

/** The weights in the order O I spatial, for the library. */
export function weightsOf({ x, k, sharing }: Arrangement): {
  readonly shape: readonly number[]
  readonly values: Float64Array
} {
  if (sharing === 'own') return k
  const channels = x.shape[1]!
  const taps = k.values.length
  const values = Float64Array.from({ length: channels * taps }, (_, i) => k.values[i % taps]!)
  const spatial = k.shape.slice(2)
  return {
    shape: sharing === 'each' ? [channels, 1, ...spatial] : [1, channels, ...spatial],
    values,
  }
}
