/**
 * What happens to the user's numbers when the problem changes its size? A number keeps its index,
 * from the origin, as long as the new array has that index. New places get the numbers of the usual
 * seed, so the same change always gives the same numbers.
 *
 *     3 9 0      3 9 0 ·
 *     2 8 1  →   2 8 1 ·      and back again: the same six numbers
 *                · · · ·
 *
 * A seed, a signal and a weighting fill arrays of any extents, so they stay what they are. A
 * picture of other extents becomes its numbers.
 */

import { type ConvGeometry, parseCase } from 'stridefold/sync'
import { indexAt, placeOf, product } from '../model/numbers.ts'
import { inputRange, kernelRange, plainValues } from '../model/plain-values.ts'
import { type LabState, maxValues, type Numbers, usualSeeds } from './state.ts'

export const inputShape = (g: ConvGeometry): readonly number[] => [
  g.batch,
  g.channels,
  ...g.axes.map((axis) => axis.input),
]

export const kernelShape = (g: ConvGeometry): readonly number[] => [
  g.filters,
  g.channels / g.groups,
  ...g.axes.map((axis) => axis.kernel),
]

type Resized = Pick<LabState, 'problem' | 'input' | 'kernel' | 'wrote' | 'tap'>

/** What a state becomes when its problem becomes `problem`. Throws if that is not case notation. */
export function resized(
  { problem: old, input, kernel, wrote, tap }: LabState,
  problem: string,
): Resized {
  const [before, after] = [parseCase(old), parseCase(problem)]
  const inputs = [inputShape(before), inputShape(after)] as const
  const kernels = [kernelShape(before), kernelShape(after)] as const
  const element = wrote && keptPlace(wrote.element, ...inputs)
  return {
    problem,
    input: resizedNumbers(input, ...inputs, usualSeeds.input, inputRange),
    kernel: resizedNumbers(kernel, ...kernels, usualSeeds.kernel, kernelRange),
    wrote: wrote && element !== undefined ? { ...wrote, element } : undefined,
    // A tap is counted in its window. In a window of other extents it is another product.
    tap: isSame(...kernels) ? tap : undefined,
  }
}

/** The numbers of an array whose shape `from` becomes `to`. New places follow from the seed. */
export function resizedNumbers(
  numbers: Numbers,
  from: readonly number[],
  to: readonly number[],
  seed: number,
  range: readonly [min: number, max: number],
): Numbers {
  if (!('values' in numbers || 'picture' in numbers) || isSame(from, to)) return numbers
  // A link cannot hold more numbers than this, so all of them follow from the seed.
  if (product(to) > maxValues) return { seed }
  const values = [...plainValues({ seed }, to, range)]
  for (const [place, value] of plainValues(numbers, from, range).entries()) {
    const kept = keptPlace(place, from, to)
    if (kept !== undefined) values[kept] = value
  }
  return { values }
}

/**
 * The place of an element after the change; undefined if it is cut off. An array with more axes
 * holds the old one in its first layer, or its first row: [n, c, x] becomes [n, c, 0, x].
 */
function keptPlace(
  place: number,
  from: readonly number[],
  to: readonly number[],
): number | undefined {
  const [first = 0, second = 0, ...at] = indexAt(place, from)
  const added = to.length - from.length
  // Leading axes that the new array lacks must be at 0.
  if (at.slice(0, Math.max(0, -added)).some((i) => i > 0)) return undefined
  const index = [
    first,
    second,
    ...new Array<number>(Math.max(0, added)).fill(0),
    ...at.slice(Math.max(0, -added)),
  ]
  return index.every((i, axis) => i < to[axis]!) ? placeOf(index, to) : undefined
}

const isSame = (from: readonly number[], to: readonly number[]): boolean =>
  from.length === to.length && from.every((extent, axis) => extent === to[axis])
