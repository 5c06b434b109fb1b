/**
 * The sizes of the docked matrix. Matrix, weights and results share one pitch.
 *
 *     number  weight      columns, with a gap after each row of places
 *     1       −1          64  190  246 …
 *     …
 *             Output      751 …
 */

export interface MatrixLayout {
  readonly rowHeight: number
  readonly resultHeight: number
  readonly columnWidth: number
  readonly numberWidth: number
  readonly weightWidth: number
  /** Between the weights and the matrix. */
  readonly ledgerGap: number
  /** Between the columns of one row of places and those of the next. */
  readonly groupGap: number
  readonly tableWidth: number
  readonly fontSize: number
  readonly resultFontSize: number
  /** Whether rows are high enough for digits. Otherwise cells are only shades. */
  readonly hasDigits: boolean
  /** The characters that fit into a cell of the matrix, a result and a weight. */
  readonly characters: number
  readonly resultCharacters: number
  readonly weightCharacters: number
  /** Whether the digits of results stand closer. */
  readonly isTight: boolean
  /** How many columns are in sight at once. The others are reached by scrolling. */
  readonly inSight: number
}

export interface MatrixRequest {
  readonly width: number
  /** The height for the matrix with its results; undefined: as high as needed. */
  readonly height: number | undefined
  readonly rows: number
  readonly columns: number
  /** How many rows of places the columns come from. */
  readonly groups: number
  /** The characters that a cell of the matrix, a result and a weight need. */
  readonly characters: number
  readonly resultCharacters: number
  readonly weightCharacters: number
  readonly isPhone: boolean
  /** The width of a digit as a share of the font size. */
  readonly digitShare: number
}

/** Between the matrix and the results. */
export const resultGap = 8
const maxFontSize = 30
const maxPhoneFontSize = 12
/** The most rows that get digits even if the matrix is then higher than its box. */
const maxGrownRows = 12
/** Digits of results may stand closer, by this share of the font size. */
export const tightening = 0.06
/** A row with digits has this height for each px of the font size. */
const rowShare = 1.25
const maxColumnWidth = 64
/** Without digits a column can be narrow, but it stays a target for the pointer. */
const minColumnWidth = 10

export function matrixLayout(request: MatrixRequest): MatrixLayout {
  const { width, columns, groups, isPhone, digitShare } = request
  const paddingFor = (size: number): number => (isPhone ? 3 : Math.round(4 + size / 5))
  const cellWidth = (characters: number, size: number): number =>
    Math.ceil(characters * digitShare * size) + paddingFor(size)
  const charactersIn = (cell: number, size: number): number =>
    Math.floor((cell - paddingFor(size) + 1) / (digitShare * size))
  const minFontSize = isPhone ? 11 : 12
  const minResultHeight = Math.ceil(minFontSize * rowShare) + 3
  const rowHeight = rowHeightFor(request, minResultHeight)
  const hasDigits = rowHeight >= minFontSize * rowShare
  const [numberWidth, ledgerGap] = isPhone ? [16, 8] : [22, 14]
  const groupGap = groups > 1 ? (isPhone ? 3 : 5) : 0
  const weightWidthFor = (fontSize: number): number =>
    Math.max(isPhone ? 34 : 44, cellWidth(request.weightCharacters, fontSize) + 4)
  const shareFor = (fontSize: number): number => {
    const ledger = numberWidth + weightWidthFor(fontSize) + ledgerGap
    return Math.floor((width - ledger - groupGap * (groups - 1)) / columns)
  }
  // The largest fonts with which all columns fit. If they do not fit with the smallest, they
  // scroll.
  const fontFor = (characters: number): number => {
    const most = isPhone ? maxPhoneFontSize : maxFontSize
    let size = Math.min(most, Math.max(minFontSize, Math.floor(rowHeight / 1.6)))
    while (size > minFontSize && shareFor(size) < cellWidth(characters, size)) size--
    return size
  }
  const [fontSize, resultFontSize] = [
    hasDigits ? fontFor(request.characters) : minFontSize,
    fontFor(request.resultCharacters),
  ]
  const isTight = shareFor(fontSize) < cellWidth(request.resultCharacters, resultFontSize)
  const resultShare = isTight ? digitShare - tightening : digitShare
  const columnWidth = Math.max(
    hasDigits ? cellWidth(request.characters, fontSize) : minColumnWidth,
    Math.ceil(request.resultCharacters * resultShare * resultFontSize) +
      (isTight ? 2 : paddingFor(resultFontSize)),
    Math.min(Math.max(maxColumnWidth, fontSize * 4), shareFor(fontSize)),
  )
  const weightWidth = weightWidthFor(fontSize)
  const around = numberWidth + weightWidth + ledgerGap + groupGap * (groups - 1)
  return {
    rowHeight,
    resultHeight: Math.max(rowHeight, minResultHeight),
    columnWidth,
    numberWidth,
    weightWidth,
    ledgerGap,
    groupGap,
    tableWidth: around + columns * columnWidth,
    fontSize,
    resultFontSize,
    hasDigits,
    characters: charactersIn(columnWidth, fontSize),
    resultCharacters: Math.floor((columnWidth - 2) / (resultShare * resultFontSize)),
    isTight,
    weightCharacters: charactersIn(weightWidth - 4, fontSize),
    inSight: Math.min(columns, Math.floor((width - around) / columnWidth)),
  }
}

function rowHeightFor({ height, rows, width }: MatrixRequest, minResultHeight: number): number {
  if (height === undefined) return rows <= 12 ? 24 : rows <= 25 ? 15 : 8
  const share = (height - resultGap) / (rows + 1)
  const fair = share >= minResultHeight ? share : (height - resultGap - minResultHeight) / rows
  const least = rows <= maxGrownRows ? 15 : 3
  return Math.max(least, Math.min(Math.max(32, width / 24), Math.floor(fair)))
}
