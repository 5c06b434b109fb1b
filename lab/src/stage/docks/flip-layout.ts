/**
 * The sizes of the flip view's parts, in CSS pixels: the turning kernel at the left, the products
 * of both ways beside it, the differences below them.
 */

import type { TextLengths } from './text-lengths.ts'

export interface FlipLayout {
  /** The width of the column with the kernel. */
  readonly left: number
  /** The height of the digits of the sums, if they fit into the width. */
  readonly sumType: number
  readonly sumWidth: number
  /** The side of the square in which the kernel turns, and a cell of the kernel. */
  readonly turn: number
  readonly weight: number
  readonly hasWeights: boolean
  /** A cell of the products. */
  readonly product: Cell
  readonly hasProducts: boolean
  /** A cell of the differences. */
  readonly difference: Cell
  readonly hasDifferences: boolean
}

export interface Cell {
  readonly width: number
  readonly height: number
  /** The height of the digits. */
  readonly type: number
}

export interface FlipSizes {
  readonly kernel: { readonly width: number; readonly height: number }
  readonly outputs: { readonly width: number; readonly height: number }
  /** The longest texts, in characters. */
  readonly lengths: TextLengths
}

const digitWidth = 6.9
const digitHeight = 13
/** The title of a card and its padding; the name above the differences. */
const cardExtra = 42
/** On large screens all parts grow with the height of the box, from this height on. */
const usualHeight = 224
const largest = 2
const gaps = 18
const sliderHeight = 44
/** The sum of a card: wide cards have larger digits. */
const wideSum = { width: 96, type: 28 }
const narrowSum = { width: 70, type: 19 }
const narrowCard = 200
/** The slider below the kernel needs this much. */
const leastLeft = 140
const columnGap = 22
/** The bar of a product and the space around its digits. */
const barWidth = 5
/** A product without digits is at most this wide. */
const bareWidth = 20
/** The sign of the sum, and the space around it. */
const sumExtra = 28
const between = (low: number, value: number, high: number): number =>
  Math.max(low, Math.min(high, value))

export function flipLayout(
  box: { readonly width: number; readonly height: number; readonly isPhone: boolean },
  { kernel, outputs, lengths }: FlipSizes,
): FlipLayout {
  const scale = box.isPhone ? 1 : between(1, box.height / usualHeight, largest)
  const turn = box.isPhone ? 150 : between(84, box.height - sliderHeight, 160 * scale)
  const weight = Math.min(40 * scale, turn / Math.hypot(kernel.width, kernel.height))
  const left = Math.max(turn, leastLeft)
  const room = box.isPhone ? box.width : box.width - left - columnGap
  const card = (room - 12) / 2 - 18
  const isNarrow =
    card < narrowCard ||
    (card - wideSum.width) / kernel.width < lengths.product * digitWidth + barWidth
  const { type: sumType, width: sumRoomUsual } = isNarrow && !box.isPhone ? narrowSum : wideSum
  const sumRoom = Math.max(sumRoomUsual * scale, Math.ceil(lengths.result * digitWidth + sumExtra))
  const productRoom = Math.floor((box.isPhone ? card : card - sumRoom) / kernel.width)
  const hasProductWidth = productRoom >= lengths.product * digitWidth + barWidth
  const productWidth = hasProductWidth ? productRoom : Math.min(productRoom, bareWidth * scale)
  const rows = box.isPhone ? 22 : (box.height - cardExtra - gaps) / (kernel.height + outputs.height)
  const height = Math.floor(between(7, rows, 24 * scale))
  const cellOf = (width: number, length: number): Cell => ({
    width,
    height,
    type: between(12, Math.min(height * 0.62, (width - 6) / (length * 0.575)), 16 * scale),
  })
  const product = cellOf(between(8, productWidth, 44 * scale), lengths.product)
  const differenceRoom = box.isPhone ? box.width - left - 16 : room - 172
  const differenceWidth = Math.floor(differenceRoom / outputs.width)
  const difference = cellOf(between(8, differenceWidth, 52 * scale), lengths.difference)
  const fits = (cell: Cell, length: number): boolean =>
    cell.height >= digitHeight && cell.width >= length * digitWidth + barWidth
  return {
    left,
    turn,
    sumType: sumType * scale,
    sumWidth: box.isPhone ? card - sumExtra + 8 : card - product.width * kernel.width - sumExtra,
    weight,
    hasWeights: weight >= Math.max(16, lengths.weight * digitWidth + 3),
    product,
    hasProducts: fits(product, lengths.product),
    difference,
    hasDifferences: fits(difference, lengths.difference),
  }
}
