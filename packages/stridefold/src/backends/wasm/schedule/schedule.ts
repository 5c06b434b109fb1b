/**
 * Chooses how a nest becomes vector code. The scheduler prices every pair of loops, every mapping
 * (mapping.ts) and every tile that fits the registers. Prices are in cycles (price.ts), and the
 * cheapest wins. This file does not depend on convolution.
 */

import type { Element } from './element.ts'
import {
  type Kind,
  type LoopMapping,
  type OperandName,
  plainKind,
  type Registers,
  rowCount,
  type Schedule,
  type Tile,
  tilesAlongRows,
  unitLoop,
} from './mapping.ts'
import type { Nest, NestLoop } from './nest.ts'
import { pricer } from './price.ts'

export interface ScheduleOptions {
  readonly registers: Registers
  readonly element: Element
  /** Operands that depend only on the weights. They may be packed once per kernel. */
  readonly packable: { readonly a: boolean; readonly b: boolean }
  readonly scalar: boolean
}

/**
 * Registers of a common engine. They decide the mapping, so that the order of summation is the same
 * on every machine.
 */
const nominalRegisters: Registers = { count: 15, fused: true, body: 96, shared: 220 }

/**
 * Returns the nest. `free` names an operand that will be packed; sum loops then merge by the
 * strides of the other. With `keepLinesSeparate` the loops over results are not merged.
 */
type NestFor = (free?: OperandName, keepLinesSeparate?: boolean) => Nest

/**
 * The cheapest schedule. The loops and the kind fix the order of summation, so they are chosen for
 * the nominal registers. The measured registers decide only the size of the tile. If only one order
 * of summation is possible, the measured registers decide everything.
 */
export function schedule(nestFor: NestFor, options: ScheduleOptions): Schedule {
  const candidate = search(nestFor, { ...options, registers: nominalRegisters })
  const { count, fused, body, shared } = options.registers
  const isNominal =
    count === nominalRegisters.count &&
    fused === nominalRegisters.fused &&
    body === nominalRegisters.body &&
    shared === nominalRegisters.shared
  if (isNominal) return toSchedule(candidate, options)
  const { nest, mapping } = candidate
  const hasOneOrder = nest.sum.length < 2 && nest.block === undefined && !mapping.packed
  const unpacked = { ...options, packable: { a: false, b: false } }
  return toSchedule(
    (hasOneOrder
      ? search(nestFor, unpacked)
      : bestMapping(nest, mapping.stationary, mapping.packed, options, mapping)) ?? candidate,
    options,
  )
}

/** The cheapest mapping for these registers, with either operand stationary. */
function search(nestFor: NestFor, options: ScheduleOptions): Candidate {
  let cheapest: Candidate | undefined
  for (const stationary of ['b', 'a'] as const) {
    for (const packed of options.packable[stationary] && !options.scalar
      ? [true, false]
      : [false]) {
      // Packed weights serve many lanes. Sharing loads between lines matters only if no weights are
      // packed.
      for (const nest of packed
        ? [nestFor(stationary)]
        : cheapest?.mapping.packed === true
          ? [nestFor()]
          : nestsOf(nestFor, stationary, options)) {
        cheapest = cheaper(cheapest, bestMapping(nest, stationary, packed, options))
        if (
          cheapest !== undefined &&
          cheapest.cycles <= stopFactor * minCycles(nest, options.element)
        )
          return cheapest
      }
    }
  }
  return cheapest!
}

/**
 * The nests to try. The first merges the lines of results into one loop, which has no line ends.
 * The second keeps lines separate, so that neighbouring lines share loads. It is tried only if they
 * read overlapping values and an unrolled body may be long enough to use this.
 */
function nestsOf(
  nestFor: NestFor,
  stationary: OperandName,
  { scalar, registers }: ScheduleOptions,
): Nest[] {
  const nest = nestFor()
  if (scalar || nest.result.every((loop) => loop.parts.length === 1)) return [nest]
  const separateLines = nestFor(undefined, true)
  const moving = stationary === 'a' ? 'b' : 'a'
  const paysOff = (row: NestLoop, sum: NestLoop): boolean =>
    isOverlap(row, sum, moving) && minSharingRows * sum.extent <= registers.shared
  return separateLines.result.some((row) => separateLines.sum.some((sum) => paysOff(row, sum)))
    ? [nest, separateLines]
    : [nest]
}

/**
 * Minimum number of rows that share loads. With fewer, the line ends cost more than sharing saves.
 */
const minSharingRows = 4

function cheaper(a: Candidate | undefined, b: Candidate | undefined): Candidate | undefined {
  return a === undefined || (b !== undefined && b.cycles < a.cycles) ? b : a
}

/**
 * The cheapest mapping of a nest with this operand stationary. If `required` is given, only
 * mappings with its kind and its loops are considered.
 */
