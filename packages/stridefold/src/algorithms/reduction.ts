/**
 * Few results with long sums: there are no results to share, so the sums are cut.
 *
 *   y[q] = Σ_c Σ_u …   →   parts[p, q] = Σ_c Σ_(u of part p) …      one grid item for each part
 *                          y[q] = Σ_p parts[p, q]                    in order, then the epilogue
 *
 * The gradient of a weight is such a sum: a 5×5 kernel over 8 megapixels has 25 results. The number
 * of parts depends on the problem alone. Each term is rounded less often than in one long sum.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { elementCount } from '../ndarray/layout.ts'
import { iterations } from '../ndarray/loops.ts'
import { at, type Index, loop, plus, rowMajorView, times } from '../program/elements.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import { contract } from '../program/write-steps.ts'
import type { TileForm, TileForms } from './algorithm.ts'
import { outputLoops, outputsOf, type Region, windows } from './borders.ts'
import type { ComponentContext } from './context.ts'
import { componentKey, tileForm } from './cuts.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'

/** The most results, and the fewest terms of each, for which sums are cut. */
const [maxResults, minTerms] = [2 ** 9, 2 ** 16]

/** The numbers of parts to choose from, and the one that is taken if none of them divides. */
const [partCounts, otherCount] = [[16, 15, 14, 13, 12, 11, 10, 9, 8], 12]

/** The components whose sums are cut, with the number of their parts. */
export const reductionForms = (g: ConvGeometry): TileForms =>
  Object.fromEntries(
    polyphaseComponents(g).flatMap((component): [string, TileForm][] => {
      const sumParts = partsOf(g, component)
      return sumParts === undefined ? [] : [[componentKey(component), { sizes: [], sumParts }]]
    }),
  )

/** The number of parts of a component's sums. Undefined if they are not cut. */
function partsOf(g: ConvGeometry, component: PolyphaseComponent): number | undefined {
  const outputs = component.reduce((n, axis) => n * axis.outputs * axis.siblings, 1)
  const extents = sumExtents(g, component)
  if (g.batch * g.filters * outputs > maxResults || elementCount(extents) < minTerms)
    return undefined
  const extent = extents[cutLoop(extents)]!
  return partCounts.find((parts) => extent % parts === 0) ?? otherCount
}

const sumExtents = (g: ConvGeometry, component: PolyphaseComponent): number[] => [
  g.channels / g.groups,
  ...component.map(({ taps }) => taps),
]

/** The loop of the sum that is cut: the first one that is long enough, or the longest. */
function cutLoop(extents: readonly number[]): number {
  const first = extents.findIndex((extent) => extent >= 2 * partCounts[0]!)
  return first >= 0 ? first : extents.indexOf(Math.max(...extents))
}

/**
 * Adds the stages of a region, if the sums of its component are cut. `tiles` are those of the whole
 * problem. Returns whether they are.
 */
export function addReduction(
  context: ComponentContext,
  region: Region,
  tiles: TileForms | undefined,
  { verb, tile }: { readonly verb: string; readonly tile: Contraction['tile'] },
): boolean {
  const { builder, component, siblings, taps } = context
  const { g, n, group, f, c } = builder
  const parts = tiles === undefined ? partsOf(g, component) : tileForm(tiles, component)?.sumParts
  if (parts === undefined) return false
  const sum = [c, ...taps]
  const cut = cutLoop(sum.map(({ extent }) => extent))
  const { name, extent } = sum[cut]!
  const size = Math.floor(extent / parts)
  const rest = extent - parts * size
  const q = outputLoops(region)
  const over = [n, group, f, ...siblings, ...q]
  const stored = parts + (rest > 0 ? 1 : 0)
  const buffer = builder.buffer('parts', 'scratch', Math.max(1, stored * iterations(over)))
  const partial = rowMajorView(buffer, [stored, ...over.map((result) => result.extent)])
  const addPart = (grid: readonly Loop[], part: Index, first: Index, inside: Loop): void => {
    const [channel, ...u] = sum.map((term, s) => (s === cut ? plus(first, inside) : term))
    const sums = contract(
      { over, sum: sum.with(cut, inside) },
      {
        to: at(partial, part, ...over),
        a: at(region.source, n, context.channelOf(channel!), ...windows(region, q, u)),
        b: context.weights(u, channel),
        tile,
        sumName: 'sums',
      },
    )
    builder.stage(`${verb} parts of ${region.name}`, grid, [sums])
  }
  const part = loop('part', parts)
  addPart([part], part, times(size, part), loop(name, size))
  if (rest > 0) addPart([], parts, parts * size, loop(name, rest))
  const all = loop('part', stored)
  const total = contract(
    { over, sum: [all] },
    {
      to: context.results(outputsOf(region, q)),
      a: at(partial, all, ...over),
      b: builder.number('one', 1),
      epilogue: builder.epilogue(),
    },
  )
  builder.stage(`add the parts of ${region.name}`, [], [total])
  return true
}
