/**
 * Chooses how a nest becomes vector code: every pair of loops, every form (form.ts) and every tile that fits the registers is given a price
 * in cycles (price.ts); the cheapest wins. Nothing here knows what a convolution is.
 */

import type { Element } from './element.ts'
import {
  type Kind,
  none,
  type OperandName,
  plain,
  type Registers,
  rowCount,
  type Schedule,
  type Shape,
  type Tile,
  walksRows,
} from './form.ts'
import type { Nest, NestLoop } from './nest.ts'
import { pricer } from './price.ts'

export interface ScheduleOptions {
  readonly registers: Registers
  readonly element: Element
  /** Operands that depend on the weights only and may be packed once. */
  readonly packable: { readonly a: boolean; readonly b: boolean }
  readonly scalar: boolean
}

/** Registers of a mainstream engine: what decides the form of the code, so that the order of summation is the same everywhere. */
const nominal: Registers = { count: 15, fused: true, body: 96, shared: 220 }

/** The nest when an operand is going to be packed (so sums may merge by the other's strides), or with its results' loops `apart`. */
type NestFor = (free?: OperandName, apart?: boolean) => Nest

/**
 * The cheapest schedule. Loops and kind, which fix the order of summation, are chosen for nominal registers; only the tile's size for those
 * that were measured, or everything where there is one order only.
 */
export function schedule(nestFor: NestFor, options: ScheduleOptions): Schedule {
  const form = search(nestFor, { ...options, registers: nominal })
  const { count, fused, body, shared } = options.registers
  const isNominal = count === nominal.count && fused === nominal.fused && body === nominal.body && shared === nominal.shared
  if (isNominal) return scheduled(form, options)
  const { nest, shape } = form
  const hasOneOrder = nest.sum.length < 2 && nest.block === undefined && !shape.packed
  const unpacked = { ...options, packable: { a: false, b: false } }
  return scheduled((hasOneOrder ? search(nestFor, unpacked) : best(nest, shape.held, shape.packed, options, shape)) ?? form, options)
}

/** The cheapest form for these registers, with either operand held. */
function search(nestFor: NestFor, options: ScheduleOptions): Found {
  let form: Found | undefined
  for (const held of ['b', 'a'] as const) {
    for (const packed of options.packable[held] && !options.scalar ? [true, false] : [false]) {
      // Weights that can be packed serve many lanes; what lines share matters where there are none.
      for (const nest of packed ? [nestFor(held)] : form?.shape.packed === true ? [nestFor()] : nestsOf(nestFor, held, options)) {
        form = cheaper(form, best(nest, held, packed, options))
        if (form !== undefined && form.cycles <= nearlyLeast * leastCycles(nest, options.element)) return form
      }
    }
  }
  return form!
}

/**
 * Lines of results in one loop, which has no ends between them; and apart, where neighbouring lines read what overlaps and a body may be long
 * enough to load it once.
 */
function nestsOf(nestFor: NestFor, held: OperandName, { scalar, registers }: ScheduleOptions): Nest[] {
  const nest = nestFor()
  if (scalar || nest.result.every((loop) => loop.parts.length === 1)) return [nest]
  const apart = nestFor(undefined, true)
  const streamed = held === 'a' ? 'b' : 'a'
  const isWorthIt = (row: NestLoop, sum: NestLoop): boolean => isOverlap(row, sum, streamed) && fewestRows * sum.extent <= registers.shared
  return apart.result.some((row) => apart.sum.some((sum) => isWorthIt(row, sum))) ? [nest, apart] : [nest]
}

/** Rows that must share their reads to make up for the ends of their lines. */
const fewestRows = 4

function cheaper(a: Found | undefined, b: Found | undefined): Found | undefined {
  return a === undefined || (b !== undefined && b.cycles < a.cycles) ? b : a
}

/** The cheapest form of a nest with this operand held; where one is given, of that kind and with those loops. */
function best(nest: Nest, held: OperandName, packed: boolean, options: ScheduleOptions, form?: Shape): Found | undefined {
  const { element, registers, scalar } = options
  const streamed = held === 'a' ? 'b' : 'a'
  let found: Found | undefined
  for (const lane of lanesOf(nest, packed ? held : undefined, options)) {
    if ((packed && lane[held] === 0) || (form !== undefined && !isSame(lane, form.lane))) continue
    const others = nest.result.filter((loop) => loop !== lane)
    for (const { row, line } of rowsOf(others, held, packed, scalar)) {
      if (form !== undefined && !(isSame(row, form.row) && isSame(line ?? none, form.line ?? none))) continue
      const { block } = nest
      const outer = [...others.filter((loop) => loop !== row && loop !== line), ...(block === undefined ? [] : [block])]
      for (const { kind, overlap } of line === undefined ? kindsFor(nest, row, streamed) : [plain]) {
        // Values held in registers must serve every tile of a line.
        if ((kind === 'hoist' && lane[held] !== 0 && row === none) || (form !== undefined && kind !== form.kind)) continue
        const shape: Shape = { kind, overlap, lane, row, line, outer, block, sum: nest.sum, streamed, held, packed, element, registers }
        const price = pricer(shape)
        for (const tile of tiles(shape, rowCount(shape), scalar)) {
          const cycles = price(tile)
          if (cycles !== undefined && (found === undefined || cycles < found.cycles)) found = { nest, shape, tile, cycles }
        }
        if (found !== undefined && found.cycles <= nearlyLeast * leastCycles(nest, element)) return found
      }
    }
  }
  return found
}

