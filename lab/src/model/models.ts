/**
 * View models that may arrive later. A small problem has its view model at once. That of a large
 * one is computed in a worker.
 */

import type { ReadonlySignal } from '@preact/signals'
import { type NdArray, ndarray } from 'stridefold/sync'
import { compute } from '../compute/client.ts'
import { later } from '../compute/later.ts'
import type { PostedNumbers } from '../compute/tasks.ts'
import { arraysFrom, type Elements, type ProblemNumbers } from './arrays.ts'
import { areCopiesLarge, copiesOf } from './copies.ts'
import { type Frame, frameOf, isLarge } from './frame.ts'
import { pixelsOf } from './pictures.ts'
import { type ViewModel, viewModelFrom, viewModelOf } from './view-model.ts'

/** The view model of a slot; undefined while it is computed. */
export function modelIn(
  slot: string,
  numbers: ProblemNumbers,
): ReadonlySignal<ViewModel | undefined> {
  const { problem, input, kernel, divisor, bias } = numbers
  return later(slot, [problem, input, kernel, divisor, bias], () => {
    const frame = frameOf(problem)
    if (!isLarge(frame)) return viewModelOf(numbers)
    const { result, cancel } = compute('arrays', posted(numbers))
    return { result: result.then((elements) => modelFrom(frame, elements, bias)), cancel }
  })
}

const modelFrom = (frame: Frame, elements: Elements, bias: number): ViewModel =>
  viewModelFrom(frame, arraysFrom(frame, elements), bias)

/** The worker has no pictures, so it gets their pixels. */
function posted(numbers: ProblemNumbers): PostedNumbers {
  const block = (value: ProblemNumbers['input']): PostedNumbers['input'] =>
    'values' in value
      ? new Float64Array(value.values)
      : 'picture' in value
        ? new Float64Array(pixelsOf(value.picture))
        : value
  return { ...numbers, input: block(numbers.input), kernel: block(numbers.kernel) }
}

/** How often each sample occurs in the window matrix; undefined while it is computed. */
export function copiesIn({ geometry, shapes, taps }: ViewModel): NdArray | undefined {
  const frame = { geometry, shapes, taps }
  const counts = later('copies', [geometry], () =>
    areCopiesLarge(frame) ? compute('copies', { problem: geometry.key }) : copiesOf(frame).data,
  ).value
  return counts && ndarray(counts, shapes.input)
}
