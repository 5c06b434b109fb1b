/** What of the chart is shown, and which point is read. Not in the link. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { parseCase } from 'stridefold/sync'
import {
  type ChartLayout,
  chartLayout,
  type Measure,
  type Range,
  usualBytes,
} from './chart-layout.ts'
import type { Course } from './courses.ts'
import { type Crossing, crossingsOf } from './crossings.ts'
import { course, results, runners } from './race.ts'
import type { SizeResult } from './results.ts'

export const measure: Signal<Measure> = signal('time')

/** The room of the chart, in units of the drawing. */
export interface Room {
  readonly width: number
  readonly height: number
  /** CSS pixels of one unit: more than 1 on a large screen, which is seen from afar. */
  readonly scale: number
}
/** Undefined until the chart is drawn. */
export const room: Signal<Room | undefined> = signal(undefined)

/** The point that is read. */
export interface Selection {
  readonly name: string
  readonly n: number
}
export const selection: Signal<Selection | undefined> = signal(undefined)
/** The runner whose line in the list is pointed at or has the focus. */
export const pointedRunner: Signal<string | undefined> = signal(undefined)
export const highlighted: ReadonlySignal<string | undefined> = computed(
  () => pointedRunner.value ?? selection.value?.name,
)

const usualRange = (of: Course, what: Measure): Range => {
  if (what === 'time') return { low: of.usualMs[0], high: of.usualMs[1] }
  const count = (n: number): { readonly outputs: number; readonly taps: number } => {
    const { batch: items, filters, channels, axes } = parseCase(of.caseOf(n))
    return {
      outputs: axes.reduce((product, axis) => product * axis.output, items * filters),
      taps: axes.reduce((product, axis) => product * axis.kernel, channels),
    }
  }
  const counts = of.sizes.map(count)
  const outputs = counts.map((each) => each.outputs)
  return usualBytes(
    { least: Math.min(...outputs), most: Math.max(...outputs) },
    Math.max(...counts.map(({ taps }) => taps)),
  )
}

export const layout: ReadonlySignal<ChartLayout | undefined> = computed(
  () =>
    room.value &&
    chartLayout(
      course.value,
      runners.value,
      results.value,
      measure.value,
      usualRange(course.value, measure.value),
      room.value,
    ),
)

/** Unfinished sizes decide no crossing: their medians still move. */
const whole: ReadonlySignal<readonly SizeResult[]> = computed(() =>
  results.value.filter(({ isWhole }) => isWhole),
)
const names = computed(() => runners.value.map(({ name }) => name))

/** Crossings with the same loser from the same size on, in one sentence. */
export interface CrossingGroup {
  readonly loser: string
  readonly from: number
  readonly crossings: readonly Crossing[]
}
export const crossings: ReadonlySignal<readonly CrossingGroup[]> = computed(() => {
  const groups: CrossingGroup[] = []
  for (const crossing of crossingsOf(whole.value, names.value, names.value[0]!)) {
    const { loser, from } = crossing
    const at = groups.findIndex((group) => group.loser === loser && group.from === from)
    if (at < 0) groups.push({ loser, from, crossings: [crossing] })
    else groups[at] = { ...groups[at]!, crossings: [...groups[at]!.crossings, crossing] }
  }
  return groups.sort((a, b) => a.from - b.from)
})

/** Selects the point nearest to a place of the chart, if one is near. */
export function selectNear(x: number, y: number): void {
  let nearest: Selection | undefined
  let least = 40 ** 2
  for (const { runner, points } of layout.peek()?.curves ?? [])
    for (const point of points) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2
      if (distance < least) {
        least = distance
        nearest = { name: runner.name, n: point.n }
      }
    }
  batch(() => {
    const before = selection.peek()
    if (before?.name !== nearest?.name || before?.n !== nearest?.n) selection.value = nearest
  })
}

/** Moves the selection: to another size of the runner, or to the next runner at the size. */
export function moveSelection(key: string): boolean {
  const curves = (layout.peek()?.curves ?? []).filter(({ points }) => points.length > 0)
  if (curves.length === 0) return false
  const at = selection.peek()
  const curve = curves.find(({ runner }) => runner.name === at?.name) ?? curves[0]!
  const i = curve.points.findIndex(({ n }) => n === at?.n)
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: i - 1,
    ArrowRight: i + 1,
    Home: 0,
    End: curve.points.length - 1,
  }
  if (steps[key] !== undefined || i < 0) {
    const to = Math.max(0, Math.min(curve.points.length - 1, i < 0 ? 0 : steps[key]!))
    selection.value = { name: curve.runner.name, n: curve.points[to]!.n }
    return true
  }
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return false
  const { n } = curve.points[i]!
  const column = curves
    .flatMap(({ runner, points }) =>
      points.filter((point) => point.n === n).map(({ y }) => ({ name: runner.name, y })),
    )
    .sort((a, b) => a.y - b.y)
  const from = column.findIndex(({ name }) => name === curve.runner.name)
  const to = column[from + (key === 'ArrowUp' ? -1 : 1)]
  if (to) selection.value = { name: to.name, n }
  return true
}
