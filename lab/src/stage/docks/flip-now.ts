/**
 * What the flip view shows now: both ways, the results at the place of the window, and the sizes.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { part } from '../../state/store.ts'
import { dockBox } from '../layout.ts'
import { placesOf } from '../region.ts'
import { place, region, stageModel } from '../stage.ts'
import type { Place } from '../stage-model.ts'
import { type FlipLayout, flipLayout } from './flip-layout.ts'
import {
  differenceAt,
  type FlipPair,
  flipPair,
  resultAt,
  type Way,
  type WayResult,
} from './flip-pair.ts'
import { textLengths } from './text-lengths.ts'

/** The two pages of the view. */
export const page: Signal<'results' | 'libraries'> = signal('results')

/** The room of the caption and of the buttons below the figure. */
const captionHeight = 76

const [problem, input, kernel, divisor, bias] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
]

export const pair: ReadonlySignal<FlipPair> = computed(() =>
  flipPair(
    {
      problem: problem.value,
      input: input.value,
      kernel: kernel.value,
      divisor: divisor.value,
      bias: bias.value,
    },
    stageModel.value,
  ),
)

export const results: ReadonlySignal<Readonly<Record<Way, WayResult>>> = computed(() => ({
  correlation: resultAt(pair.value, 'correlation', place.value),
  convolution: resultAt(pair.value, 'convolution', place.value),
}))

/** The outputs of the region. */
export const outputs: ReadonlySignal<readonly Place[]> = computed(() =>
  placesOf(region.value.output),
)

export const differences: ReadonlySignal<readonly number[]> = computed(() =>
  outputs.value.map((at) => differenceAt(pair.value, at)),
)

/** Changes only with the number of outputs. */
export const outputExtents: ReadonlySignal<string> = computed(() => {
  const { width, height } = region.value.output
  return `${width},${height}`
})

/** The sizes depend on the longest possible numbers. So they stay while the window moves. */
export const layout: ReadonlySignal<FlipLayout> = computed(() => {
  const [width = 1, height = 1] = outputExtents.value.split(',').map(Number)
  const box = dockBox.value
  return flipLayout(
    { width: box.width, height: box.height - captionHeight, isPhone: box.isPhone },
    {
      kernel: stageModel.value.kernel,
      outputs: { width, height },
      lengths: textLengths(stageModel.value),
    },
  )
})
