/**
 * Loops over the components of a phase: they read the same samples, and each has an output and a
 * tap of its own to begin with.
 *
 *   0 1 2 3 0 1 2 3 …   stride 4: four components in turn along the output; a loop of four with step 1
 *                       in the output, −1 in the kernel and 0 in the input
 */

import type { Loop } from '../program/steps.ts'
import { axisName, loop, type BufferView } from './builder.ts'
import type { PolyphaseComponent } from './polyphase.ts'

/**
 * The loops, none along an axis with a single component, and how they move an output and a kernel.
 */
export interface ComponentLoops {
  readonly loops: readonly Loop[]
  readonly output: readonly number[]
  readonly kernel: readonly number[]
}

export function componentLoops(
  phase: PolyphaseComponent,
  output: BufferView,
  kernel: BufferView,
): ComponentLoops {
  const several = [...phase.entries()].filter(([, axis]) => axis.components > 1)
  return {
    loops: several.map(([a, axis]) => loop(axisName('r', a, phase.length), axis.components)),
    output: several.map(([a, axis]) => axis.outputNext * output.axes[a]!),
    kernel: several.map(([a, axis]) => axis.kernelNext * kernel.axes[a]!),
  }
}
