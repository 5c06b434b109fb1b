/**
 * Where everything of the chart lies, in pixels: both axes logarithmic, curves, bars of the spread,
 * and the names at the ends of the curves. The drawing only writes it down.
 */

import type { Course } from './courses.ts'
import { type Point, pointsOf, type SizeResult } from './results.ts'
import type { Runner } from './runners.ts'

export interface Range {
  readonly low: number
  readonly high: number
}

export interface Scale extends Range {
  /** The pixels of both ends. */
  readonly from: number
  readonly to: number
}

/** A place on a logarithmic axis. */
export const place = ({ low, high, from, to }: Scale, value: number): number =>
  from + (Math.log(value / low) / Math.log(high / low)) * (to - from)

/** The powers of ten in a range. */
export function decades({ low, high }: Range): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i))
}

/** The usual range; where a value lies outside, as many whole decades more as it needs. */
export function rangeWith(usual: Range, values: readonly number[]): Range {
  const [least, most] = [Math.min(usual.low, ...values), Math.max(usual.high, ...values)]
  const decade = (value: number, round: (power: number) => number): number =>
    10 ** round(Math.log10(value))
  return {
    low: least < usual.low ? decade(least, Math.floor) : usual.low,
    high: most > usual.high ? decade(most, Math.ceil) : usual.high,
  }
}

/** What a point is drawn for: its time, or its bytes. */
export const measures = ['time', 'memory'] as const
export type Measure = (typeof measures)[number]

/** The value of a point, and its quartiles. */
export const pointValue = (measure: Measure, point: Point): number =>
  measure === 'time' ? point.median : point.bytes

export interface Curve {
  readonly runner: Runner
  readonly points: readonly {
    readonly n: number
    readonly x: number
    readonly y: number
    /** The pixels of the quartiles; equal for memory. */
    readonly top: number
    readonly bottom: number
  }[]
}

export interface ChartLayout {
  readonly width: number
  readonly height: number
  readonly x: Scale
  readonly y: Scale
  readonly curves: readonly Curve[]
  /** The names beside the ends of the curves, where there is room for them. */
  readonly labels: readonly {
    readonly runner: Runner
    readonly fromX: number
    readonly fromY: number
    readonly x: number
    readonly y: number
  }[]
}

const [left, top, bottom, right, labelWidth, labelPitch] = [72, 14, 74, 18, 148, 17]
/** A narrower chart has no names at its curves: the list below it has the same marks. */
const labelledWidth = 620

export function chartLayout(
  course: Course,
  runners: readonly Runner[],
  results: readonly SizeResult[],
  measure: Measure,
  usual: Range,
  size: { readonly width: number; readonly height: number },
): ChartLayout {
  const { width, height } = size
  const isLabelled = width >= labelledWidth
  const rows = runners.map((runner) => ({ runner, points: pointsOf(results, runner.name) }))
  const values = rows.flatMap(({ points }) =>
    points.flatMap((point) =>
      measure === 'time' ? [point.low, point.high] : [pointValue(measure, point)],
    ),
  )
  const sizes = course.sizes
  const margin = (sizes.at(-1)! / sizes[0]!) ** 0.025
  const x: Scale = {
    ...{ low: sizes[0]! / margin, high: sizes.at(-1)! * margin },
    ...{ from: left, to: width - (isLabelled ? labelWidth : right) },
  }
  const y: Scale = { ...rangeWith(usual, values), from: height - bottom, to: top }
  const curves = rows.map(
    ({ runner, points }): Curve => ({
      runner,
      points: points.map((point) => {
        const at = place(y, pointValue(measure, point))
        const isTime = measure === 'time'
        return {
          ...{ n: point.n, x: place(x, point.n), y: at },
          top: isTime ? place(y, point.high) : at,
          bottom: isTime ? place(y, point.low) : at,
        }
      }),
    }),
  )
  const ends = curves.flatMap(({ runner, points }) => {
    const end = points.at(-1)
    return end ? [{ runner, fromX: end.x, fromY: end.y }] : []
  })
  const apart = spread(
    ends.map(({ fromY }) => fromY),
    { low: top + 4, high: height - bottom - 4 },
    labelPitch,
  )
  // All names in one column, behind the curve that is ahead.
  const labelX = Math.max(...ends.map(({ fromX }) => fromX)) + 26
  const labels = isLabelled ? ends.map((end, i) => ({ ...end, x: labelX, y: apart[i]! })) : []
  return { width, height, x, y, curves, labels }
}

/**
 * Places as near as possible to the wanted ones, at least `pitch` apart and within a range: groups
 * of neighbours that would overlap share the space around their mean.
 */
export function spread(wanted: readonly number[], { low, high }: Range, pitch: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!)
  interface Group {
    readonly members: readonly number[]
    readonly middle: number
  }
  const extent = ({ members }: Group): number => (members.length - 1) * pitch
  const within = (group: Group): Group => {
    const half = extent(group) / 2
    return { ...group, middle: Math.max(low + half, Math.min(high - half, group.middle)) }
  }
  const groups: Group[] = []
  for (const i of order) {
    let group = within({ members: [i], middle: wanted[i]! })
    for (;;) {
      const above = groups.at(-1)
      if (!above || above.middle + extent(above) / 2 + pitch <= group.middle - extent(group) / 2)
        break
      groups.pop()
      const members = [...above.members, ...group.members]
      const middle = members.reduce((sum, at) => sum + wanted[at]!, 0) / members.length
      group = within({ members, middle })
    }
    groups.push(group)
  }
  const places = new Array<number>(wanted.length)
  for (const group of groups)
    group.members.forEach((i, at) => {
      places[i] = group.middle - extent(group) / 2 + at * pitch
    })
  return places
}

/** The bytes of the axis: from the result of the least size to every window in float64. */
export function usualBytes(
  outputs: { readonly least: number; readonly most: number },
  taps: number,
): Range {
  const decade = (value: number, round: (power: number) => number): number =>
    10 ** round(Math.log10(value))
  return {
    low: decade(outputs.least * 4, Math.floor),
    high: decade(outputs.most * (taps + 1) * 8, Math.ceil),
  }
}

/** Neighbouring sizes at which `auto` takes the same algorithm, with the pixels of the stretch. */
export function choices(
  results: readonly SizeResult[],
  x: Scale,
): readonly { readonly name: string; readonly from: number; readonly to: number }[] {
  const stretches: { name: string; from: number; to: number; last: number }[] = []
  results.forEach(({ n, chosen }, i) => {
    const previous = stretches.at(-1)
    const at = place(x, n)
    if (previous?.name === chosen && previous.last === i - 1)
      stretches[stretches.length - 1] = { ...previous, to: at, last: i }
    else stretches.push({ name: chosen, from: at, to: at, last: i })
  })
  return stretches.map(({ name, from, to }) => ({ name, from, to }))
}
