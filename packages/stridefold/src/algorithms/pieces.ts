/**
 * The pieces of which one axis of a padded copy consists, and what windows read there.
 */

import type { ComponentAxis } from './polyphase.ts'

/** A loop over samples of the copy: its stride in the copy, and its stride in the source. */
export interface PieceLoop {
  readonly extent: number
  readonly to: number
  readonly from: number
}

/**
 * Samples of the copy from `at` on. They are read from `source` on, in the input or in the copy.
 */
export interface Piece {
  readonly loops: readonly PieceLoop[]
  readonly at: number
  readonly source: number
  /**
   * Only samples with a coordinate in [0, extent) are copied. The coordinate is `offset` plus one
   * step per loop.
   */
  readonly bound?: PieceBound
}

export interface PieceBound {
  readonly extent: number
  readonly offset: number
  readonly steps: readonly number[]
}

/** A piece that is made from the copy itself, or filled with one number. */
export interface Filling extends Piece {
  readonly fill?: number
}

/** The pieces of an axis. */
export interface AxisPieces {
  readonly isTooFar?: boolean
  readonly pieces: readonly Piece[]
  readonly fillings: readonly Filling[]
}

/** Returns one piece of `extent` samples in a row from `at` on; none if `extent` is 0. */
export function run(at: number, extent: number, source: number, from: number): Piece[] {
  return extent > 0 ? [{ loops: [{ extent, to: 1, from }], at, source }] : []
}

/** What windows read along one axis: tap u of output q reads first + q·stride + u·dilation. */
export interface Reads {
  readonly input: number
  readonly outputs: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly first: number
}

/**
 * What the outputs [start, end) of an axis read. A step that no pair of outputs or taps takes is 0.
 */
export function readsOf(axis: ComponentAxis, [start, end]: readonly [number, number]): Reads {
  const { input, taps } = axis
  const outputs = taps === 0 ? 0 : end - start
  return {
    ...{ input, outputs, taps: outputs === 0 ? 0 : taps, first: start * axis.stride - axis.before },
    ...{ stride: outputs > 1 ? axis.stride : 0, dilation: taps > 1 ? axis.dilation : 0 },
  }
}

/** The number of samples from the first to the last one that windows read. */
export const spanOf = ({ outputs, taps, stride, dilation }: Reads): number =>
  outputs === 0 ? 0 : (outputs - 1) * stride + (taps - 1) * dilation + 1

/** Coordinates of this magnitude or more do not fit in 32 bits. */
export const maxCoordinate: number = 2 ** 30
