/** What the page “FFT” shows now. The settings are in the link. */

import { computed, type ReadonlySignal } from '@preact/signals'
import { linkedSettings, writeLinked } from '../pages/linked-settings.ts'
import { type Stepped, stepped } from '../pages/stepped.ts'
import { type FftModel, fftModelOf, stagesOf } from './fft-model.ts'
import {
  type ArrayName,
  type FftSettings,
  pointsOf,
  readSettings,
  signalsOf,
  writeSettings,
} from './settings.ts'

const read = linkedSettings('fft', readSettings)
export const settings: ReadonlySignal<FftSettings> = computed(() => read.value.settings)
export const faults: ReadonlySignal<readonly string[]> = computed(() => read.value.faults)

const numbers = computed(() => {
  const { x, k } = signalsOf(settings.value)
  return `${x};${k};${pointsOf(settings.value)}`
})
export const model: ReadonlySignal<FftModel> = computed(() => {
  numbers.value
  return fftModelOf(settings.peek())
})

export const steps: Stepped<ArrayName, FftSettings> = stepped<ArrayName, FftSettings>({
  settings,
  stages: computed(() => stagesOf(model.value)),
  lengthOf: () => model.peek().points,
  write: (next) => writeLinked('fft', writeSettings(next)),
})
