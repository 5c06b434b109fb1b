/**
 * Adds the stages of a component with many channels and few blocks. All tiles go through each stage
 * together, and each stage has a grid of its own. For an image:
 *
 *   samples ─ F along x ─► rows               grid: rows
 *   F along y, products, F⁻¹ along y          grid: columns; every spectrum is read once
 *   rows ─ F⁻¹ along x ─► outputs             grid: rows with outputs
 *
 * In more dimensions, the first transformed axis has the part of y, and the second one that of x.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import type { Work } from '../../ndarray/work.ts'
import { minItems } from '../../program/choose-cut.ts'
import { loop } from '../../program/elements.ts'
import type { Machine } from '../../program/machine.ts'
import type { ComponentContext } from '../context.ts'
import {
  type Cut,
  type Range,
  type TiledComponent,
  tileLoops,
  transform,
  transformedAxes,
} from './block.ts'
import { spectralGuard } from './guard.ts'
import { gatherTiles, scatterTiles } from './samples.ts'
import { addSpectra, spectrumProduct } from './spectrum.ts'
import { blockBuffers, keptRanges, wholeRanges } from './tiles.ts'

/** Below these predicted cycles a component takes less than about 0.2 ms. */
const minSharedPrice = 2 ** 19

/** Into how many equal items a stage is cut, or a few more. */
const wantedItems = 2 * minItems

/**
 * The component with all its tiles in one block, for stages of its own. Undefined if it has enough
 * blocks, few channels or no second axis to cut, or if it takes little time or much memory.
 */
export function stagedOf(
  g: ConvGeometry,
  tiled: TiledComponent,
  { l3Bytes }: Machine,
): TiledComponent | undefined {
  const { tiling, strideAxes } = tiled
  const blocks = tiling.axes.reduce((n, axis) => n * axis.blocks, 1)
  if (blocks >= minItems || tiling.price < minSharedPrice) return undefined
  // With points innermost, a tile goes through all steps in the L2 cache: that is faster.
  if (!tiling.channelsLast || transformedAxes(tiling).length < 2) return undefined
  const axes = tiling.axes.map((axis) => ({
    ...axis,
    blocks: 1,
    tilesPerBlock: axis.blocks * axis.tilesPerBlock,
  }))
  const channels = strideAxes.reduce((n, axis) => n * axis.strideComponents.length, g.channels)
  const bytes = axes.reduce(
    (n, { points, tilesPerBlock }) => n * points * tilesPerBlock,
    2 * (channels + g.filters) * dtypes[g.dtype].bytes,
  )
  if (bytes > 8 * l3Bytes) return undefined
  return {
    ...tiled,
    tiling: { ...tiling, axes },
    blocks: tileLoops(
      'block ',
      axes.map(() => 1),
    ),
    tiles: tileLoops(
      'tile ',
      axes.map(({ tilesPerBlock }) => tilesPerBlock),
    ),
  }
}

/** Adds the spectra of a kernel, then three stages for all tiles. */
export function* addStages(context: ComponentContext, tiled: TiledComponent): Work<void> {
  const { builder } = context
  const { tiling, blocks } = tiled
  const { filters } = builder.g
  const spectra = addSpectra(context, tiled)
  yield
  const { x, y, finished, epilogue, channels } = blockBuffers(builder, tiled, 'scratch')
  const [first, second, ...others] = transformedAxes(tiling) as [number, number, ...number[]]
  const [whole, kept] = [wholeRanges(tiled), keptRanges(tiled)]
  const rows = cutOf('rows', first, whole[first]!)
  const columns = cutOf('columns', second, whole[second]!)
  const results = cutOf('rows', first, kept[first]!)
  builder.stage(
    'transform samples',
    [...blocks, rows.item],
    [
      ...gatherTiles(builder, tiled, x, rows),
      ...[second, ...others]
        .toReversed()
        .map((a) => transform(x, tiled, 'forward', a, whole, channels, rows)),
    ],
  )
  yield
  builder.stage(
    'products',
    [...blocks, columns.item],
    [
      transform(x, tiled, 'forward', first, whole, channels, columns),
      spectrumProduct(builder, tiled, spectra, x, y, columns),
      transform(y, tiled, 'inverse', first, whole, filters, columns),
      spectralGuard(builder, tiled, y, columns),
    ],
  )
  yield
  builder.stage(
    'transform products',
    [...blocks, results.item],
    [
      ...[second, ...others].map((a) => {
        const ranges = whole.map((range, b) => (b < a ? kept[b]! : range))
        return transform(y, tiled, 'inverse', a, ranges, filters, results)
      }),
      ...(epilogue === undefined ? [] : [epilogue(results)]),
      ...scatterTiles(context, tiled, finished, results),
    ],
  )
}

/** Cuts a range of points into equal items: the fewest of at least `wantedItems`, if possible. */
function cutOf(name: string, axis: number, [first, end]: Range): Cut {
  const points = end - first
  let items = Math.min(wantedItems, points)
  while (points % items !== 0) items++
  return { axis, item: loop(name, items), size: points / items, first }
}
