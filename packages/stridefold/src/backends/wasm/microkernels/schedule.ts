/**
 * Chooses how a nest becomes vector code: which loop runs along the lanes, which along the rows of the register tile, what stays in registers.
 *
 *            lane loop, V vectors             One operand is *streamed*: it changes from row to row. The other is *held*: all rows share it.
 *          ┌────┬────┐                        plain    per sum step load held (V), then per row one streamed value: R·V products
 *   rows R │acc │acc │                        stencil  neighbouring rows read overlapping streamed values: each is loaded once
 *          │acc │acc │                        hoist    so few held values that they stay in registers for the whole row of tiles
 *          └────┴────┘
 *
 * Every pair of loops and every tile that fits the registers is given a price in cycles (two products and two loads a cycle, four cycles of
 * latency, tails at their own price); the cheapest wins. Nothing here knows what a convolution is.
 */

import type { Element } from './element.ts'
import type { Nest, NestLoop } from './nest.ts'

export type OperandName = 'a' | 'b'

export interface Tile {
  readonly rows: number
  readonly vectors: number
}

export interface Schedule {
  readonly kind: 'plain' | 'stencil' | 'hoist'
  readonly lane: NestLoop
  readonly row: NestLoop
  /** Where rows run on: behind the last index of `row` follows its first at the next index of this loop. Every row has a pointer of its own then. */
  readonly line: NestLoop | undefined
  readonly outer: readonly NestLoop[]
  /** The one of the outer loops that walks parts of the sum: results are started in its first turn and finished in its last. */
  readonly block: NestLoop | undefined
  readonly sum: readonly NestLoop[]
  /** Index in `sum` of the loop along which rows overlap, for stencil and hoist; −1 where none does. */
  readonly overlap: number
  readonly streamed: OperandName
  readonly held: OperandName
  readonly tile: Tile
  /** Which loop the tiles follow one another along inside the microkernel. */
  readonly inner: 'lane' | 'row'
  /** True where the held operand must be copied into panels [lane block][sum][lanes] first. */
  readonly packed: boolean
  /** Sum steps written out in one iteration of the innermost sum loop. */
  readonly unroll: number
  /** Predicted time. */
  readonly cycles: number
}

/** What the engine can do with registers; measured by a probe, or a fixed table. */
export interface Registers {
  /** Vector registers the compiler will really use. */
  readonly count: number
  /** Whether multiply and add are one instruction. */
  readonly fused: boolean
  /** How many products one unrolled body may hold before the compiler loses its way. */
  readonly body: number
  /** The same for a body in which rows share what they read. */
  readonly shared: number
}

export const none: NestLoop = { extent: 1, a: 0, b: 0, c: 0, bias: 0, parts: [] }

export interface ScheduleOptions {
  readonly registers: Registers
  readonly element: Element
  /** Operands that depend on the weights only and may be packed once. */
  readonly packable: { readonly a: boolean; readonly b: boolean }
  readonly scalar: boolean
}

/** Registers of a mainstream engine: what decides the form of the code, so that the order of summation is the same everywhere. */
const nominal: Registers = { count: 15, fused: true, body: 12, shared: 220 }

/**
 * The cheapest schedule. `nestFor` gives the nest when an operand is going to be packed (so sums may merge by the other's strides).
 * Loops and kind, which fix the order of summation, are chosen for nominal registers; only the tile's size for those that were measured.
 */
export function schedule(nestFor: (free?: OperandName) => Nest, options: ScheduleOptions): Schedule {
  let form: Schedule | undefined
  for (const held of ['b', 'a'] as const) {
    for (const packed of options.packable[held] && !options.scalar ? [true, false] : [false]) {
      const nest = nestFor(packed ? held : undefined)
      form = cheaper(form, best(nest, held, packed, { ...options, registers: nominal }))
      if (form !== undefined && form.cycles <= nearlyLeast * leastCycles(nest, options.element)) return tuned(form, nestFor, options)
    }
  }
  return tuned(form!, nestFor, options)
}

/** The form with the tile that suits the registers there are. */
function tuned(form: Schedule, nestFor: (free?: OperandName) => Nest, options: ScheduleOptions): Schedule {
  const { count, fused, shared } = options.registers
  if (count === nominal.count && fused === nominal.fused && shared === nominal.shared) return form
  return best(nestFor(form.packed ? form.held : undefined), form.held, form.packed, options, form) ?? form
}

