/** What the page “Network” shows now. The drawing is in the link when the pointer rests. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { change, part } from '../state/store.ts'
import { type Drawing, pixelsOf, sampleOf } from './drawing.ts'
import {
  answerGradient,
  cellGradient,
  type Network,
  networkOf,
  type Pass,
  passOf,
  type StoredNetwork,
} from './network-model.ts'
import { type NetworkSettings, readSettings, writeSettings } from './settings.ts'
import stored from './shapes-network.json?raw'

export const network: Network = networkOf(JSON.parse(stored) as StoredNetwork)

const page = part('page')
let lastText = ''
/** While the page is left, its parts read the last settings once more. */
const read = computed(() => {
  if (page.value?.name === 'network') lastText = page.value.settings
  return readSettings(lastText)
})
export const settings: ReadonlySignal<NetworkSettings> = computed(() => read.value.settings)
export const faults: ReadonlySignal<readonly string[]> = computed(() => read.value.faults)

/** The drawing while the pointer draws. */
export const stroking: Signal<Drawing | undefined> = signal(undefined)
/** Whether the pointer takes ink away. */
export const isErasing: Signal<boolean> = signal(false)

export const drawing: ReadonlySignal<Drawing> = computed(() => {
  const { sample, drawing: own } = settings.value
  return stroking.value ?? own ?? sampleOf(sample.shape, sample.seed)
})
export const pass: ReadonlySignal<Pass> = computed(() => passOf(network, pixelsOf(drawing.value)))

export const best: ReadonlySignal<number> = computed(() => {
  const { probabilities } = pass.value
  return probabilities.indexOf(Math.max(...probabilities))
})
/** The class whose gradient is shown. */
export const answer: ReadonlySignal<number> = computed(() => settings.value.answer ?? best.value)

/** The derivative of the chosen cell, or of the probability of the answer, by every pixel. */
export const gradient: ReadonlySignal<ArrayLike<number>> = computed(() => {
  const { cell } = settings.value
  return cell
    ? cellGradient(network, pass.value, cell).data
    : answerGradient(network, pass.value, answer.value).data
})

export function changeSettings(parts: Partial<NetworkSettings>): void {
  const next = { ...settings.peek(), ...parts }
  change({ page: { name: 'network', settings: writeSettings(next) } })
}

/** Ends a stroke: the drawing goes to the link. */
export function keepDrawing(): void {
  const drawn = stroking.peek()
  if (!drawn) return
  changeSettings({ drawing: drawn })
  stroking.value = undefined
}

export const showDrawing = (next: Drawing): void => changeSettings({ drawing: next })
