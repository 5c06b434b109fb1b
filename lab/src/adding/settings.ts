/**
 * The settings of the page “Adding up”, as the link holds them:
 *
 *     page=adding:transposed;kernel:3;stride:2;padding:1;sample:7;cell:12;counts
 *
 * Every part may be missing.
 */

import { type ReadSettings, readParts } from '../pages/read-parts.ts'

export interface AddingSettings {
  /** A transposed layer, or a layer. */
  readonly isTransposed: boolean
  /** The extent of the kernel along both axes. */
  readonly kernel: number
  readonly stride: number
  readonly padding: number
  /** How many samples have been sent, the last of which is shown. 0: none yet. */
  readonly sample: number
  /** The output whose samples are shown. */
  readonly cell: number | undefined
  /** Whether the output shows how many products meet in each place. */
  readonly hasCounts: boolean
}

export const inputRows = 4
export const inputColumns = 5

export const usualSettings: AddingSettings = {
  isTransposed: false,
  kernel: 3,
  stride: 1,
  padding: 1,
  sample: 8,
  cell: undefined,
  hasCounts: false,
}

type NumberName = 'kernel' | 'stride' | 'padding' | 'sample' | 'cell'
export const ranges: Readonly<Record<NumberName, readonly [low: number, high: number]>> = {
  kernel: [1, 4],
  stride: [1, 3],
  padding: [0, 2],
  sample: [0, inputRows * inputColumns],
  cell: [0, 999],
}
const numberNames = Object.keys(ranges) as NumberName[]

/** The extent of the output along an axis. */
export function outputExtent(
  { isTransposed, kernel, stride, padding }: AddingSettings,
  input: number,
): number {
  return isTransposed
    ? (input - 1) * stride + kernel - 2 * padding
    : Math.floor((input + 2 * padding - kernel) / stride) + 1
}

/** A transposed layer crops at most all but one place of what a sample sends. */
export const fits = (settings: AddingSettings): boolean =>
  outputExtent(settings, inputRows) >= 1 &&
  outputExtent(settings, inputColumns) >= 1 &&
  settings.padding < settings.kernel

export function writeSettings(settings: AddingSettings): string {
  return [
    ...(settings.isTransposed ? ['transposed'] : []),
    ...numberNames.flatMap((name) =>
      settings[name] === usualSettings[name] ? [] : [`${name}:${settings[name]}`],
    ),
    ...(settings.hasCounts ? ['counts'] : []),
  ].join(';')
}

/** Parts that are not valid are named, and are as if they were missing. */
export function readSettings(text: string): ReadSettings<AddingSettings> {
  const { settings, faults } = readParts(text, usualSettings, partOf)
  if (fits(settings)) return { settings, faults }
  const { kernel, stride, padding } = usualSettings
  const { kernel: k, stride: s, padding: p } = settings
  const sizes = `kernel:${k};stride:${s};padding:${p}`
  return { settings: { ...settings, kernel, stride, padding }, faults: [...faults, sizes] }
}

function partOf(part: string): Partial<AddingSettings> | undefined {
  if (part === 'transposed') return { isTransposed: true }
  if (part === 'counts') return { hasCounts: true }
  const [word = '', value = '', ...more] = part.split(':')
  const name = numberNames.find((candidate) => candidate === word)
  if (!name || more.length > 0 || !/^\d{1,3}$/.test(value)) return undefined
  const [low, high] = ranges[name]
  const number = Number(value)
  return number < low || number > high ? undefined : { [name]: number }
}