function bestMapping(
  nest: Nest,
  stationary: OperandName,
  packed: boolean,
  options: ScheduleOptions,
  required?: LoopMapping,
): Candidate | undefined {
  const { element, registers, scalar } = options
  const moving = stationary === 'a' ? 'b' : 'a'
  let best: Candidate | undefined
  for (const lane of lanesOf(nest, packed ? stationary : undefined, options)) {
    if (
      (packed && lane[stationary] === 0) ||
      (required !== undefined && !isSame(lane, required.lane))
    )
      continue
    const others = nest.result.filter((loop) => loop !== lane)
    for (const { row, outerRow } of rowsOf(others, stationary, packed, scalar)) {
      if (
        required !== undefined &&
        !(isSame(row, required.row) && isSame(outerRow ?? unitLoop, required.outerRow ?? unitLoop))
      )
        continue
      const { block } = nest
      const outer = [
        ...others.filter((loop) => loop !== row && loop !== outerRow),
        ...(block === undefined ? [] : [block]),
      ]
      for (const { kind, overlap } of outerRow === undefined
        ? kindsFor(nest, row, moving)
        : [plainKind]) {
        // Values that stay in registers must serve every tile of a line.
        if (
          (kind === 'hoist' && lane[stationary] !== 0 && row === unitLoop) ||
          (required !== undefined && kind !== required.kind)
        )
          continue
        const mapping: LoopMapping = {
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
          element,
          registers,
        }
        const price = pricer(mapping)
        for (const tile of tiles(mapping, rowCount(mapping), scalar)) {
          const cycles = price(tile)
          if (cycles !== undefined && (best === undefined || cycles < best.cycles))
            best = { nest, mapping, tile, cycles }
        }
        if (best !== undefined && best.cycles <= stopFactor * minCycles(nest, element)) return best
      }
    }
  }
  return best
}

/** The search stops at a schedule within this factor of the time for the arithmetic alone. */
const stopFactor = 1.05

/** Predicted cycles of the arithmetic alone: two products per cycle. */
function minCycles({ result, sum, block }: Nest, element: Element): number {
  const products = [...result, ...sum, ...(block === undefined ? [] : [block])].reduce(
    (n, loop) => n * loop.extent,
    1,
  )
  return products / (2 * element.lanes)
}

interface Candidate {
  readonly nest: Nest
  readonly mapping: LoopMapping
  readonly tile: Tile
  readonly cycles: number
}

function toSchedule(
  { nest, mapping, tile, cycles }: Candidate,
  { scalar, registers }: ScheduleOptions,
): Schedule {
  const inner = tilesAlongRows(mapping) ? 'row' : 'lane'
  const steps = nest.sum.at(-1)?.extent ?? 1
  // If every row has a pointer, two sum steps per iteration halve the pointer arithmetic.
  const minUnroll = mapping.outerRow === undefined ? 1 : 2
  const unroll = scalar
    ? 1
    : Math.min(
        steps,
        8,
        Math.max(minUnroll, Math.floor(registers.body / (tile.rows * tile.vectors))),
      )
  return { ...mapping, tile, inner, unroll, cycles }
}

const isSame = (loop: NestLoop, other: NestLoop): boolean =>
  loop.parts.join() === other.parts.join()

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
  { element, scalar }: ScheduleOptions,
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
  const products = nest.sum.reduce((count, loop) => count * loop.extent, 1)
  const overlap = nest.sum.findIndex((loop) => isOverlap(row, loop, moving))
  if (overlap >= 0 && nest.sum[overlap]!.extent <= 32) kinds.push({ kind: 'stencil', overlap })
  if (products <= 12) kinds.push({ kind: 'hoist', overlap })
  return kinds
}

/** Whether neighbouring rows read some of the same elements along a sum loop. */
function isOverlap(row: NestLoop, sum: NestLoop, moving: OperandName): boolean {
  const [p, q] = [row[moving], sum[moving]]
  return p !== 0 && q !== 0 && p % q === 0 && p / q > 0 && p / q < sum.extent
}

function* tiles(
  { lane, outer, block, stationary, element, registers }: LoopMapping,
  rowExtent: number,
  scalar: boolean,
): Generator<Tile> {
  const vectors = scalar ? 1 : Math.ceil(lane.extent / element.lanes)
  const maxRows = scalar ? 1 : Math.min(8, rowExtent)
  // Without rows, one line needs a dozen sums at a time to keep the multipliers busy. The loads of
  // one sum step must then stay in registers for all of these sums.
  const isSingleLine =
    rowExtent === 1 && outer.every((loop) => loop === block || loop[stationary] !== 0)
  const maxVectors = Math.min(
    isSingleLine ? Math.max(4, Math.min(12, registers.body / 8)) : 4,
    vectors,
  )
  for (let rows = 1; rows <= maxRows; rows++)
    for (let v = 1; v <= maxVectors; v++) yield { rows, vectors: v }
}
