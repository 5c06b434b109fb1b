/**
 * How the parts of the sizes view share its box. A low box has fewer bars and no pictures.
 */

export interface SizesLayout {
  readonly isLow: boolean
  /** The width of the number line, and the most rows of bars below it. */
  readonly lineWidth: number
  readonly gap: number
  readonly barRows: number
  readonly mode: {
    readonly width: number
    /** 0: the modes have no pictures. */
    readonly pictureHeight: number
  }
  readonly border: {
    readonly columns: number
    readonly hasStrips: boolean
  }
}

/** All in CSS pixels; sizes.css has the same numbers. */
export const barPitch = 13
const captionLine = 22
/** What the buttons below the caption take of the box. */
const buttons = 14
const formulaHeight = 35
const space = 8
const axisChoice = 84
/** The lines of a mode with their padding: two, or three in a narrow one. */
const modeText = 48
export const narrowMode = { width: 124, text: 66 } as const
const ruleSpace = 4
const ruleCount = 6
const besideRules = 12
/** A rule with its strip below its name, with the strip beside it, and without a strip. */
const rule = { width: 128, height: 33 }
const wideRule = { width: 216, height: 40 }
const ruleName = { width: 84, height: 26 }

/** Samples, then bars. */
export const lineHeight = (rows: number): number => 22 + rows * barPitch

export function sizesLayout(
  box: { readonly width: number; readonly height: number; readonly isPhone: boolean },
  hasPadding: boolean,
): SizesLayout {
  const { width, isPhone } = box
  if (isPhone)
    return {
      isLow: false,
      lineWidth: width,
      barRows: 2,
      gap: 54,
      mode: { width: (width - 16) / 3, pictureHeight: 72 },
      border: { columns: 2, hasStrips: true },
    }
  const isLow = box.height < 250
  const barRows = isLow ? 2 : box.height < 400 ? 3 : 5
  const rest =
    box.height -
    buttons -
    (isLow ? 1 : 2) * captionLine -
    formulaHeight -
    lineHeight(barRows) -
    3 * space
  const columnsOf = ({ height }: { readonly height: number }): number =>
    Math.ceil(ruleCount / Math.max(1, Math.floor((rest + ruleSpace) / (height + ruleSpace))))
  const kind = columnsOf(wideRule) === 1 ? wideRule : columnsOf(rule) <= 2 ? rule : ruleName
  const columns = columnsOf(kind)
  const free = width - (hasPadding ? columns * (kind.width + ruleSpace) + besideRules : 0)
  const modeWidth = (free - 16) / 3
  const text = modeWidth < narrowMode.width ? narrowMode.text : modeText
  const pictureHeight = Math.min(rest - text, modeWidth * 0.7)
  return {
    isLow,
    lineWidth: width - axisChoice,
    barRows,
    gap: 84,
    mode: { width: modeWidth, pictureHeight: pictureHeight < 24 ? 0 : pictureHeight },
    border: { columns, hasStrips: kind !== ruleName },
  }
}
