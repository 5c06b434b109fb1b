/**
 * Where a convolution reads: in the input itself as far as windows stay inside it, in small padded copies at its borders.
 *
 *   ┌───────────────┐   slab of axis 0: everything else in full        Arrays up to 1 MiB are simply copied whole with their border;
 *   ├──┬─────────┬──┤                                                  larger ones keep their interior where it is, and only what the
 *   │  │ in place│  │   slabs of axis 1                                outermost outputs read is gathered.
 *   ├──┴─────────┴──┤
 *   └───────────────┘
 *
 * A border is made of plain Moves: along each axis the padded range is cut into segments that walk the input with stride +1 (inside, wrap),
 * −1 (reflections) or 0 (edge), or hold a constant. zero and constant need a single bounded Move.
 */

import { type Boundary, fillValue, isConstant, sourceIndex } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { Loop, Move } from '../program/steps.ts'
import type { Facts } from './algorithm.ts'
import { axisName, denseLike, loop, move, type Place, type ProgramBuilder } from './builder.ts'
import type { Phase, PhaseAxis } from './phases.ts'

/** A box of a phase's outputs: [start, end) along each axis. */
export type Box = readonly (readonly [start: number, end: number])[]

export interface Region {
  readonly name: string
  readonly box: Box
  /** Moves that fill the copy the region reads; none where it reads in place. */
  readonly gather: readonly Move[]
  /** Tap u of output q (counted from the box's start) is read at q·stride + u·dilation along each axis of this place. */
  readonly source: Place
}

const wholeCopyBytes = 2 ** 20

/** Whether the input is small enough to be copied whole with its border. */
export function isCopiedWhole(g: ConvGeometry): boolean {
  const elements = g.axes.reduce((n, axis) => n * (axis.before + axis.input + axis.after), g.batch * g.channels)
  return elements * dtypes[g.dtype].bytes <= wholeCopyBytes
}

/** Options of `regions`. */
export interface RegionOptions {
  /** Lay copies out with channels innermost, whatever the input has. */
  readonly channelsLast?: boolean
  /** One copy for all outputs, however large: for algorithms that rearrange everything anyway. */
  readonly whole?: boolean
}

/** The regions of a phase. Copies hold every batch item and channel. */
export function regions(g: ConvGeometry, facts: Facts, phase: Phase, builder: ProgramBuilder, options: RegionOptions = {}): Region[] {
  const all: Box = phase.map((axis) => [0, axis.outputs])
  const inside: Box = phase.map(interior)
  const convertible = facts.input.dtype === g.dtype
  const inPlace =
    convertible && options.channelsLast !== true && inside.every(([start, end], a) => start === 0 && end === phase[a]!.outputs)
  if (inPlace) return [{ name: 'all', box: all, gather: [], source: inputFrom(builder.input, phase, all) }]
  const copyElements = phase.reduce((n, axis, a) => n * readLength(axis, all[a]!), g.batch * g.channels)
  const bytes = copyElements * dtypes[g.dtype].bytes
  if (bytes <= wholeCopyBytes || !convertible || options.whole === true || options.channelsLast === true) {
    return [copied('padded', all, g, facts, phase, builder, options)]
  }
  const found: Region[] = []
  phase.forEach((axis, a) => {
    const [start, end] = inside[a]!
    for (const [from, to] of [
      [0, start],
      [end, axis.outputs],
    ] as const) {
      if (from === to) continue
      const box: Box = phase.map((other, b) => (b < a ? inside[b]! : b === a ? [from, to] : [0, other.outputs]))
      if (box.every(([s, e]) => e > s))
        found.push(copied(`border ${axisName('y', a, phase.length)}`, box, g, facts, phase, builder, options))
    }
  })
  if (inside.every(([s, e]) => e > s))
    found.unshift({ name: 'interior', box: inside, gather: [], source: inputFrom(builder.input, phase, inside) })
  return found
}

/** Outputs whose windows lie wholly inside the input. */
export function interior(axis: PhaseAxis): readonly [start: number, end: number] {
  const { input, taps, stride, dilation, before, outputs } = axis
  if (taps === 0) return [0, outputs]
  const start = Math.min(Math.max(Math.ceil(before / stride), 0), outputs)
  const end = Math.floor((input - 1 + before - (taps - 1) * dilation) / stride) + 1
  return [start, Math.min(Math.max(end, start), outputs)]
}

/** Samples from the first to the last that the outputs [start, end) read. */
const readLength = ({ taps, stride, dilation }: PhaseAxis, [start, end]: readonly [number, number]): number =>
  taps === 0 || end === start ? 0 : (end - start - 1) * stride + (taps - 1) * dilation + 1

function inputFrom(input: Place, phase: Phase, box: Box): Place {
  const offset = phase.reduce(
    (sum, axis, a) => sum + (axis.taps === 0 ? 0 : (box[a]![0] * axis.stride - axis.before) * input.axes[a]!),
    input.offset,
  )
  return { ...input, offset }
}

