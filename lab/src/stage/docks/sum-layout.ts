/**
 * The sizes of the docked sum. The rows of numbers and the drawing below them share one pitch.
 *
 *     names        a column for each product, with a gap after each row of the window
 *     pixel        64   190   246  …
 *     × weight     −1   0     1    …
 *     = product    −64  0     246  …
 *     sum so far   −64  −64   182  …  total
 *     axis         bars               bar    scale of the output
 */

export const numberRows = ['value', 'weight', 'product', 'sum'] as const
export type NumberRow = (typeof numberRows)[number]

export interface SumLayout {
  readonly nameWidth: number
  readonly columnWidth: number
  readonly groupGap: number
  /** The column of the total, and the gap before it. */
  readonly totalWidth: number
  readonly totalGap: number
  /** The scale of the output beside the total, with its numbers. */
  readonly scaleWidth: number
  /** The left end of each column, and that of the total. */
  readonly lefts: readonly number[]
  readonly tableWidth: number
  readonly rowHeight: number
  readonly fontSize: number
  /** The characters that fit into a cell. 0: the row has no digits, only shades. */
  readonly characters: Readonly<Record<NumberRow, number>>
  readonly totalCharacters: number
  readonly chartHeight: number
  /** Whether divisor, bias and output stand in a row of their own. */
  readonly hasResultRow: boolean
  /** Whether there is room for numbers beside the drawing. */
  readonly hasAxis: boolean
  /** Whether the greys of the output stand beside the drawing. */
  readonly hasScale: boolean
}

export interface SumRequest {
  readonly width: number
  /** The height for rows and drawing; undefined: as high as needed. */
  readonly height: number | undefined
  readonly columns: number
  /** How many columns one row of the window has. */
  readonly groupSize: number
  /** The characters that the numbers of each row need. */
  readonly needed: Readonly<Record<NumberRow, number>>
  readonly totalNeeded: number
  readonly isPhone: boolean
  readonly hasScale: boolean
  /** The width of a digit as a share of the font size. */
  readonly digitShare: number
}

/** The coloured edge above each column, and the room between rows and drawing, in px. */
export const edgeHeight = 5
export const chartGap = 14
/** Before the total, beside the gap of a row. */
const totalGap = 10
/** On a phone the column of the total holds only its bar. Its number stands in a row below. */
const phoneTotal = 26
const phoneCharacters = 12
const maxFontSize = 26
const maxColumnWidth = 76
const minChartHeight = 64

export function sumLayout(request: SumRequest): SumLayout {
  const { width, height, columns, groupSize, isPhone, digitShare } = request
  const cellWidth = (characters: number, size: number): number =>
    Math.ceil(characters * digitShare * size) + 3
  const minFontSize = isPhone ? 11 : 12
  const groups = Math.ceil(columns / groupSize)
  const gap = isPhone ? 2 : totalGap
  let fontSize = isPhone
    ? 12
    : Math.min(maxFontSize, Math.max(minFontSize, Math.floor((height ?? 0) / 15)))
  const sizes = (font: number) => {
    const nameWidth = isPhone ? 18 : Math.round(5.8 * font)
    const scaleWidth = request.hasScale ? (isPhone ? 14 : 14 + Math.ceil(3.6 * font)) : 0
    const totalWidth = isPhone ? phoneTotal : Math.max(56, cellWidth(request.totalNeeded, font) + 4)
    const groupGap = groups === 1 || groups === columns ? 0 : columns > 16 || isPhone ? 3 : 6
    const room = width - nameWidth - scaleWidth - totalWidth - groupGap * groups - gap
    return { nameWidth, scaleWidth, totalWidth, groupGap, fair: room / columns }
  }
  const most = Math.max(...Object.values(request.needed))
  while (fontSize > minFontSize && sizes(fontSize).fair < cellWidth(most, fontSize)) fontSize--
  const { fair, ...widths } = sizes(fontSize)
  const columnWidth = Math.max(
    3,
    Math.min(Math.max(maxColumnWidth, fontSize * 4), Math.floor(fair)),
  )
  const lefts = Array.from(
    { length: columns },
    (_, i) => widths.nameWidth + i * columnWidth + Math.floor(i / groupSize) * widths.groupGap,
  )
  const totalLeft = lefts.at(-1)! + columnWidth + widths.groupGap + gap
  const rowHeight = Math.ceil(fontSize * 1.5)
  const rows = numberRows.length * rowHeight + edgeHeight + chartGap
  const fits = (characters: number): number => {
    const room = Math.floor((columnWidth - (isPhone ? 2 : 3)) / (digitShare * fontSize))
    return room >= characters ? room : 0
  }
  return {
    ...widths,
    columnWidth,
    totalGap: widths.groupGap + gap,
    lefts: [...lefts, totalLeft],
    tableWidth: totalLeft + widths.totalWidth,
    rowHeight,
    fontSize,
    characters: {
      value: fits(request.needed.value),
      weight: fits(request.needed.weight),
      product: fits(request.needed.product),
      sum: fits(request.needed.sum),
    },
    totalCharacters: isPhone
      ? phoneCharacters
      : Math.floor((widths.totalWidth - 6) / (digitShare * fontSize)),
    hasAxis: !isPhone,
    hasResultRow: isPhone,
    hasScale: request.hasScale,
    chartHeight: Math.max(minChartHeight, height === undefined ? 150 : height - rows),
  }
}
