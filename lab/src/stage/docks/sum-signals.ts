/** The sum of the current output as the docked sum shows it. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { products, stageModel } from '../stage.ts'
import type { Product } from '../stage-model.ts'
import { type Axis, axisFor, inOrder, type Order, runningSums, wholeAxis } from './sum-steps.ts'

export const order: Signal<Order> = signal('rows')

/** The products in the order of summation. */
export const ordered: ReadonlySignal<readonly Product[]> = computed(() =>
  inOrder(products.value, order.value),
)

/** The sum after each of them. */
export const sums: ReadonlySignal<readonly number[]> = computed(() => runningSums(ordered.value))

/** All sums that the kernel can have. */
export const whole: ReadonlySignal<Axis> = computed(() => wholeAxis(stageModel.value))

/** The sums that the drawing shows now. */
export const axis: ReadonlySignal<Axis> = computed(() => axisFor(products.value))
