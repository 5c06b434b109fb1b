/** What the page “Adding up” shows now. The settings are in the link. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { linkedSettings, writeLinked } from '../pages/linked-settings.ts'
import { type AddingModel, addingModelOf } from './adding-model.ts'
import { type AddingSettings, fits, readSettings, writeSettings } from './settings.ts'

const read = linkedSettings('adding', readSettings)
export const settings: ReadonlySignal<AddingSettings> = computed(() => read.value.settings)
export const faults: ReadonlySignal<readonly string[]> = computed(() => read.value.faults)

const sizes = computed(() => {
  const { isTransposed, kernel, stride, padding } = settings.value
  return `${isTransposed},${kernel},${stride},${padding}`
})
export const model: ReadonlySignal<AddingModel> = computed(() => {
  sizes.value
  return addingModelOf(settings.peek())
})

/** How many samples have been sent. It is written to the link when it rests. */
export const sentCount: Signal<number> = signal(0)
/** The output whose samples are shown. One that a smaller output lacks is not chosen. */
export const cell: ReadonlySignal<number | undefined> = computed(() => {
  const chosen = settings.value.cell
  return chosen !== undefined && chosen < model.value.counts.data.length ? chosen : undefined
})
/** The sample that was sent last, unless an output is chosen. */
export const sample: ReadonlySignal<number | undefined> = computed(() =>
  cell.value === undefined && sentCount.value > 0 ? sentCount.value - 1 : undefined,
)

/** Follows the link while the page is open. Returns what ends that. */
export const followAdding = (): (() => void) =>
  effect(() => {
    sentCount.value = settings.value.sample
  })

const canBe = (parts: Partial<AddingSettings>): boolean => fits({ ...settings.peek(), ...parts })

export function changeSettings(parts: Partial<AddingSettings>): void {
  if (!canBe(parts)) return
  const next = { ...settings.peek(), sample: sentCount.peek(), ...parts }
  writeLinked('adding', writeSettings(next))
}

/** The number nearest to the asked one, on the way from the value of now, that can be chosen. */
export function allowed(name: 'kernel' | 'stride' | 'padding', asked: number): number {
  const now = settings.peek()[name]
  const toward = Math.sign(now - asked)
  let to = asked
  while (to !== now && !canBe({ [name]: to })) to += toward
  return to
}

export const choose = (chosen: number | undefined): void => changeSettings({ cell: chosen })
