/**
 * The cheapest way to map one nest to vector code: every pair of loops, every kind and every tile
 * is priced (price.ts).
 */

import { iterations } from '../../../ndarray/loops.ts'
import type { SumElement } from './element.ts'
import {
  type Kind,
  type LoopMapping,
  type OperandName,
  plainKind,
  type Registers,
  rowCount,
  type Tile,
  unitLoop,
} from './mapping.ts'
import type { Nest, NestLoop } from './nest.ts'
import { pricer } from './price.ts'

export interface ScheduleOptions {
  readonly registers: Registers
  readonly element: SumElement
  /** Operands that depend only on the weights. They may be packed once per kernel. */
  readonly packable: { readonly a: boolean; readonly b: boolean }
  readonly scalar: boolean
  /** The operand whose values are all 1, if there is one. */
  readonly ones?: OperandName | undefined
}

/** A mapping of a nest, with the tile for which it is cheapest. */
export interface Candidate {
  readonly nest: Nest
  readonly mapping: LoopMapping
  readonly tile: Tile
  readonly cycles: number
}

/**
 * The cheapest mapping of a nest with this operand stationary. If `required` is given, only
 * mappings with its kind and its loops are considered.
 */
export function bestMapping(
  nest: Nest,
  stationary: OperandName,
  packed: boolean,
  options: ScheduleOptions,
  required?: LoopMapping,
): Candidate | undefined {
  const enough = cyclesGoodEnough(nest, options)
  let best: Candidate | undefined
  for (const mapping of mappingsOf(nest, stationary, packed, options)) {
    if (required !== undefined && !hasSameOrder(mapping, required)) continue
    const price = pricer(mapping)
    for (const tile of tilesOf(mapping, options.scalar)) {
      const cycles = price(tile)
      if (cycles !== undefined && (best === undefined || cycles < best.cycles))
        best = { nest, mapping, tile, cycles }
    }
    if (best !== undefined && best.cycles <= enough) return best
  }
  return best
}

/**
 * The search may stop at a candidate with this many cycles. It is close to the time for the
 * arithmetic alone: two products per cycle.
 */
export function cyclesGoodEnough(
  { result, sum, block }: Nest,
  { element, registers }: ScheduleOptions,
): number {
  const products = iterations(result) * iterations(sum) * (block?.extent ?? 1)
  return (stopFactor * products) / (2 * element.lanes * (registers.joined ? 2 : 1))
}

const stopFactor = 1.05

/** Whether two mappings have the same kind and the same loops, and so the same order of sums. */
const hasSameOrder = (mapping: LoopMapping, other: LoopMapping): boolean =>
  mapping.kind === other.kind &&
  isSame(mapping.lane, other.lane) &&
  isSame(mapping.row, other.row) &&
  isSame(mapping.outerRow ?? unitLoop, other.outerRow ?? unitLoop)

const isSame = (loop: NestLoop, other: NestLoop): boolean =>
  loop.parts.join() === other.parts.join()

/** The mappings to price: each lane loop with each row loop and each kind. */
function mappingsOf(
  nest: Nest,
  stationary: OperandName,
  packed: boolean,
  { element, registers, scalar, ones }: ScheduleOptions,
): LoopMapping[] {
  const { block } = nest
  const moving = stationary === 'a' ? 'b' : 'a'
  const mappings: LoopMapping[] = []
  for (const lane of lanesOf(nest, packed ? stationary : undefined, element, scalar)) {
    if (packed && lane[stationary] === 0) continue
    const others = nest.result.filter((loop) => loop !== lane)
    for (const { row, outerRow } of rowsOf(others, stationary, packed, scalar)) {
      const outer = others.filter((loop) => loop !== row && loop !== outerRow)
      if (block !== undefined) outer.push(block)
      const kinds = outerRow === undefined ? kindsFor(nest, row, moving) : [plainKind]
      for (const { kind, overlap } of kinds) {
        // Values that stay in registers must serve every tile of a line.
        if (kind === 'hoist' && lane[stationary] !== 0 && row === unitLoop) continue
        mappings.push({
          kind,
          overlap,
          lane,
          row,
          outerRow,
          outer,
          block,
          sum: nest.sum,
          moving,
          stationary,
          packed,
          hasUnitWeights: ones === stationary,
          element,
          registers,
        })
      }
    }
  }
  return mappings
}

