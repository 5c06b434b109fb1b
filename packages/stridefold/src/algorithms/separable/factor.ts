/**
 * The passes of one factor: one, or several for a box, which is a product of shorter boxes.
 */

import type { BufferView } from '../../program/elements.ts'
import type { Region } from '../borders.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import { signedSums } from '../integers.ts'

/** One pass along an axis. Neighbouring taps are `spacing` positions apart. */
export interface Pass {
  readonly axis: number
  /** The weights as [sibling, tap]. */
  readonly weights: BufferView
  /** The sum of the positive weights, and of the magnitudes of the others. */
  readonly sums: readonly [positive: number, negative: number]
  readonly taps: number
  readonly spacing: number
}

/**
 * Returns the passes of one factor for the taps of one polyphase component, in the order of
 * execution.
 */
export function factorPasses(
  { builder, component }: ComponentContext,
  region: Region,
  factor: readonly number[],
  axis: number,
): Pass[] {
  const { taps, kernelStart, kernelStep, kernelNext, siblings, stride } = component[axis]!
  const inTapOrder = builder.g.flip ? factor.toReversed() : factor
  const values = Array.from(
    { length: siblings * taps },
    (_, i) =>
      inTapOrder[kernelStart + Math.floor(i / taps) * kernelNext + (i % taps) * kernelStep]!,
  )
  // Siblings share weights that are all equal.
  const pass = (weights: readonly number[], length: number, spacing: number): Pass => ({
    ...{ axis, taps: length, spacing, sums: signedSums(weights) },
    weights: {
      buffer: bufferOf(builder, weights),
      ...{ offset: 0, strides: [weights.length === length ? 0 : length, 1] },
    },
  })
  // Outputs that all read the same samples have no positions between them.
  const [start, end] = region.box[axis]!
  const hasPositions = stride === 1 && (region.axes[axis]!.stride > 0 || end - start === 1)
  const isBox = hasPositions && values.every((v) => v === values[0])
  const lengths = isBox ? boxPasses(taps) : [taps]
  if (lengths.length === 1) return [pass(values, taps, 1)]
  // Weights that make values smaller come first, weights that make them larger come last. So
  // intermediate sums overflow no earlier than the result.
  const weighted = Math.abs(values[0]!) <= 1 ? 0 : lengths.length - 1
  let spacing = 1
  return lengths.map((length, i) => {
    const weights = new Array<number>(length).fill(i === weighted ? values[0]! : 1)
    const boxPass = pass(weights, length, spacing)
    spacing *= length
    return boxPass
  })
}

/** Weights that are 1 for every kernel are no numbers of a kernel: nothing is multiplied. */
function bufferOf(builder: ProgramBuilder, weights: readonly number[]): string {
  const { whole } = builder
  if (whole === undefined) return builder.kernelConstant('factor', weights)
  return whole.areOnes
    ? builder.constant('ones', weights, 'int16')
    : builder.kernelConstant('factor', weights, 'int16')
}

/**
 * Splits a box, a factor with equal weights, into few passes. A box of p·q taps is a box of p taps,
 * then one of q taps that are p apart. A box of 2ᵏ taps is k boxes of two, combined two or three at
 * a time. Every pass has a fixed cost besides its taps: it reads and writes memory once.
 */
function boxPasses(taps: number): number[] {
  if (taps < minBoxTaps) return [taps]
  let best = { passes: [taps], cost: taps + passCost }
  for (let p = 2; p * p <= taps; p++) {
    for (const first of taps % p === 0 ? [p, taps / p] : []) {
      const otherPasses = boxPasses(taps / first)
      const cost = first + otherPasses.reduce((sum, n) => sum + n + passCost, passCost)
      if (cost < best.cost) best = { passes: [first, ...otherPasses], cost }
    }
  }
  return best.passes
}

/** The fixed cost of a pass, in taps. Boxes with fewer than `minBoxTaps` taps take one pass. */
const [passCost, minBoxTaps] = [4, 9]
