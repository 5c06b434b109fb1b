/** An explanation of a pasted output: how the arrays are read, and what was computed from them. */

import type { Ending } from './endings.ts'
import type { Structure } from './structures.ts'
import type { Windows } from './windows.ts'

/**
 * A slip in the window matrix of im2col. `rows`: there are as many windows as weights. `reshaped`:
 * the matrix got the shape that fits.
 */
export type Trap = 'rows' | 'reshaped'

export interface Finding extends Structure {
  readonly windows: Windows
  readonly ending: Ending
  readonly trap?: Trap
}
