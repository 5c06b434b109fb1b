/**
 * Takes a part of one loop of a step, and cuts it into equal shares. The loop over the shares
 * becomes the last loop of the grid.
 *
 *   for y < 14              grid: for y share < 3          (a second part, from 12 on:
 *     to[y] = …       →       for y < 4                      for y < 2
 *                               to[4·share + y] = …            to[12 + y] = …)
 */

import type { Contraction, Elementwise, Loop, Move, Step } from './steps.ts'

/** A part of a loop: iterations [first, first + shares · size). */
export interface LoopPart {
  /** The index of the loop, among the results of a contraction or the loops of another step. */
  readonly loop: number
  readonly first: number
  readonly shares: number
  readonly size: number
}

/** A step that may be cut into shares. */
export type SharedStep = Move | Contraction | Elementwise

/** The loops of a step along which it may be cut. */
export const sharedLoops = (step: SharedStep): readonly Loop[] =>
  step.kind === 'contract' ? step.result : step.loops

/** The loop over the shares of a part. */
export const shareLoop = ({ name }: Loop, { shares }: LoopPart): Loop => ({
  name: `${name} share`,
  extent: shares,
})

/** The part of a step. The first `gridRank` strides of its operands are those of the grid. */
export function partOfStep(step: SharedStep, part: LoopPart, gridRank: number): SharedStep {
  const loops = sharedLoops(step).map((loop, index) =>
    index === part.loop ? { ...loop, extent: part.size, whole: loop.whole ?? loop.extent } : loop,
  )
  const shared = <A extends LinearAddress>(address: A): A => {
    const { offset, strides } = address
    const stride = strides[gridRank + part.loop]!
    const grid = [...strides.slice(0, gridRank), stride * part.size]
    const inside = strides.slice(gridRank)
    return { ...address, offset: offset + part.first * stride, strides: [...grid, ...inside] }
  }
  return step.kind === 'contract'
    ? { ...mapAddresses(step, shared), result: loops }
    : { ...mapAddresses(step, shared), loops }
}

/** The address of an operand, or the coordinate of a bound. */
interface LinearAddress {
  readonly offset: number
  readonly strides: readonly number[]
}

type AddressMap = <A extends LinearAddress>(address: A) => A

/** The step with other addresses. */
export function mapAddresses<S extends Step>(step: S, map: AddressMap): S
export function mapAddresses(step: Step, map: AddressMap): Step {
  switch (step.kind) {
    case 'move': {
      const { to, from, bounds } = step
      return {
        ...step,
        to: map(to),
        from: typeof from === 'number' ? from : map(from),
        bounds: bounds.map(map),
      }
    }
    case 'contract': {
      const { to, a, b, epilogue } = step
      const bias = epilogue?.bias
      return {
        ...step,
        ...{ to: map(to), a: map(a), b: map(b) },
        ...(epilogue && { epilogue: { ...epilogue, ...(bias && { bias: map(bias) }) } }),
      }
    }
    case 'fft':
      return { ...step, re: map(step.re), im: map(step.im) }
    case 'maximum':
      return { ...step, to: map(step.to), from: map(step.from) }
    case 'elementwise':
      return { ...step, to: map(step.to), from: step.from.map(map) }
  }
}
