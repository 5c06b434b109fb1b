/**
 * The settings of the page “Channels”, as the link holds them:
 *
 *     page=stack:case:1x3x5x6_*_2x3x3x3_p1;at:1,0,2;turn:38,16
 *
 * Every part may be missing. Without `case` the page shows the problem of the lab if that is a
 * layer with few small planes, else its own example.
 */

import { type ConvGeometry, formatCase, parseCase } from 'stridefold/sync'
import type { Camera } from './projection.ts'

/** The place of an output: its filter, row and column. */
export interface Spot {
  readonly filter: number
  readonly row: number
  readonly column: number
}

export interface StackSettings {
  /** A problem of the page's own. */
  readonly problem: string | undefined
  readonly spot: Spot | undefined
  readonly camera: Camera
}

/** Few planes that are small enough to show every number. */
export const most = {
  channels: 4,
  filters: 6,
  rows: 9,
  columns: 10,
  kernel: 5,
  batch: 8,
} as const

export const limits = { turn: 62, tilt: 40 } as const
export const usualCamera: Camera = { turn: 38, tilt: 16 }
export const flatCamera: Camera = { turn: 0, tilt: 0 }

/** Neither the planes are square, nor has the output the shape of the kernel. */
export const exampleProblem = '1x3x5x6 * 2x3x3x3'

const noSettings: StackSettings = { problem: undefined, spot: undefined, camera: usualCamera }

/** Can the page show a problem? */
export const fits = ({ channels, filters, batch, axes }: ConvGeometry): boolean =>
  axes.length === 2 &&
  channels <= most.channels &&
  filters <= most.filters &&
  batch <= most.batch &&
  axes.every(
    ({ input, before, after, kernel, inputDilation }, a) =>
      before >= 0 &&
      after >= 0 &&
      inputDilation === 1 &&
      kernel <= most.kernel &&
      input + before + after <= (a === 0 ? most.rows : most.columns),
  )

export function writeSettings({ problem, spot, camera }: StackSettings): string {
  const { turn, tilt } = camera
  const isUsual = turn === usualCamera.turn && tilt === usualCamera.tilt
  return [
    ...(problem === undefined ? [] : [`case:${problem.replaceAll(' ', '_')}`]),
    ...(spot ? [`at:${spot.filter},${spot.row},${spot.column}`] : []),
    ...(isUsual ? [] : [`turn:${turn},${tilt}`]),
  ].join(';')
}

/** A part of the settings that is not valid, and what such a part must be. */
export interface Fault {
  readonly part: string
  readonly needed: 'case' | 'at' | 'turn' | 'name'
}

/** Parts that are not valid are as if they were missing. */
export function readSettings(text: string): {
  readonly settings: StackSettings
  readonly faults: readonly Fault[]
} {
  let settings = noSettings
  const faults: Fault[] = []
  for (const part of text === '' ? [] : text.split(';')) {
    const colon = part.indexOf(':')
    const [name, value] = [part.slice(0, colon), part.slice(colon + 1)]
    const needed = name === 'case' || name === 'at' || name === 'turn' ? name : 'name'
    const read = needed === 'name' ? undefined : readers[needed](value)
    if (read) settings = { ...settings, ...read }
    else faults.push({ part, needed })
  }
  return { settings, faults }
}

const readers: Readonly<
  Record<Exclude<Fault['needed'], 'name'>, (value: string) => Partial<StackSettings> | undefined>
> = {
  case: (value) => {
    const problem = problemOf(value.replaceAll('_', ' '))
    return problem === undefined ? undefined : { problem }
  },
  at: (value) => {
    const [filter, row, column] = wholeNumbers(value, 3) ?? []
    return column === undefined ? undefined : { spot: { filter: filter!, row: row!, column } }
  },
  turn: (value) => {
    const [turn, tilt] = wholeNumbers(value, 2) ?? []
    return tilt === undefined ? undefined : { camera: cameraWithin({ turn: turn!, tilt }) }
  },
}

/** Case notation in its canonical form; undefined if the page cannot show it. */
function problemOf(text: string): string | undefined {
  try {
    const g = parseCase(text)
    return fits(g) ? formatCase(g) : undefined
  } catch {
    return undefined
  }
}

const wholeNumbers = (text: string, count: number): readonly number[] | undefined =>
  new RegExp(`^\\d{1,4}(,\\d{1,4}){${count - 1}}$`).test(text)
    ? text.split(',').map(Number)
    : undefined

const within = (value: number, high: number): number => Math.max(0, Math.min(high, value))

/** At these angles no plane is seen from its edge. */
export const cameraWithin = ({ turn, tilt }: Camera): Camera => ({
  turn: within(Math.round(turn), limits.turn),
  tilt: within(Math.round(tilt), limits.tilt),
})
