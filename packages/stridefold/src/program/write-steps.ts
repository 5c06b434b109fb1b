/**
 * Writes a step like its formula: loops are values, and each operand is an element whose indices
 * contain loops.
 *
 *   y[n, f, q] = Σ_c Σ_t x[n, c, 2·q + t] · k[f, c, t]
 *
 *   contract(
 *     { over: [n, f, q], sum: [c, t] },
 *     { to: at(y, n, f, q), a: at(x, n, c, plus(times(2, q), t)), b: at(k, f, c, t) },
 *   )
 *
 * A program is plain data: an operand has one stride for each loop of the grid and of the step, in
 * this order (steps.ts). Only a stage knows its grid. So a written step is a function of the grid;
 * the stage that it joins calls it.
 */

import type { EpilogueActivation } from '../ndarray/activation.ts'
import { type Element, factorsOf, type Index, type LinearIndex, plus, rangeOf } from './elements.ts'
import type { Formula } from './formula.ts'
import type {
  BoundsCheck,
  Contraction,
  Elementwise,
  Epilogue,
  Fft,
  IntegerSums,
  Loop,
  Maximum,
  Move,
  Operand,
  Step,
  SumOrder,
} from './steps.ts'

export type Written<S extends Step = Step> = (grid: readonly Loop[]) => S

/** An index that must stay in [0, extent). */
export interface Bound {
  readonly index: Index
  readonly extent: number
}

/** The bound of an index; none if the index never leaves [0, extent). */
export function boundOf(index: LinearIndex, extent: number): Bound[] {
  const [lowest, highest] = rangeOf(index)
  return lowest >= 0 && highest < extent ? [] : [{ index, extent }]
}

/** See `Epilogue` in steps.ts. */
export interface WrittenEpilogue {
  readonly unit?: number
  readonly bias?: Element
  readonly offset?: number
  readonly activation?: EpilogueActivation
}

/** See `Move` in steps.ts. */
export function move(
  { over }: { readonly over: readonly Loop[] },
  step: {
    readonly to: Element
    readonly from: Element | number
    /** Default: none. */
    readonly bounds?: readonly Bound[]
    /** Default: 'skip'. */
    readonly outside?: number | 'skip'
  },
): Written<Move> {
  const { to, from, bounds = [], outside = 'skip' } = step
  return (grid) => {
    const loops = [...grid, ...over]
    return {
      kind: 'move',
      loops: over,
      to: operandOf(to, loops),
      from: typeof from === 'number' ? from : operandOf(from, loops),
      bounds: bounds.map((bound) => boundsCheckOf(bound, loops)),
      outside,
    }
  }
}

/** See `Contraction` in steps.ts. `over` are the loops of the result. */
export function contract(
  { over, sum = [] }: { readonly over: readonly Loop[]; readonly sum?: readonly Loop[] },
  step: {
    readonly to: Element
    readonly a: Element
    readonly b: Element
    /** Default: 'zero'. */
    readonly start?: Contraction['start']
    /** Default: sums in the compute type. */
    readonly integer?: IntegerSums | undefined
    readonly epilogue?: WrittenEpilogue | undefined
    readonly tile?: Contraction['tile']
    readonly sumName?: string
    /** Default: the backend chooses. */
    readonly order?: SumOrder
  },
): Written<Contraction> {
  const { to, a, b, start = 'zero', integer, epilogue, tile, sumName, order } = step
  return (grid) => {
    const result = [...grid, ...over]
    const all = [...result, ...sum]
    return {
      kind: 'contract',
      result: over,
      sum,
      to: operandOf(to, result),
      a: operandOf(a, all),
      b: operandOf(b, all),
      start,
      ...(integer === undefined ? {} : { integer: { type: integer.type, scale: integer.scale } }),
      ...(epilogue === undefined ? {} : { epilogue: epilogueOf(epilogue, result) }),
      ...(tile === undefined ? {} : { tile }),
      ...(sumName === undefined ? {} : { sumName }),
      ...(order === undefined ? {} : { order }),
    }
  }
}

/** See `Fft` in steps.ts. `points` is the loop over the points of one transform. */
export function fourier(
  { over, points }: { readonly over: readonly Loop[]; readonly points: Loop },
  { re, im, direction }: { readonly re: Element; readonly im: Element } & Pick<Fft, 'direction'>,
): Written<Fft> {
  return (grid) => {
    const all = [...grid, ...over, points]
    return {
      kind: 'fft',
      loops: over,
      points: points.extent,
      re: operandOf(re, all),
      im: operandOf(im, all),
      direction,
    }
  }
}

/** See `Maximum` in steps.ts. `over` are the loops of the result. */
export function maximum(
  { over, window }: { readonly over: readonly Loop[]; readonly window: readonly Loop[] },
  { to, from }: { readonly to: Element; readonly from: Element },
): Written<Maximum> {
  return (grid) => {
    const result = [...grid, ...over]
    return {
      kind: 'maximum',
      result: over,
      window,
      to: operandOf(to, result),
      from: operandOf(from, [...result, ...window]),
    }
  }
}

/** See `Elementwise` in steps.ts. */
export function elementwise(
  { over }: { readonly over: readonly Loop[] },
  step: { readonly to: Element; readonly from: readonly Element[]; readonly formula: Formula },
): Written<Elementwise> {
  const { to, from, formula } = step
  return (grid) => {
    const loops = [...grid, ...over]
    return {
      kind: 'elementwise',
      loops: over,
      to: operandOf(to, loops),
      from: from.map((element) => operandOf(element, loops)),
      formula,
    }
  }
}

const operandOf = (element: Element, loops: readonly Loop[]): Operand => ({
  buffer: element.buffer,
  offset: element.offset,
  strides: factorsOf(element, loops),
})

function boundsCheckOf({ index, extent }: Bound, loops: readonly Loop[]): BoundsCheck {
  const linear = plus(index)
  return { extent, offset: linear.offset, strides: factorsOf(linear, loops) }
}

const epilogueOf = ({ bias, ...rest }: WrittenEpilogue, loops: readonly Loop[]): Epilogue => ({
  ...(bias === undefined ? {} : { bias: operandOf(bias, loops) }),
  ...rest,
})
