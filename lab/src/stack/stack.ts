/**
 * What the page “Channels” shows now. The settings are in the link. All parts of the page read
 * these signals.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type ConvGeometry, formatCase, parseCase } from 'stridefold/sync'
import type { ProblemNumbers } from '../model/arrays.ts'
import { linkedSettings, writeLinked } from '../pages/linked-settings.ts'
import { change, part } from '../state/store.ts'
import { ownNumbers } from './own-numbers.ts'
import type { Camera } from './projection.ts'
import {
  cameraWithin,
  exampleProblem,
  type Fault,
  fits,
  readSettings,
  type Spot,
  type StackSettings,
  writeSettings,
} from './settings.ts'
import { type StackModel, stackModelOf } from './stack-model.ts'

const read = linkedSettings('stack', readSettings)
export const settings: ReadonlySignal<StackSettings> = computed(() => read.value.settings)

export const faults: ReadonlySignal<readonly Fault[]> = computed(() => read.value.faults)

const changeSettings = (parts: Partial<StackSettings>): void =>
  writeLinked('stack', writeSettings({ ...settings.peek(), ...parts }))

const [problem, input, kernel, divisor, bias, focus] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
  part('focus'),
]

/** Whether the page shows the problem of the lab: a layer with several planes, all small. */
export const isOfLab: ReadonlySignal<boolean> = computed(() => {
  if (settings.value.problem !== undefined) return false
  const g = parseCase(problem.value)
  return g.channels * g.filters > 1 && fits(g)
})

const numbers: ReadonlySignal<ProblemNumbers> = computed(() => {
  if (isOfLab.value)
    return {
      problem: problem.value,
      input: input.value,
      kernel: kernel.value,
      divisor: divisor.value,
      bias: bias.value,
    }
  return ownNumbers(settings.value.problem ?? exampleProblem)
})

const focusOutput = computed(() =>
  isOfLab.value && focus.value && 'output' in focus.value ? focus.value.output : undefined,
)
const item = computed(() => focusOutput.value?.[0] ?? 0)

export const model: ReadonlySignal<StackModel> = computed(() =>
  stackModelOf(numbers.value, item.value),
)
export const camera: ReadonlySignal<Camera> = computed(() => settings.value.camera)

/** The output whose window is shown. It is written to the link when the window rests. */
export const spot: Signal<Spot> = signal({ filter: 0, row: 0, column: 0 })
/** How many shares of the output are added while it is built; undefined: all. */
export const added: Signal<number | undefined> = signal(undefined)
/** The outputs before this one are shown; undefined: all. */
export const shownOutputs: Signal<number | undefined> = signal(undefined)

const spotWithin = ({ output }: StackModel, { filter, row, column }: Spot): Spot => ({
  filter: Math.min(filter, output.count - 1),
  row: Math.min(row, output.rows - 1),
  column: Math.min(column, output.columns - 1),
})

export const positionOf = ({ output }: StackModel, { filter, row, column }: Spot): number =>
  (filter * output.rows + row) * output.columns + column

export const spotAt = ({ output }: StackModel, position: number): Spot => ({
  filter: Math.floor(position / (output.rows * output.columns)),
  row: Math.floor(position / output.columns) % output.rows,
  column: position % output.columns,
})

export const position: ReadonlySignal<number> = computed(() =>
  positionOf(model.value, spotWithin(model.value, spot.value)),
)
/** The spot, inside the output of now. */
export const place: ReadonlySignal<Spot> = computed(() => spotAt(model.value, position.value))

export const moveTo = (to: Spot): void => {
  spot.value = spotWithin(model.peek(), to)
}

/** Writes the place into the link. */
export const keepPlace = (): void => changeSettings({ spot: place.peek() })

/** Follows the link while the page is open. Returns what ends that. */
export const followStack = (): (() => void) =>
  effect(() => {
    const { spot: linked } = settings.value
    const [, filter = 0, row = 0, column = 0] = focusOutput.value ?? []
    spot.value = linked ?? { filter, row, column }
  })

export const turnTo = (turn: number, tilt: number): void =>
  changeSettings({ camera: cameraWithin({ turn, tilt }) })

/** What can be changed about a layer. */
export interface LayerEdit {
  readonly channels?: number
  readonly filters?: number
  readonly groups?: number
  readonly kernel?: number
  readonly stride?: number
  readonly padding?: number
}

/** The problem after an edit; undefined if there is none, or the page cannot show it. */
export function edited(g: ConvGeometry, edit: LayerEdit): string | undefined {
  const { channels = g.channels, filters = g.filters, groups = g.groups } = edit
  // A number of channels that the groups do not divide ends the groups.
  const isDivided = channels % groups === 0 && filters % groups === 0
  if (!isDivided && edit.groups !== undefined) return undefined
  try {
    const next = {
      ...g,
      channels,
      filters,
      groups: isDivided ? groups : 1,
      axes: g.axes.map((axis) => ({
        ...axis,
        ...(edit.kernel !== undefined && { kernel: edit.kernel }),
        ...(edit.stride !== undefined && { stride: edit.stride }),
        ...(edit.padding !== undefined && { before: edit.padding, after: edit.padding }),
      })),
    }
    const text = formatCase(next)
    return fits(parseCase(text)) ? text : undefined
  } catch {
    return undefined
  }
}

/**
 * Changes the layer: that of the lab if it is shown, else the page's own one. Numbers keep their
 * indices, so the same planes grow and shrink.
 */
export function changeLayer(edit: LayerEdit): void {
  const g = parseCase(numbers.peek().problem)
  const isLab = isOfLab.peek() && (edit.channels ?? g.channels) * (edit.filters ?? g.filters) > 1
  const next = edited(isLab ? g : { ...g, batch: 1 }, edit)
  if (next === undefined) return
  batch(() => {
    added.value = undefined
    shownOutputs.value = undefined
    changeSettings({ spot: place.peek(), ...(!isLab && { problem: next }) })
    if (isLab) change({ problem: next })
  })
}

/** Opens the layer of now, with its numbers, in the workspace. */
export function openInWorkspace(): void {
  const { problem: text, ...others } = numbers.peek()
  const { filter, row, column } = place.peek()
  change({
    page: undefined,
    photo: undefined,
    tap: undefined,
    problem: text,
    ...others,
    focus: { output: [item.peek(), filter, row, column] },
    views: ['slide', 'arithmetic', 'im2col', 'toeplitz'],
  })
}