/** A region that reads a padded copy. */
function copied(
  name: string,
  box: Box,
  g: ConvGeometry,
  facts: Facts,
  phase: Phase,
  builder: ProgramBuilder,
  options: RegionOptions,
): Region {
  const ranges = phase.map((axis, a): Range => ({ first: box[a]![0] * axis.stride - axis.before, length: readLength(axis, box[a]!) }))
  const shape = [g.batch, g.channels, ...ranges.map((range) => range.length)]
  const { input } = facts
  // Narrow slabs lie with their longest axis innermost, so that vectors run along the border.
  const like =
    options.channelsLast === true
      ? [Infinity, 0, ...ranges.map((_, a) => ranges.length - a)]
      : slabOrder(shape, [input.outer, input.channel, ...input.axes])
  const strides = denseLike(shape, like)
  const length = shape.reduce((n, e) => n * e, 1)
  const source: Place = {
    buffer: builder.buffer('padded', 'scratch', Math.max(length, 1)),
    offset: 0,
    outer: strides[0]!,
    channel: strides[1]!,
    axes: strides.slice(2),
  }
  return { name, box, gather: length === 0 ? [] : gather(g, builder.input, source, ranges), source }
}

/** The input's own order, but with the innermost spatial axis changed for the longest where it holds less than a vector or two. */
function slabOrder(shape: readonly number[], strides: readonly number[]): number[] {
  const order = [...strides]
  const spatial = shape.map((_, axis) => axis).slice(2)
  const innermost = spatial.reduce((a, b) => (Math.abs(strides[b]!) < Math.abs(strides[a]!) ? b : a))
  const longest = spatial.reduce((a, b) => (shape[b]! > shape[a]! ? b : a))
  if (shape[innermost]! < 32 && shape[longest]! > 4 * shape[innermost]!) {
    order[innermost] = strides[longest]!
    order[longest] = strides[innermost]!
  }
  return order
}

interface Range {
  /** Coordinate of the input (may lie outside) of the copy's first sample. */
  readonly first: number
  readonly length: number
}

/** Moves that copy a range of the input, border included, to `to`. */
export function gather(g: ConvGeometry, input: Place, to: Place, ranges: readonly Range[]): Move[] {
  const rank = ranges.length
  const fills = g.boundary.map((b) => (isConstant(b) ? fillValue(b) : undefined))
  const outside = ranges.map((range, a) => range.first < 0 || range.first + range.length > g.axes[a]!.input)
  const needed = fills.filter((_, a) => outside[a])
  if (needed.every((fill) => fill !== undefined && Object.is(fill, needed[0]))) {
    const loops = [loop('n', g.batch), loop('c', g.channels), ...ranges.map((range, a) => loop(axisName('y', a, rank), range.length))]
    const from = ranges.reduce((sum, range, a) => sum + range.first * input.axes[a]!, input.offset)
    const bounds = ranges.flatMap((range, a) =>
      outside[a] ? [{ extent: g.axes[a]!.input, offset: range.first, strides: loops.map((_, l) => (l === a + 2 ? 1 : 0)) }] : [],
    )
    const operands = { to: operandOf(to), from: { ...operandOf(input), offset: from } }
    return [{ kind: 'move', loops, ...operands, bounds, outside: needed[0] ?? 'skip' }]
  }
  const segments = ranges.map((range, a) => segmentsOf(range, g.axes[a]!.input, g.boundary[a]!))
  return product(segments).map((choice) => segmentMove(g, input, to, choice))
}

const operandOf = (place: Place): Move['to'] => ({
  buffer: place.buffer,
  offset: place.offset,
  strides: [place.outer, place.channel, ...place.axes],
})

/** A run of a padded range: `length` samples from `at`, read at source, source + step, …; or a constant. */
interface Segment {
  readonly at: number
  readonly length: number
  readonly source: number
  readonly step: number
  readonly fill: number | undefined
}

function segmentsOf(range: Range, extent: number, boundary: Boundary): Segment[] {
  const found: Segment[] = []
  const read = (i: number): number => sourceIndex(range.first + i, extent, boundary)
  for (let at = 0; at < range.length; ) {
    const source = read(at)
    let length = 1
    if (source < 0) {
      while (at + length < range.length && read(at + length) < 0) length++
      found.push({ at, length, source, step: 0, fill: fillValue(boundary) })
    } else {
      const step = at + 1 < range.length && read(at + 1) >= 0 ? read(at + 1) - source : 0
      if (Math.abs(step) <= 1) while (at + length < range.length && read(at + length) === source + length * step) length++
      found.push({ at, length, source, step: length === 1 ? 0 : step, fill: undefined })
    }
    at += length
  }
  return found
}

function segmentMove(g: ConvGeometry, input: Place, to: Place, segments: readonly Segment[]): Move {
  const rank = segments.length
  const loops: Loop[] = [loop('n', g.batch), loop('c', g.channels), ...segments.map((s, a) => loop(axisName('y', a, rank), s.length))]
  const target = { ...operandOf(to), offset: segments.reduce((sum, s, a) => sum + s.at * to.axes[a]!, to.offset) }
  const fill = segments.find((s) => s.fill !== undefined)?.fill
  if (fill !== undefined) return move(loops, target, fill)
  return move(loops, target, {
    buffer: input.buffer,
    offset: segments.reduce((sum, s, a) => sum + s.source * input.axes[a]!, input.offset),
    strides: [input.outer, input.channel, ...segments.map((s, a) => s.step * input.axes[a]!)],
  })
}

export function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((sofar, list) => sofar.flatMap((chosen) => list.map((item) => [...chosen, item])), [[]])
}
