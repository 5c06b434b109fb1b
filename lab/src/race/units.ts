/** Times and bytes for people: three digits, and a unit that keeps them short. */

import type { Measure } from './chart-layout.ts'

/** Three significant digits, without an exponent. */
export const digits = (value: number): string =>
  value >= 999.5 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))

const timeUnits = [
  ['ns', 1e-6],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1e3],
] as const

const byteUnits = [
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
] as const

/** The largest unit of which there is at least one, after rounding to three digits. */
function unitOf(
  value: number,
  units: readonly (readonly [string, number])[],
): readonly [string, number] {
  return units.findLast(([, of]) => value / of >= 0.9995) ?? units[0]!
}

const inUnit = (value: number, [name, of]: readonly [string, number]): string =>
  `${digits(value / of)}\u202f${name}`

/** A time of milliseconds. */
export const timeText = (ms: number): string => inUnit(ms, unitOf(ms, timeUnits))

/** A range of times in one unit, such as “11.9–12.8 µs”. */
export function timesText(low: number, high: number): string {
  const [name, of] = unitOf(high, timeUnits)
  return `${digits(low / of)}–${digits(high / of)}\u202f${name}`
}

export const bytesText = (bytes: number): string => inUnit(bytes, unitOf(bytes, byteUnits))

export const textOf: Readonly<Record<Measure, (value: number) => string>> = {
  time: timeText,
  memory: bytesText,
}
