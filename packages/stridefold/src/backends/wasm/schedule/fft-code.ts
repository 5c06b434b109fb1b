/**
 * An Fft as the code generator sees it: which loop the vectors run along, and the predicted time.
 *
 *   lanes   vectors run along another loop, one cache line at a time; every factor is broadcast
 *           (columns of a tile)
 *   along   vectors run along the points; only the last pass, of radix 4, needs points inside one
 *           vector and transposes a square of them; its results are stored untransposed, so two
 *           digits of their order are swapped (rows, signals)
 *   single  one element at a time, if neither fits
 *
 * The order of a spectrum depends only on the number of points and their stride. `along` is
 * therefore always used if the points are neighbours and there are enough of them.
 */

import { iterations } from '../../../ndarray/loops.ts'
import type { Fft } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import { radicesOf, type TwiddleTable } from './fft-passes.ts'
import type { Registers } from './mapping.ts'

export type Mode = 'lanes' | 'along' | 'single'

export interface FftLoop {
  readonly extent: number
  /** Strides in bytes. */
  readonly re: number
  readonly im: number
}

/** A transform as the code generator sees it. */
export interface FftCode {
  readonly points: number
  readonly inverse: boolean
  readonly mode: Mode
  readonly reStep: number
  readonly imStep: number
  /** Extent of the loop that the lanes run along in mode `lanes`; 1 in the other modes. */
  readonly lane: number
  readonly outer: readonly FftLoop[]
  readonly element: Element
  readonly fused: boolean
  /** Bytes of a block that stays in the L1 cache during all its passes. */
  readonly cacheBytes: number
}

/** Neighbouring vectors that a pass processes together: one cache line of float32. */
export const chunkVectors = 4

/** Whether a block of this many points stays in the L1 cache during all its passes. */
export function staysInCache(code: FftCode, mode: Mode, points: number): boolean {
  const { element, cacheBytes } = code
  const elements = mode === 'lanes' ? chunkVectors * element.lanes : 1
  return points * 2 * element.bytes * elements <= cacheBytes
}

/** Number of points that are computed together, with their factors next to each other. */
export const widthOf = ({ mode, element }: FftCode): number =>
  mode === 'along' ? element.lanes : 1

/** The table of the twiddle factors of a transform. Transforms with equal tables share it. */
export const twiddleTable = (code: FftCode): TwiddleTable => ({
  points: code.points,
  width: widthOf(code),
})

/** The reason why transforms of this many points are not supported; undefined if they are. */
export const unsupportedPointsReason = (points: number): string | undefined =>
  radicesOf(points) === undefined
    ? `it has no code for transforms of ${points} points, which have a prime factor above 31`
    : undefined

export function fftCode(
  step: Fft,
  gridRank: number,
  element: Element,
  { fused, machine }: Registers,
): FftCode {
  const { points, re, im } = step
  const { bytes, lanes } = element
  const loops = step.loops
    .map(({ extent }, l) => ({
      extent,
      re: re.strides[gridRank + l]! * bytes,
      im: im.strides[gridRank + l]! * bytes,
    }))
    .filter(({ extent }) => extent > 1)
  const [reStep, imStep] = [re.strides.at(-1)! * bytes, im.strides.at(-1)! * bytes]
  const common = {
    ...{ points, inverse: step.direction === 'inverse', reStep, imStep, element, fused },
    cacheBytes: machine.l1Bytes / 2,
  }
  const square = lanes * 4
  if (reStep === bytes && imStep === bytes && points % square === 0 && points > 1)
    return { ...common, mode: 'along', lane: 1, outer: loops }
  const contiguous = loops.find(
    (loop) => loop.re === bytes && loop.im === bytes && loop.extent >= lanes,
  )
  if (contiguous === undefined) return { ...common, mode: 'single', lane: 1, outer: loops }
  return {
    ...common,
    mode: 'lanes',
    lane: contiguous.extent,
    outer: loops.filter((loop) => loop !== contiguous),
  }
}

/** Cycles of one butterfly on vectors: measured, with loads and stores. */
const butterflyCycles = (radix: number): number =>
  radix === 2 ? 5.5 : radix === 4 ? 11.5 : (2 * radix * radix + 4 * radix) / 3

/** Predicted time of one grid item, in cycles. */
export function fftCycles({ points, mode, lane, outer, element }: FftCode): number {
  const runs = iterations(outer)
  const wholeVectors = Math.floor(lane / element.lanes)
  const vectors =
    mode === 'along'
      ? 1 / element.lanes
      : mode === 'single'
        ? 1
        : wholeVectors + lane - wholeVectors * element.lanes
  const passes = radicesOf(points)!.reduce((sum, radix) => sum + butterflyCycles(radix) / radix, 0)
  return runs * (vectors * points * passes + 20)
}
