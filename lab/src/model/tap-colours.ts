/**
 * The colours of the taps of the current problem, in the current theme. All grids and drawings read
 * them here, so a tap has one colour on the whole page.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { background } from '../grid/palette.ts'
import { type TapColour, tapColour } from './colours.ts'
import { planesOf } from './planes.ts'
import { viewModel } from './shared.ts'

/** A place without a tap (number −1) has the colour of the first tap. */
export const colourOfTap: ReadonlySignal<(tap: number) => TapColour> = computed(() => {
  const { rows, columns } = planesOf(viewModel.value.shapes.kernel)
  const isDark = background.value === 'dark'
  return (tap) => tapColour(Math.max(0, tap), columns, rows, isDark)
})
