/**
 * A contraction as the code generator sees it: as few loops as possible, each with the stride of
 * every operand.
 *
 * Loops of extent 1 are removed. Two neighbouring loops become one if every operand runs through
 * them with one stride. Sum loops are sorted by the stride of the moving operand, largest first,
 * unless the step has an order. So the order of summation depends on the step alone, never on a
 * tile or a thread.
 */

import { isEmpty, iterations, mergeLoops } from '../../../ndarray/loops.ts'
import { nominalMachine } from '../../../program/machine.ts'
import type { Contraction, SumPart } from '../../../program/steps.ts'
import { splitSum } from '../../../program/sum-order.ts'

/** One loop, with strides in elements. `c` and `bias` are 0 for sum loops. */
export interface NestLoop {
  readonly extent: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly bias: number
  /**
   * The loops of the step that were merged into this one, outermost first, as indices into
   * [...result, ...sum].
   */
  readonly parts: readonly number[]
}

export interface Nest {
  readonly result: readonly NestLoop[]
  readonly sum: readonly NestLoop[]
  /**
   * A loop over parts of the sum, outside all other loops except the lanes. Undefined if the sum is
   * not split.
   */
  readonly block: NestLoop | undefined
  /** True if the order of the sum loops is given. */
  readonly isOrdered: boolean
}

/**
 * The nest of a contraction.
 * - `free`: an operand whose strides may be ignored when sum loops are merged, because it will be
 *   packed in the order of the nest.
 * - `keepLinesSeparate`: if true, loops over results are not merged.
 */
export function nestOf(
  contraction: Contraction,
  gridRank: number,
  free?: 'a' | 'b',
  keepLinesSeparate = false,
): Nest {
  const { order } = contraction
  const part = order === undefined && free === undefined ? undefined : partOf(contraction)
  const step = splitSum(contraction, part, gridRank)
  const loops = [...step.result, ...step.sum]
  const allLoops = loops.map((loop, index): NestLoop => {
    const isResult = index < step.result.length
    return {
      extent: loop.extent,
      a: step.a.strides[gridRank + index]!,
      b: step.b.strides[gridRank + index]!,
      c: isResult ? step.to.strides[gridRank + index]! : 0,
      bias: isResult ? (step.epilogue?.bias?.strides[gridRank + index] ?? 0) : 0,
      parts: [index],
    }
  })
  const result = allLoops.slice(0, step.result.length).filter((loop) => loop.extent !== 1)
  // A sum over nothing has no loops. Its result is its start value; `ContractionCode.empty` marks
  // this case.
  const isBlocked = part !== undefined
  const sums = allLoops.slice(step.result.length + (isBlocked ? 1 : 0))
  const inOrder = order === undefined ? sums : order.loops.map((index) => sums[index]!)
  const sum = isEmptySum(step) ? [] : inOrder.filter((loop) => loop.extent !== 1)
  const moving = free === 'a' ? 'b' : 'a'
  const byMovingStride = (x: NestLoop, y: NestLoop): number =>
    Math.abs(y[moving]) - Math.abs(x[moving])
  const results = result.toSorted((x, y) => Math.abs(y.c) - Math.abs(x.c))
  return {
    result: keepLinesSeparate ? results : merged(results, ['a', 'b', 'c', 'bias']),
    sum: merged(
      order === undefined ? sum.toSorted(byMovingStride) : sum,
      free === undefined ? ['a', 'b'] : [moving],
    ),
    block: isBlocked ? allLoops[step.result.length]! : undefined,
    isOrdered: order !== undefined,
  }
}

/**
 * Products per part of a sum: 64 bytes of packed weights and inputs each fill five sixths of the L1
 * cache. The parts decide the order of a sum, so they are the same on every machine.
 */
const blockProducts = (nominalMachine.l1Bytes * 5) / 6 / 64

/**
 * Into which parts is a sum split? A long one is, so that a panel of packed weights stays in the L1
 * cache for all rows. Undefined if the sum is short, or if its longest loop has no suitable
 * divisor. The order of the contraction decides, if it has one.
 */
export function partOf({ sum, order, integer }: Contraction): SumPart | undefined {
  if (order !== undefined) return order.part
  // The parts are added up in the target, which need not have the type of integer sums.
  if (integer !== undefined) return undefined
  const extents = sum.map((loop) => loop.extent)
  const products = iterations(sum)
  if (products <= (blockProducts * 3) / 2) return undefined
  const longest = Math.max(...extents)
  const maxSize = Math.floor((blockProducts * longest) / products)
  const size = Array.from({ length: maxSize }, (_, i) => maxSize - i).find((d) => longest % d === 0)
  if (size === undefined || size < 8) return undefined
  return { loop: extents.indexOf(longest), size }
}

export const isEmptySum = (step: Contraction): boolean => isEmpty(step.sum)

/**
 * Merges neighbouring loops where each listed operand moves through both as one loop. Strides of
 * other operands are those of the innermost part.
 */
function merged(
  loops: readonly NestLoop[],
  operands: readonly ('a' | 'b' | 'c' | 'bias')[],
): NestLoop[] {
  if (loops.length < 2) return [...loops]
  const views = loops.map((loop) => ({
    extent: loop.extent,
    strides: operands.map((operand) => loop[operand]),
    loop,
  }))
  const fewer = mergeLoops(views, (outer, inner) => {
    const [extent, parts] = [
      outer.extent * inner.extent,
      [...outer.loop.parts, ...inner.loop.parts],
    ]
    return { extent, strides: inner.strides, loop: { ...inner.loop, extent, parts } }
  })
  return fewer.map(({ loop }) => loop)
}