interface Rows {
  readonly row: NestLoop
  readonly outerRow: NestLoop | undefined
}

/**
 * The loops that may be rows: every loop along which the stationary operand does not change; with
 * packed weights also pairs of such loops, flattened, if the inner one is short; and no loop.
 */
function rowsOf(
  others: readonly NestLoop[],
  stationary: OperandName,
  packed: boolean,
  scalar: boolean,
): Rows[] {
  if (scalar) return [{ row: unitLoop, outerRow: undefined }]
  const free = others.filter((loop) => loop[stationary] === 0)
  const single = [...free, unitLoop].map((row): Rows => ({ row, outerRow: undefined }))
  if (!packed) return single
  const withoutBias = free.filter((loop) => loop.bias === 0)
  const pairs = withoutBias.flatMap((row) =>
    withoutBias
      .filter((outerRow) => outerRow !== row && row.extent <= maxShortLine)
      .map((outerRow): Rows => ({ row, outerRow })),
  )
  return [...single, ...pairs]
}

/**
 * Maximum rows of a line for which pairs of loops are tried. Longer lines lose little time at their
 * ends.
 */
const maxShortLine = 40

/**
 * The loops that may run along the lanes: loops with neighbouring results, and loops along which
 * the packed weights change. Other loops are tried only if all of these are shorter than a vector.
 */
function lanesOf(
  nest: Nest,
  packed: OperandName | undefined,
  element: SumElement,
  scalar: boolean,
): NestLoop[] {
  if (scalar) return [unitLoop]
  const dense = nest.result.filter(
    (loop) =>
      loop.c === 1 || (packed !== undefined && loop[packed] !== 0 && loop.extent >= element.lanes),
  )
  if (dense.some((loop) => loop.extent >= element.lanes)) return dense
  return [
    ...dense,
    ...nest.result.filter((loop) => loop.c !== 1 && loop.extent >= element.lanes),
    unitLoop,
  ]
}

/**
 * `plain` always. `stencil` if a sum loop moves the moving operand in steps that divide those of
 * the row loop. `hoist` if each result has few products.
 */
function kindsFor(nest: Nest, row: NestLoop, moving: OperandName): Kind[] {
  const kinds: Kind[] = [plainKind]
  const products = iterations(nest.sum)
  const overlap = nest.sum.findIndex((loop) => isOverlap(row, loop, moving))
  // A stencil adds along the overlap last.
  const keepsOrder = !nest.isOrdered || overlap === nest.sum.length - 1
  if (overlap >= 0 && keepsOrder && nest.sum[overlap]!.extent <= 32)
    kinds.push({ kind: 'stencil', overlap })
  if (products <= 12) kinds.push({ kind: 'hoist', overlap })
  return kinds
}

/** Whether neighbouring rows read some of the same elements along a sum loop. */
export function isOverlap(row: NestLoop, sum: NestLoop, moving: OperandName): boolean {
  const [p, q] = [row[moving], sum[moving]]
  return p !== 0 && q !== 0 && p % q === 0 && p / q > 0 && p / q < sum.extent
}

/** The tiles that are priced for a mapping. */
function* tilesOf(mapping: LoopMapping, scalar: boolean): Generator<Tile> {
  const { lane, outer, block, stationary, element, registers } = mapping
  const rowExtent = rowCount(mapping)
  const vectors = scalar ? 1 : Math.ceil(lane.extent / element.lanes)
  const maxRows = scalar ? 1 : Math.min(8, rowExtent)
  // Without rows, one line needs a dozen sums at a time to keep the multipliers busy. The loads of
  // one sum step must then stay in registers for all of these sums.
  const isSingleLine =
    rowExtent === 1 && outer.every((loop) => loop === block || loop[stationary] !== 0)
  const width = registers.joined ? 2 : 1
  const maxVectors = Math.min(
    width * (isSingleLine ? Math.max(4, Math.min(12, registers.body / 8)) : 4),
    vectors,
  )
  for (let rows = 1; rows <= maxRows; rows++)
    for (let v = 1; v <= maxVectors; v++) yield { rows, vectors: v }
}
