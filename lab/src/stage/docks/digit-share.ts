/**
 * The font of numbers in docked tables, and the width of its digits as a share of the font size.
 * Chinese fonts have a “≈” as wide as two digits, so the font is the same in every language.
 */

export const digitFont =
  '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Helvetica, Arial, "Sans of usual width", sans-serif'

const size = 100
let measured: number | undefined

export function digitShare(): number {
  if (measured === undefined) {
    const context = document.createElement('canvas').getContext('2d')!
    context.font = `${size}px ${digitFont}`
    measured = context.measureText('0').width / size
  }
  return measured
}
