/**
 * Numbers as this page shows them: exact where there is room, else rounded with “≈”.
 */

import { narrowText } from '../stage/number.ts'

const maxLength = 8

export const shortText = (value: number): string => narrowText(value, maxLength)

/** A measured time, where more digits would say nothing. */
export const timeText = (milliseconds: number): string =>
  milliseconds < 10 ? milliseconds.toFixed(1) : String(Math.round(milliseconds))
