/**
 * A typed number: `7`, `-5`, `0,5`, or a fraction such as `1/4`. NaN for anything else.
 */

import { numberFrom } from '../model/number-text.ts'

export function typedNumber(text: string): number {
  const [above = '', below, ...more] = text.split('/')
  if (more.length > 0) return Number.NaN
  const value = numberFrom(above) / (below === undefined ? 1 : numberFrom(below))
  return Number.isFinite(value) ? value : Number.NaN
}