function cheaper(a: Schedule | undefined, b: Schedule | undefined): Schedule | undefined {
  return a === undefined || (b !== undefined && b.cycles < a.cycles) ? b : a
}

/** The cheapest schedule of a nest with this operand held; where a form is given, of that kind and with those loops. */
function best(nest: Nest, held: OperandName, packed: boolean, options: ScheduleOptions, form?: Schedule): Schedule | undefined {
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
        for (const tile of tiles(lane, rowCount(shape), scalar, element)) {
          const cycles = price(shape, tile)
          if (cycles !== undefined && (found === undefined || cycles < found.cycles)) found = { shape, tile, cycles }
        }
        if (found !== undefined && found.cycles <= nearlyLeast * leastCycles(nest, element)) return scheduled(found, nest, options)
      }
    }
  }
  return found === undefined ? undefined : scheduled(found, nest, options)
}

/** A schedule this near to what the arithmetic alone takes is not worth looking further. */
const nearlyLeast = 1.05

/** Two products a cycle. */
function leastCycles({ result, sum, block }: Nest, element: Element): number {
  const products = [...result, ...sum, ...(block === undefined ? [] : [block])].reduce((n, loop) => n * loop.extent, 1)
  return products / (2 * element.lanes)
}

interface Found {
  readonly shape: Shape
  readonly tile: Tile
  readonly cycles: number
}

function scheduled({ shape, tile, cycles }: Found, nest: Nest, { scalar, registers }: ScheduleOptions): Schedule {
  const inner = walksRows(shape) ? 'row' : 'lane'
  const steps = nest.sum.at(-1)?.extent ?? 1
  // Where every row has a pointer, two steps halve the work of moving them.
  const least = shape.line === undefined ? 1 : 2
  const unroll = scalar ? 1 : Math.min(steps, 8, Math.max(least, Math.floor(registers.body / (tile.rows * tile.vectors))))
  return { ...shape, tile, inner, unroll, cycles }
}

/**
 * Whether tiles follow one another along the rows: held values then serve them all. Not where every row begins in another cache line and lanes
 * are neighbours, as with the channels of a depthwise layer: there a line is used up before the next is fetched.
 */
function walksRows({ kind, lane, row, held, streamed, element }: Shape): boolean {
  if (lane[held] === 0 || row === none) return false
  return !(kind === 'hoist' && lane[streamed] === 1 && Math.abs(row[streamed]) * element.bytes >= cacheLine)
}

const cacheLine = 64

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

/** Rows of the tiles in all. */
export const rowCount = ({ row, line }: Pick<Schedule, 'row' | 'line'>): number => row.extent * (line?.extent ?? 1)

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

interface Kind {
  readonly kind: Schedule['kind']
  readonly overlap: number
}

const plain: Kind = { kind: 'plain', overlap: -1 }

/** Plain always; stencil where some sum loop moves the streamed operand as the row loop does; hoist for few products per result. */
function kindsFor(nest: Nest, row: NestLoop, streamed: OperandName): Kind[] {
  const kinds: Kind[] = [plain]
  const products = nest.sum.reduce((count, loop) => count * loop.extent, 1)
  const overlap = nest.sum.findIndex((loop) => {
    const [p, q] = [row[streamed], loop[streamed]]
    return p !== 0 && q !== 0 && p % q === 0 && p / q > 0 && p / q < loop.extent
  })
  if (overlap >= 0 && nest.sum[overlap]!.extent <= 32) kinds.push({ kind: 'stencil', overlap })
  if (products <= 12) kinds.push({ kind: 'hoist', overlap })
  return kinds
}

function* tiles(lane: NestLoop, rowExtent: number, scalar: boolean, element: Element): Generator<Tile> {
  const mostVectors = scalar ? 1 : Math.min(4, Math.ceil(lane.extent / element.lanes))
  const mostRows = scalar ? 1 : Math.min(8, rowExtent)
  for (let rows = 1; rows <= mostRows; rows++) for (let vectors = 1; vectors <= mostVectors; vectors++) yield { rows, vectors }
}

interface Shape extends Kind {
  readonly lane: NestLoop
  readonly row: NestLoop
  readonly line: NestLoop | undefined
  readonly outer: readonly NestLoop[]
  readonly block: NestLoop | undefined
  readonly sum: readonly NestLoop[]
  readonly streamed: OperandName
  readonly held: OperandName
  readonly packed: boolean
  readonly element: Element
  readonly registers: Registers
}

