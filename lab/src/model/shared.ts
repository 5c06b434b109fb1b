/**
 * The signals that all views read: the view model of the state, and the highlight of the active
 * focus.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { part, preview, activeFocus } from '../state/store.ts'
import { type Highlight, highlightOf } from './highlight.ts'
import { type ViewModel, viewModelOf } from './view-model.ts'

const [problem, input, kernel, divisor, bias, tap] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
  part('tap'),
]

export const viewModel: ReadonlySignal<ViewModel> = computed(() =>
  viewModelOf({
    problem: problem.value,
    input: input.value,
    kernel: kernel.value,
    divisor: divisor.value,
    bias: bias.value,
  }),
)

export const highlight: ReadonlySignal<Highlight> = computed(() =>
  highlightOf(viewModel.value, activeFocus.value, preview.value ? undefined : tap.value, {
    input: viewModel.value.input,
    kernel: viewModel.value.kernel,
  }),
)
