/**
 * In which order do the contractions of a program add their terms?
 *
 * A backend chooses the order of each sum for speed. Two contractions that compute the same kind of
 * sums, such as those of the interior of an image and of its border, must agree: otherwise an
 * output would change its last bits with the place where the image is cut. They have the same
 * `sumName`, and the one with the most products decides.
 */

import { iterations } from '../ndarray/loops.ts'
import type { Program, Stage } from './program.ts'
import { isShare, wholeOf } from './share.ts'
import type { Contraction, Operand, Step, SumOrder, SumPart } from './steps.ts'

/** The orders of a program's sums, by their keys (`sumKey`). */
export type SumOrders = Readonly<Record<string, SumOrder>>

/** Chooses the order of a contraction. Undefined if its code has only one. */
export type OrderChooser = (step: Contraction, stage: Stage) => SumOrder | undefined

/** Sums with equal keys have equal orders. Undefined for sums without a name. */
export const sumKey = ({ sumName, sum }: Contraction): string | undefined =>
  sumName === undefined ? undefined : `${sumName} ${sum.map(({ extent }) => extent).join('x')}`

/**
 * The order of each kind of sum: that of the contraction with the most products, as it was before
 * it was cut into shares.
 */
export function sumOrdersOf(program: Program, choose: OrderChooser): SumOrders {
  const orders: Record<string, SumOrder> = {}
  for (const [key, { step, stage }] of largestSums(program)) {
    const order = step.order ?? choose(step, stage)
    if (order !== undefined) orders[key] = order
  }
  return orders
}

/**
 * The program with one order for each kind of sum. Returns the program itself if no two of its
 * contractions are of one kind. Shares of one contraction count as one: their order is that of the
 * whole.
 */
export function withOneOrder(program: Program, choose: OrderChooser): Program {
  const first = new Map<string, PlacedSum>()
  for (const sum of allSums(program)) {
    const key = sumKey(sum.step)
    if (key === undefined) continue
    const other = first.get(key)
    if (other === undefined) first.set(key, sum)
    else if (!areSharesOfOne(sum, other)) return withOrders(program, sumOrdersOf(program, choose))
  }
  return program
}

const areSharesOfOne = (x: PlacedSum, y: PlacedSum): boolean =>
  isShare(x.step) && isShare(y.step) && wholeKey(x) === wholeKey(y)

/** Equal for all shares of a contraction. */
function wholeKey({ step: share, stage }: PlacedSum): string {
  const { result, to, a, b } = wholeOf(share, stage).step
  return JSON.stringify([result, to.strides, a.strides, b.strides])
}

/** The program with these orders. */
export function withOrders(program: Program, orders: SumOrders): Program {
  const ordered = (step: Step): Step => {
    const key = step.kind === 'contract' && step.order === undefined ? sumKey(step) : undefined
    const order = key === undefined ? undefined : orders[key]
    return order === undefined ? step : ({ ...step, order } as Contraction)
  }
  return {
    ...program,
    stages: program.stages.map((stage) => ({ ...stage, steps: stage.steps.map(ordered) })),
  }
}

interface PlacedSum {
  readonly step: Contraction
  readonly stage: Stage
}

const allSums = (program: Program): PlacedSum[] =>
  program.stages.flatMap((stage) =>
    stage.steps.flatMap((step) => (step.kind === 'contract' ? { step, stage } : [])),
  )

/** Of each kind of sum the contraction with the most products. */
function largestSums(program: Program): Map<string, PlacedSum> {
  const largest = new Map<string, PlacedSum>()
  for (const sum of allSums(program)) {
    const key = sumKey(sum.step)
    if (key === undefined || products(sum) === 0) continue
    const known = largest.get(key)
    if (known === undefined || products(sum) > products(known)) largest.set(key, sum)
  }
  return largest
}

/** Of a share: the products of the whole. Its grid has only shares. */
function products({ step, stage }: PlacedSum): number {
  const terms = iterations(step.sum)
  if (!isShare(step)) return iterations(stage.grid) * iterations(step.result) * terms
  return step.result.reduce((n, { extent, whole }) => n * (whole ?? extent), terms)
}

/** Splits one loop of the sum in two. The outer one becomes the first of all sum loops. */
export function splitSum(
  step: Contraction,
  part: SumPart | undefined,
  gridRank: number,
): Contraction {
  if (part === undefined) return step
  const { loop: partLoop, size } = part
  const index = gridRank + step.result.length
  const splitStrides = (operand: Operand): Operand => {
    const { strides } = operand
    return {
      ...operand,
      strides: [
        ...strides.slice(0, index),
        strides[index + partLoop]! * size,
        ...strides.slice(index),
      ],
    }
  }
  const inside = step.sum.map((loop, i) => (i === partLoop ? { ...loop, extent: size } : loop))
  return {
    ...step,
    sum: [{ name: 'part', extent: step.sum[partLoop]!.extent / size }, ...inside],
    a: splitStrides(step.a),
    b: splitStrides(step.b),
  }
}
