/**
 * An Fft as the code generator sees it: along what vectors lie, and what it will cost.
 *
 *   lanes   vectors lie along another loop, a cache line at a time: every factor is broadcast       (columns of a tile)
 *   along   vectors lie along the points themselves; only the last pass, of radix 4, meets points inside one vector and turns a square of
 *           them round. Its results are stored as they come, so that two digits of their order change places    (rows, signals)
 *   single  one element at a time: whatever fits neither
 *
 * The order of a spectrum depends on points and on their stride alone: `along` is taken wherever
 * points are neighbours and there are enough.
 */

import type { Fft } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import { twiddleFactors, radicesOf } from './fft-passes.ts'

export type Mode = 'lanes' | 'along' | 'single'

export interface FftLoop {
  readonly extent: number
  /** Steps in bytes. */
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
  /** What the lanes of mode `lanes` lie along; one round in the others. */
  readonly lane: number
  readonly outer: readonly FftLoop[]
  readonly element: Element
  readonly fused: boolean
}

/** Points that are done together, with their factors side by side. */
export const widthOf = ({ mode, element }: FftCode): number =>
  mode === 'along' ? element.lanes : 1

/** The table of factors of a transform: transforms with one key share it. */
export const twiddleTable = (code: FftCode): { key: string; values: () => number[] } => ({
  key: `${code.points}/${widthOf(code)}`,
  values: () => twiddleFactors(code.points, widthOf(code)),
})

/** Why there is no code for transforms of so many points; undefined where there is. */
export const refusePoints = (points: number): string | undefined =>
  radicesOf(points) === undefined
    ? `it has no code for transforms of ${points} points, which have a prime factor above 31`
    : undefined

export function fftCode(step: Fft, gridRank: number, element: Element, fused: boolean): FftCode {
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
  const common = { points, inverse: step.direction === 'inverse', reStep, imStep, element, fused }
  const square = lanes * 4
  if (reStep === bytes && imStep === bytes && points % square === 0 && points > 1)
    return { ...common, mode: 'along', lane: 1, outer: loops }
  const dense = loops.find((loop) => loop.re === bytes && loop.im === bytes && loop.extent >= lanes)
  if (dense === undefined) return { ...common, mode: 'single', lane: 1, outer: loops }
  return {
    ...common,
    mode: 'lanes',
    lane: dense.extent,
    outer: loops.filter((loop) => loop !== dense),
  }
}

/** Cycles of one butterfly on vectors: measured, loads and stores included. */
const butterflyCycles = (radix: number): number =>
  radix === 2 ? 5.5 : radix === 4 ? 11.5 : (2 * radix * radix + 4 * radix) / 3

/** Predicted time of one grid item. */
export function fftCycles({ points, mode, lane, outer, element }: FftCode): number {
  const rounds = outer.reduce((n, loop) => n * loop.extent, 1)
  const whole = Math.floor(lane / element.lanes)
  const vectors =
    mode === 'along'
      ? 1 / element.lanes
      : mode === 'single'
        ? 1
        : whole + lane - whole * element.lanes
  const passes = radicesOf(points)!.reduce((sum, radix) => sum + butterflyCycles(radix) / radix, 0)
  return rounds * (vectors * points * passes + 20)
}