/** Operations that a processor looks ahead. */
const reorder = 400

/** Cycles for the whole nest, or undefined where the tile does not fit the registers. */
function price(shape: Shape, tile: Tile): number | undefined {
  const { lane, row, element } = shape
  const vectors = Math.ceil(lane.extent / element.lanes)
  let total = 0
  for (const [rows, rowTiles] of split(rowCount(shape), tile.rows)) {
    for (const [width, laneTiles] of laneSplit(vectors, tile.vectors)) {
      const one = tilePrice(shape, rows, width)
      if (one === undefined) return undefined
      total += one * rowTiles * laneTiles
    }
  }
  // Between equals the one whose rows lie nearer to each other: their lines are still in the cache for the neighbours.
  const nearness = 1 + Math.min(0.2, (Math.abs(row[shape.streamed]) * element.bytes) / 2 ** 20)
  return total * nearness * shape.outer.reduce((count, loop) => count * loop.extent, 1)
}

function tilePrice(shape: Shape, rows: number, vectors: number): number | undefined {
  const { kind, lane, sum, streamed, held, packed, element, registers } = shape
  const products = sum.reduce((count, loop) => count * loop.extent, 1)
  const loads = (stride: number): number => (stride === 0 ? 1 : stride === 1 ? vectors : 1.5 * element.lanes * vectors)
  const streamLoads = loads(lane[streamed])
  const streamValues = lane[streamed] === 0 ? 1 : vectors
  const heldStride = packed ? 1 : lane[held]
  const heldLoads = loads(heldStride)
  const heldValues = heldStride === 0 ? 1 : vectors
  const temporaries = registers.fused ? 0 : 1
  const accumulators = rows * vectors
  const distinct = shape.overlap < 0 ? undefined : distinctReads(shape.row[streamed], rows, sum[shape.overlap]!, streamed)
  let used: number
  let loadCount: number
  if (kind === 'plain') {
    used = accumulators + heldValues + (streamValues > 1 && heldValues > 1 ? 1 : Math.min(streamValues, 1))
    loadCount = products * (rows * streamLoads + heldLoads)
  } else {
    const reads = distinct === undefined ? rows * products : (products / sum[shape.overlap]!.extent) * distinct
    used = accumulators + streamValues + (kind === 'hoist' ? products * heldValues : 1)
    const heldCount = kind !== 'hoist' ? products * rows : walksRows(shape) || lane[held] === 0 ? 0 : products
    loadCount = reads * streamLoads + heldCount * heldLoads
    if (kind === 'stencil' && rows * vectors * sum[shape.overlap]!.extent > registers.shared) return undefined
  }
  if (used + temporaries > registers.count) return undefined
  const arithmetic = (products * accumulators) / 2
  // While one short sum waits for its products, the processor is at the next ones already.
  const atOnce = Math.min(4, Math.max(1, reorder / (products * accumulators + loadCount)))
  const latency = (kind === 'plain' ? products * 4 : products * 2) / atOnce
  const stores = accumulators * (lane.c === 1 || lane === none ? 1 : element.lanes)
  const looped = kind === 'hoist' ? 0 : 8 + products * 0.15
  const pointers = shape.line === undefined ? 0 : rows * (4 + products * 0.05)
  return Math.max(arithmetic, loadCount / 2, latency) + stores + 4 + looped + pointers
}

/** How many different elements of the streamed operand `rows` neighbouring rows read along one sum loop. */
function distinctReads(rowStride: number, rows: number, loop: NestLoop, streamed: OperandName): number {
  const step = rowStride / loop[streamed]
  return step >= loop.extent ? rows * loop.extent : (rows - 1) * step + loop.extent
}

/** An extent as [size, count] runs, sizes as equal as possible and none above `most`, larger first. */
export function split(extent: number, most: number): [size: number, count: number][] {
  if (extent === 0) return []
  const count = Math.ceil(extent / most)
  const small = Math.floor(extent / count)
  const large = extent - small * count
  const runs: [number, number][] = [
    [small + 1, large],
    [small, count - large],
  ]
  return runs.filter(([, n]) => n > 0)
}

/** Vectors as whole tiles and what is left: panels of packed operands have one width, so tiles are not balanced here. */
export function laneSplit(vectors: number, most: number): [size: number, count: number][] {
  const runs: [number, number][] = [
    [most, Math.floor(vectors / most)],
    [vectors % most, 1],
  ]
  return runs.filter(([size, count]) => size > 0 && count > 0)
}
