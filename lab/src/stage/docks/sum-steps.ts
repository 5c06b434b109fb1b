/**
 * One output as a sum of products, in an order of summation: the running sum after each product,
 * the same sum in float32, and the axis on which the sums are drawn.
 */

import type { Product, StageModel } from '../stage-model.ts'
import { type Decimal, decimalOf, dividedBy, plus, times } from './decimal.ts'

/** Row by row as in the window, or by the size of the products. */
export const orders = ['rows', 'largest', 'smallest'] as const
export type Order = (typeof orders)[number]

export function inOrder(products: readonly Product[], order: Order): readonly Product[] {
  if (order === 'rows') return products
  const sign = order === 'largest' ? -1 : 1
  return products.toSorted((a, b) => sign * (Math.abs(a.product) - Math.abs(b.product)))
}

/** The sum after each product. */
export function runningSums(products: readonly Product[]): readonly number[] {
  let sum: Decimal | undefined = { digits: 0n, places: 0 }
  let rounded = 0
  return products.map(({ value, weight, product }) => {
    sum = sum && added(sum, value, weight)
    rounded += product
    return sum ? numberOf(sum) : rounded
  })
}

/** The exact sum; undefined if a number is not finite. */
export function exactSum(products: readonly Product[]): Decimal | undefined {
  let sum: Decimal | undefined = { digits: 0n, places: 0 }
  for (const { value, weight } of products) sum = sum && added(sum, value, weight)
  return sum
}

function added(sum: Decimal, value: number, weight: number): Decimal | undefined {
  const [a, b] = [decimalOf(value), decimalOf(weight)]
  return a && b ? plus(sum, times(a, b)) : undefined
}

const numberOf = ({ digits, places }: Decimal): number => Number(`${digits}e-${places}`)

/** The exact output; undefined if it is not finite, or has no end as a decimal number. */
export function exactOutput(
  products: readonly Product[],
  { divisor, bias }: Pick<StageModel, 'divisor' | 'bias'>,
): Decimal | undefined {
  const [sum, below, more] = [exactSum(products), decimalOf(divisor), decimalOf(bias)]
  const quotient = sum && below && dividedBy(sum, below)
  return quotient && more && plus(quotient, more)
}

/** The sum in the given order with every number, product and sum rounded to float32. */
export const float32Sum = (products: readonly Product[]): number =>
  products.reduce(
    (sum, { value, weight }) =>
      Math.fround(sum + Math.fround(Math.fround(value) * Math.fround(weight))),
    0,
  )

/** The sums that the drawing can show. 0 is among them. */
export interface Axis {
  readonly low: number
  readonly high: number
}

/**
 * The sums that a kernel can have with any samples of the input: its negative products alone, and
 * its positive products alone.
 */
export function wholeAxis({ kernel, padded }: Pick<StageModel, 'kernel' | 'padded'>): Axis {
  let [least, most] = [0, 0]
  for (let i = 0; i < padded.data.length; i++) {
    least = Math.min(least, padded.data[i]!)
    most = Math.max(most, padded.data[i]!)
  }
  let [low, high] = [0, 0]
  for (let tap = 0; tap < kernel.data.length; tap++) {
    const ends = [kernel.data[tap]! * least, kernel.data[tap]! * most]
    low += Math.min(...ends)
    high += Math.max(...ends)
  }
  return { low, high }
}

/** The first digits of the ends of the axis. */
const axisSteps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/**
 * The axis for the products of one output, in every order: from the sum of the negative products to
 * the sum of the positive ones, both rounded away from 0. So the axis changes in few steps while
 * the window moves.
 */
export function axisFor(products: readonly Product[]): Axis {
  let [below, above] = [0, 0]
  for (const { product } of products) {
    below += Math.max(0, -product)
    above += Math.max(0, product)
  }
  const [low, high] = [0 - roundedUp(below), roundedUp(above)]
  return low === high ? { low: 0, high: 1 } : { low, high }
}

function roundedUp(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0
  const unit = 10 ** Math.floor(Math.log10(value))
  const step = axisSteps.find((digits) => digits * unit >= value * (1 - 1e-9)) ?? 10
  return Number((step * unit).toPrecision(2))
}
