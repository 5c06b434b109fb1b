/**
 * The colours of the taps of the kernel that is shown, in the theme that is shown.
 */

import { computed } from '@preact/signals'
import { type TapColour, tapColour } from '../../model/colours.ts'
import { colours } from '../colours.ts'
import { stageModel } from '../stage.ts'

/** Changes only with the extents, not with every weight. */
const extents = computed(() => {
  const { width, height } = stageModel.value.kernel
  return `${width},${height}`
})

export function kernelColour(tap: number): TapColour {
  const [columns = 1, rows = 1] = extents.value.split(',').map(Number)
  return tapColour(tap, columns, rows, colours.value.isDark)
}