/** A schedule this near to what the arithmetic alone takes is not worth looking further. */
const nearlyLeast = 1.05

/** Two products a cycle. */
function leastCycles({ result, sum, block }: Nest, element: Element): number {
  const products = [...result, ...sum, ...(block === undefined ? [] : [block])].reduce((n, loop) => n * loop.extent, 1)
  return products / (2 * element.lanes)
}

interface Found {
  readonly nest: Nest
  readonly shape: Shape
  readonly tile: Tile
  readonly cycles: number
}

function scheduled({ nest, shape, tile, cycles }: Found, { scalar, registers }: ScheduleOptions): Schedule {
  const inner = walksRows(shape) ? 'row' : 'lane'
  const steps = nest.sum.at(-1)?.extent ?? 1
  // Where every row has a pointer, two steps halve the work of moving them.
  const least = shape.line === undefined ? 1 : 2
  const unroll = scalar ? 1 : Math.min(steps, 8, Math.max(least, Math.floor(registers.body / (tile.rows * tile.vectors))))
  return { ...shape, tile, inner, unroll, cycles }
}

const isSame = (loop: NestLoop, other: NestLoop): boolean => loop.parts.join() === other.parts.join()

interface Rows {
  readonly row: NestLoop
  readonly line: NestLoop | undefined
}

/** What may be the rows: each loop that the held operand does not walk; two of them one behind the other, for short lines and packed weights; none. */
function rowsOf(others: readonly NestLoop[], held: OperandName, packed: boolean, scalar: boolean): Rows[] {
  if (scalar) return [{ row: none, line: undefined }]
  const free = others.filter((loop) => loop[held] === 0)
  const single = [...free, none].map((row): Rows => ({ row, line: undefined }))
  if (!packed) return single
  const flat = free.filter((loop) => loop.bias === 0)
  const pairs = flat.flatMap((row) =>
    flat.filter((line) => line !== row && row.extent <= longestShortLine).map((line): Rows => ({ row, line })),
  )
  return [...single, ...pairs]
}

/** Lines of more rows than this lose little at their ends. */
const longestShortLine = 40

/**
 * Loops that may run along the lanes: those whose results are neighbours, and those that the packed weights walk; others only where there
 * is no such loop of some length.
 */
function lanesOf(nest: Nest, packed: OperandName | undefined, { element, scalar }: ScheduleOptions): NestLoop[] {
  if (scalar) return [none]
  const dense = nest.result.filter((loop) => loop.c === 1 || (packed !== undefined && loop[packed] !== 0 && loop.extent >= element.lanes))
  if (dense.some((loop) => loop.extent >= element.lanes)) return dense
  return [...dense, ...nest.result.filter((loop) => loop.c !== 1 && loop.extent >= element.lanes), none]
}

/** Plain always; stencil where some sum loop moves the streamed operand as the row loop does; hoist for few products per result. */
function kindsFor(nest: Nest, row: NestLoop, streamed: OperandName): Kind[] {
  const kinds: Kind[] = [plain]
  const products = nest.sum.reduce((count, loop) => count * loop.extent, 1)
  const overlap = nest.sum.findIndex((loop) => isOverlap(row, loop, streamed))
  if (overlap >= 0 && nest.sum[overlap]!.extent <= 32) kinds.push({ kind: 'stencil', overlap })
  if (products <= 12) kinds.push({ kind: 'hoist', overlap })
  return kinds
}

/** Whether neighbouring rows read some of the same elements along a sum loop. */
function isOverlap(row: NestLoop, sum: NestLoop, streamed: OperandName): boolean {
  const [p, q] = [row[streamed], sum[streamed]]
  return p !== 0 && q !== 0 && p % q === 0 && p / q > 0 && p / q < sum.extent
}

function* tiles({ lane, outer, block, held, element, registers }: Shape, rowExtent: number, scalar: boolean): Generator<Tile> {
  const vectors = scalar ? 1 : Math.ceil(lane.extent / element.lanes)
  const mostRows = scalar ? 1 : Math.min(8, rowExtent)
  // Where there are no rows one line needs a dozen sums at a time to keep multipliers busy, and the loads of one sum step for all of them must
  // stay in place.
  const isAlone = rowExtent === 1 && outer.every((loop) => loop === block || loop[held] !== 0)
  const most = Math.min(isAlone ? Math.max(4, Math.min(12, registers.body / 8)) : 4, vectors)
  for (let rows = 1; rows <= mostRows; rows++) for (let v = 1; v <= most; v++) yield { rows, vectors: v }
}
