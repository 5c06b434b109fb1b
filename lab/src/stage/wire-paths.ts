/**
 * The paths of the lines on a stage, except those of a docked view: from the boxes of the parts to
 * paths with colours and widths.
 */

import { colours } from './colours.ts'
import { layout } from './layout.ts'
import { added, products } from './stage.ts'

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export const middleX = ({ left, right }: Box): number => (left + right) / 2
export const middleY = ({ top, bottom }: Box): number => (top + bottom) / 2

/** A path with its colour and its width; `hasCasing` draws it over a lighter one. */
export interface Wire {
  readonly path: string
  readonly colour: string
  readonly width: number
  readonly hasCasing?: boolean
  readonly isFilled?: boolean
  readonly opacity?: number
}

export interface Ends {
  readonly frame: Box
  readonly window: Box
  readonly product: Box
  readonly marker: Box
  readonly mark: Box
  readonly value: Box
  readonly sumTop: number
}

const lineWidth = (): number => (layout.peek().isPresenting ? 3 : 2)

export function cone({ frame, window }: Ends): Wire[] {
  const colour = colours.peek().in
  const isClose = frame.right - frame.left > 100
  const edge = { colour, width: isClose ? 1 : lineWidth() - 0.5, hasCasing: !isClose }
  return [
    {
      path:
        `M${frame.right} ${frame.top}L${window.left} ${window.top}` +
        `V${window.bottom}L${frame.right} ${frame.bottom}z`,
      colour,
      width: 0,
      isFilled: true,
      opacity: isClose ? 0.07 : 0.13,
    },
    { path: `M${frame.right} ${frame.top}L${window.left} ${window.top - 1}`, ...edge },
    { path: `M${frame.right} ${frame.bottom}L${window.left} ${window.bottom + 1}`, ...edge },
  ]
}

export function phoneCone({ frame, window }: Ends): Wire[] {
  const colour = colours.peek().in
  return [
    {
      path:
        `M${frame.left} ${frame.bottom}L${window.left} ${window.top}` +
        `H${window.right}L${frame.right} ${frame.bottom}z`,
      colour,
      width: 0,
      isFilled: true,
      opacity: 0.16,
    },
    {
      path: `M${frame.left} ${frame.bottom}L${window.left} ${window.top}`,
      colour,
      width: 1.5,
      hasCasing: true,
    },
    {
      path: `M${frame.right} ${frame.bottom}L${window.right} ${window.top}`,
      colour,
      width: 1.5,
      hasCasing: true,
    },
  ]
}

const arrowDown = (x: number, y: number): string =>
  `M${x - 5} ${y - 9}L${x} ${y - 2}L${x + 5} ${y - 9}z`

/** The heights of the line to the sum, and where it runs from and to. */
interface SumLine {
  readonly start: number
  readonly bracket: number
  readonly line: number
  readonly from: number
  readonly to: number
}

export function sumLine({ product, value }: Ends): SumLine {
  const large = layout.peek().isPresenting
  const start = product.bottom + (large ? 10 : 7)
  const bracket = start + (large ? 10 : 7)
  const line = bracket + (large ? 26 : 14)
  return { start, bracket, line, from: middleX(product), to: value.left + (large ? 60 : 34) }
}

/** From the products down to the sum: a bracket, a line with a label, an arrow. */
export function fullSum(ends: Ends): Wire[] {
  const { product, value, sumTop } = ends
  const { start, bracket, line, from, to } = sumLine(ends)
  const colour = colours.peek().pro
  const end = Math.min(value.top, sumTop) - 2
  const r = 8
  return [
    {
      path:
        `M${product.left} ${start}V${bracket}H${product.right}V${start}` +
        `M${from} ${bracket}V${line - r}Q${from} ${line} ${from - r} ${line}` +
        `H${to + r}Q${to} ${line} ${to} ${line + r}V${end - 8}`,
      colour,
      width: lineWidth() - 0.5,
    },
    { path: arrowDown(to, end), colour, width: 0, isFilled: true },
  ]
}

export function dockedSum({ product, marker }: Ends): Wire[] {
  const colour = colours.peek().pro
  const [x, y] = [product.right + 6, middleY(product)]
  const to = marker.left - 20
  return [
    {
      path: `M${x} ${product.top}H${x + 5}V${product.bottom}H${x}M${x + 5} ${y}H${to}`,
      colour,
      width: 1.5,
    },
    { path: `M${to - 2} ${y - 4}v8l7 -4z`, colour, width: 0, isFilled: true },
  ]
}

export function phoneSum({ product, value, sumTop }: Ends, isDocked: boolean): Wire[] {
  if (isDocked) return []
  const colour = colours.peek().pro
  const y = product.bottom + 8
  const x = Math.max(value.left + 20, Math.min(middleX(product), value.right - 14))
  return [
    {
      path: `M${product.left} ${y - 5}V${y}H${product.right}V${y - 5}M${x} ${y}V${sumTop - 6}`,
      colour,
      width: 1.5,
    },
    { path: arrowDown(x, sumTop), colour, width: 0, isFilled: true },
  ]
}

export function outputWire({ marker, mark }: Ends, isPhone: boolean): Wire[] {
  if (added.peek() !== undefined && added.peek()! < products.peek().length) return []
  const [from, to] = [middleY(marker), middleY(mark)]
  const [bend, near] = isPhone ? [14, 26] : [60, 70]
  return [
    {
      path:
        `M${marker.left - 4} ${from}C${marker.left - bend} ${from} ` +
        `${mark.right + near} ${to} ${mark.right + 2} ${to}`,
      colour: colours.peek().out,
      width: isPhone ? 1.5 : lineWidth(),
      hasCasing: true,
    },
  ]
}
