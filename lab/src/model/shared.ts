/**
 * The signals that all views read: the view model of the state, and the highlight of the active
 * focus.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { defaultState } from '../state/state.ts'
import { activeFocus, part, preview } from '../state/store.ts'
import type { ProblemNumbers } from './arrays.ts'
import { type Frame, frameOf } from './frame.ts'
import { type Highlight, highlightOf, noHighlight } from './highlight.ts'
import { modelIn } from './models.ts'
import { type ViewModel, viewModelOf } from './view-model.ts'

const [problem, input, kernel, divisor, bias, tap] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
  part('tap'),
]

const numbers: ReadonlySignal<ProblemNumbers> = computed(() => ({
  problem: problem.value,
  input: input.value,
  kernel: kernel.value,
  divisor: divisor.value,
  bias: bias.value,
}))

/** The geometry and the shapes of the problem. They are there at once, also without numbers. */
export const frame: ReadonlySignal<Frame> = computed(() => frameOf(problem.value))

const found = computed(() => modelIn('page', numbers.value).value)
let last: ViewModel | undefined

/**
 * While the numbers of a large problem are computed, this is the last view model. It may then
 * belong to another problem: see `isReplaced`.
 */
export const viewModel: ReadonlySignal<ViewModel> = computed(() => {
  last = found.value ?? last ?? viewModelOf(defaultState)
  return last
})

/** Are the numbers of the page still computed? */
export const isComputing: ReadonlySignal<boolean> = computed(() => found.value === undefined)

/** Does the view model belong to an older problem? Then no view may show it. */
export const isReplaced: ReadonlySignal<boolean> = computed(
  () => viewModel.value.geometry.key !== frame.value.geometry.key,
)

export const highlight: ReadonlySignal<Highlight> = computed(() =>
  isReplaced.value
    ? noHighlight
    : highlightOf(viewModel.value, activeFocus.value, preview.value ? undefined : tap.value, {
        input: viewModel.value.input,
        kernel: viewModel.value.kernel,
      }),
)
