/**
 * How large is a box of a problem that is cut (cut.ts)? A box should fit in a cache, but its
 * windows overlap those of its neighbours, and each box of a layer reads all weights.
 */

import type { Algorithm, Cuts, TileForms } from '../algorithms/algorithm.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { Problem } from '../problem/problem.ts'
import type { Machine } from '../program/machine.ts'
import { fromInside, stridesOf } from './box-layout.ts'

/** Batch items, and outputs along each spatial axis, of a box. */
export interface BoxSize {
  readonly batch: number
  readonly outputs: readonly number[]
}

/** How large boxes are. */
export interface BoxSizes {
  /** The usual bytes of a box: of the samples of a single channel, of samples and results else. */
  readonly target: number
  /** The most bytes of a box that is cut along one axis only: further axes are cut above. */
  readonly most: number
  /** Problems with fewer bytes of samples and results are not cut. */
  readonly smallest: number
  /** The outputs of a box along an axis, per sample that its windows overlap. */
  readonly perOverlap: number
}

/**
 * The sizes of boxes, to be tried in this order until one fits the memory limit. Single channels
 * have few products, so their copies count: a box with all its intermediate results fits in the L2
 * cache. In layers each box reads all weights, and its channels lie far apart.
 */
export function sizesFor(
  { geometry: g, options: { memoryLimit } }: Problem,
  { l2Bytes, l3Bytes }: Machine,
): BoxSizes[] {
  const [usual, smallest, perOverlap] = isPlane(g)
    ? [l2Bytes / 8, l2Bytes / 2, 2]
    : [2 * l2Bytes, 8 * l2Bytes, 8]
  const target = Math.min(usual, memoryLimit / 6)
  const best = { target, most: Math.min(2 * l3Bytes, memoryLimit / 2), smallest, perOverlap }
  if (memoryLimit === Infinity) return [best]
  return [best, ...[1, 4, 16, 64].map((n) => tight(target / n))]
}

/** With little memory, boxes may be slow. */
const tight = (target: number): BoxSizes => ({
  ...{ target, most: target, smallest: 2 ** 16, perOverlap: 0 },
})

const isPlane = ({ channels, filters }: ConvGeometry): boolean => channels === 1 && filters === 1

/**
 * How many batch items and outputs a box has. Axes are cut in the order in which they lie in
 * memory, until a box is small enough.
 */
export function sizeOfBoxes(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  algorithm: Algorithm,
  { quantum }: Cuts,
  tiles: TileForms,
  { target, most, perOverlap }: BoxSizes,
): BoxSize {
  const { input, output } = descriptors
  const bytesOfSamples = algorithm.sumsIntegers?.(g, descriptors)
    ? bytesPerElement(input)
    : dtypes[g.dtype].bytes
  let batch = g.batch
  const outputs = g.axes.map((axis) => axis.output)
  const bytes = (): number => bytesOfBox(g, { input, output }, { batch, outputs }, bytesOfSamples)
  const order = fromInside(stridesOf(input)).toReversed()
  const outermost = order.find((a) => a >= 2)
  for (const a of order) {
    if (a === 1) continue
    const fits = target / bytes()
    // A box that is too large is better than a second axis whose windows overlap.
    const isCut = outputs.some((n, b) => n < g.axes[b]!.output)
    if (bytes() <= (isCut ? most : target)) break
    if (a === 0) {
      const items = Math.max(1, Math.floor(batch * fits))
      batch = Math.min(batch, Math.ceil(evenPart(batch, items) / quantum.batch) * quantum.batch)
      continue
    }
    const axis = g.axes[a - 2]!
    const multiple = quantum.outputs[a - 2]!
    if (!Number.isFinite(multiple)) continue
    const block = algorithm.blockOutputs?.(g, a - 2, tiles)
    const parts = a === outermost ? perOverlap : Math.max(perOverlap, inwardPerOverlap)
    const least = Math.ceil((parts * kernelOverlap(axis) + 1) / axis.stride)
    const wanted = Math.floor(axis.output * fits)
    const size =
      block === undefined
        ? Math.max(least, wanted, 1)
        : block * Math.max(1, Math.round(wanted / block))
    const whole = Math.ceil(size / multiple) * multiple
    if (whole * 2 <= axis.output) outputs[a - 2] = whole
  }
  return { batch, outputs }
}

/** The bytes of a box that count: of its samples, and in layers of its results. */
export function bytesOfBox(
  g: ConvGeometry,
  { input, output }: Pick<OperandDescriptors, 'input' | 'output'>,
  { batch, outputs }: BoxSize,
  bytesOfSamples: number = dtypes[g.dtype].bytes,
): number {
  const samples = g.axes.reduce(
    (n, { input: all, output: outputsOfAll }, a) => n * all * (outputs[a]! / outputsOfAll),
    batch * g.channels,
  )
  const results = outputs.reduce((n, extent) => n * extent, batch * g.filters)
  return isPlane(g)
    ? samples * bytesOfSamples
    : samples * bytesPerElement(input) + results * bytesPerElement(output)
}

/** As `perOverlap`, for axes further inside: their windows are copied in short pieces. */
const inwardPerOverlap = 8

/** At most `items` items: as many as make equal parts, if that are not much fewer. */
function evenPart(extent: number, items: number): number {
  for (let n = items; n * 2 > items; n--) if (extent % n === 0) return n
  return items
}

export const bytesPerElement = ({ dtype }: OperandLayout): number => dtypes[dtype].bytes
