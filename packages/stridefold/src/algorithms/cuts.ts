/**
 * Where may a problem be cut into boxes of outputs, so that each box has the bits of the whole?
 *
 * Sums have a fixed order (program/sum-order.ts). So algorithms without tiles may be cut anywhere.
 * Tiles must not be cut, and a box must show them the same samples as the whole problem does: a
 * transform mixes all samples of its tile, also those that no window reads.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { gcd } from '../ndarray/gcd.ts'
import type { Cuts, TileForm, TileForms } from './algorithm.ts'
import type { PolyphaseComponent } from './polyphase.ts'

/**
 * Boxes may begin at multiples of the outputs after which the polyphase components repeat. An
 * algorithm without tiles needs nothing else.
 */
export const plainCuts = (g: ConvGeometry): Cuts => ({
  quantum: {
    batch: 1,
    filters: g.groups > 1 ? g.filters / g.groups : 1,
    outputs: g.axes.map((_, a) => outputStep(g, a)),
  },
  keepsBorders: true,
  reach: g.axes.map(() => 0),
  boundary: g.boundary,
  endsWithWindows: false,
})

/** The distance between the outputs of one polyphase component. */
const outputStep = (g: ConvGeometry, a: number): number =>
  g.axes[a]!.inputDilation / gcd(g.axes[a]!.stride, g.axes[a]!.inputDilation)

/** The smallest number of outputs along an axis that consists of whole tiles of every component. */
export const wholeTiles = (
  g: ConvGeometry,
  a: number,
  tilesOf: readonly { readonly component: PolyphaseComponent; readonly outputs: number }[],
): number =>
  tilesOf.reduce(
    (multiple, { component, outputs }) =>
      leastCommonMultiple(multiple, outputs * component[a]!.outputStep),
    outputStep(g, a),
  )

const leastCommonMultiple = (a: number, b: number): number => (a / gcd(a, b)) * b

/** The name of a polyphase component: the same in a problem and in its boxes. */
export const componentKey = (component: PolyphaseComponent): string =>
  component.map(({ outputStart, kernelStart }) => `${outputStart}:${kernelStart}`).join()

/** The tiles of a component in a problem with given tiles. */
export const tileForm = (
  tiles: TileForms | undefined,
  component: PolyphaseComponent,
): TileForm | undefined => tiles?.[componentKey(component)]
