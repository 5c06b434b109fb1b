/**
 * Computes several polyphase components in one loop. Siblings read the same samples, and each
 * starts at its own output and its own tap.
 *
 *   0 1 2 3 0 1 2 3 …   the component of each output, for stride 4
 *
 * The loop runs over the four siblings: step 1 in the output, −1 in the kernel, 0 in the input.
 */

import type { Loop } from '../program/steps.ts'
import { axisName, type BufferView, loop } from './builder.ts'
import type { PolyphaseComponent } from './polyphase.ts'

/**
 * The loops over siblings, and their strides in the output and in the kernel. An axis with a single
 * component has no loop.
 */
export interface ComponentLoops {
  readonly loops: readonly Loop[]
  readonly output: readonly number[]
  readonly kernel: readonly number[]
}

export function componentLoops(
  component: PolyphaseComponent,
  output: BufferView,
  kernel: BufferView,
): ComponentLoops {
  const withSiblings = [...component.entries()].filter(([, axis]) => axis.siblings > 1)
  return {
    loops: withSiblings.map(([a, axis]) => loop(axisName('r', a, component.length), axis.siblings)),
    output: withSiblings.map(([a, axis]) => axis.outputNext * output.axes[a]!),
    kernel: withSiblings.map(([a, axis]) => axis.kernelNext * kernel.axes[a]!),
  }
}
