/** What the page “Winograd” shows now. The settings are in the link. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { linkedSettings, writeLinked } from '../pages/linked-settings.ts'
import { type Stepped, stepped } from '../pages/stepped.ts'
import { part } from '../state/store.ts'
import { hasTiles, lensNumbers } from './lens-numbers.ts'
import {
  type ArrayName,
  type GivenName,
  largestTile,
  readSettings,
  type TileName,
  taps,
  type WinogradSettings,
  writeSettings,
} from './settings.ts'
import { allMeasured, errorOf, type Measured } from './tile-errors.ts'
import { stagesOf, type WinogradModel, winogradModelOf } from './winograd-model.ts'

const read = linkedSettings('winograd', readSettings)
export const settings: ReadonlySignal<WinogradSettings> = computed(() => read.value.settings)
export const faults: ReadonlySignal<readonly string[]> = computed(() => read.value.faults)

const numbers = computed(() => {
  const { tile, d, g } = settings.value
  return `${tile};${d};${g}`
})
export const model: ReadonlySignal<WinogradModel> = computed(() => {
  numbers.value
  return winogradModelOf(settings.peek())
})

export const steps: Stepped<ArrayName, WinogradSettings> = stepped<ArrayName, WinogradSettings>({
  settings,
  stages: computed(() => stagesOf(model.value)),
  lengthOf: (array) => model.value.arrays[array].data.length,
  write: (next) => writeLinked('winograd', writeSettings(next)),
})

/** Another tile keeps what is computed or not. */
export function changeTile(tile: TileName): void {
  steps.player.pause()
  const isDone = steps.position.peek() === steps.last.peek()
  steps.changeSettings({ tile, cell: undefined, step: isDone ? undefined : 0 })
}

/** Numbers of the reader for the shown part of the tile or of the kernel. The others stay. */
export function changeNumbers(array: GivenName, values: readonly number[]): void {
  steps.player.pause()
  const { columns } = model.peek().arrays[array]
  const stride = array === 'd' ? largestTile : taps
  const all = [...settings.peek()[array]]
  for (const [i, value] of values.entries())
    all[Math.floor(i / columns) * stride + (i % columns)] = value
  steps.changeSettings({ [array]: all })
}

const [problem, input, kernel, divisor, focus] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('focus'),
]
/** Whether the first screen has a tile and a kernel for this page. */
export const isLensTiled: ReadonlySignal<boolean> = computed(() => hasTiles(problem.value))

/** Takes the tile at the window of the first screen, and its kernel. */
export function takeLens(): void {
  steps.player.pause()
  const at = focus.peek()
  const [, , row = 0, column = 0] = at && 'output' in at ? at.output : []
  const numbers = {
    ...{ problem: problem.peek(), input: input.peek(), kernel: kernel.peek() },
    ...{ divisor: divisor.peek(), bias: 0 },
  }
  steps.changeSettings(lensNumbers(numbers, [row, column]))
}

/** The measured errors; undefined where none is measured yet. */
export const errors: Signal<ReadonlyMap<Measured, number>> = signal(new Map())
const seed = computed(() => settings.value.seed)

/** Measures while the page is open, one tile at a time, so that the page stays usable. */
export const measureErrors = (): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = effect(() => {
    const of = seed.value
    clearTimeout(timer)
    const measure = (from: number): void => {
      const measured = allMeasured[from]
      if (measured === undefined) return
      errors.value = new Map([...errors.peek(), [measured, errorOf(measured, of)]])
      timer = setTimeout(() => measure(from + 1), pauseMs)
    }
    errors.value = new Map()
    timer = setTimeout(() => measure(0), pauseMs)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}
const pauseMs = 50
