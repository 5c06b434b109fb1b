/**
 * The small live drawings of the docked views, one function each, in `thumbnails/`.
 */

import type { DockName } from '../state/state.ts'
import { drawFlip } from './thumbnails/flip.ts'
import { drawMatrix } from './thumbnails/matrix.ts'
import { drawMemory } from './thumbnails/memory.ts'
import { drawSignal } from './thumbnails/signal.ts'
import { drawSizes } from './thumbnails/sizes.ts'
import { drawSparse } from './thumbnails/sparse.ts'
import { drawSum } from './thumbnails/sum.ts'
import type { Thumbnail } from './thumbnails/thumbnail.ts'

export const thumbnails: Readonly<Record<DockName, (thumbnail: Thumbnail) => void>> = {
  matrix: drawMatrix,
  sparse: drawSparse,
  memory: drawMemory,
  signal: drawSignal,
  sizes: drawSizes,
  flip: drawFlip,
  sum: drawSum,
}
