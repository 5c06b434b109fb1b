/** Pasted outputs beside those of a finding: how many differ, how much, and where. */

import { definition } from 'stridefold/verify'
import { resultOf } from './endings.ts'
import type { Finding } from './finding.ts'
import { geometryOf, operandsOf } from './structures.ts'
import { windowExtent } from './windows.ts'

export interface Difference {
  /** Batch, filters, and the spatial extents. */
  readonly shape: readonly number[]
  readonly got: ArrayLike<number>
  readonly expected: ArrayLike<number>
  readonly places: readonly number[]
  /** The place of the largest difference; undefined if all are equal. */
  readonly largest: number | undefined
  /** Whether every window of these places reads samples outside the input. */
  readonly areOutside: boolean
}

const closeness = 2 ** -20

export function differenceOf(finding: Finding): Difference {
  const { arrangement, windows, ending, trap } = finding
  const { shape, values: got } = arrangement.y
  const area = shape.slice(2).reduce((n, extent) => n * extent, 1)
  const geometry = geometryOf(finding, windows.axes)
  // The product with the wrong matrix is what was pasted: the search has compared it.
  const expected = trap
    ? got
    : definition(geometry, operandsOf(finding)).values.map((sum, place) =>
        resultOf(ending, sum, Math.floor(place / area) % shape[1]!),
      )
  const greatest = Math.max(1, ...Array.from(expected.slice(0, 2 ** 16), Math.abs))
  const tolerance = closeness * greatest
  const places: number[] = []
  let largest: number | undefined
  const apart = (place: number): number => Math.abs(got[place]! - expected[place]!)
  for (let place = 0; place < got.length; place++) {
    if (apart(place) <= tolerance) continue
    places.push(place)
    if (largest === undefined || apart(place) > apart(largest)) largest = place
  }
  return {
    shape,
    got,
    expected,
    places,
    largest,
    areOutside: places.length > 0 && places.every((place) => readsOutsideAt(finding, shape, place)),
  }
}

function readsOutsideAt({ windows }: Finding, shape: readonly number[], place: number): boolean {
  let rest = place
  return [...windows.axes.entries()].reverse().some(([a, axis]) => {
    const extent = shape[a + 2]!
    const first = (rest % extent) * axis.stride - axis.before
    rest = Math.floor(rest / extent)
    return first < 0 || first + windowExtent(axis) > axis.input
  })
}
