/**
 * The small live drawings of the docked views, one function each, in `thumbnails/`.
 */

import type { DockName } from '../state/state.ts'
import type { Colours } from './colours.ts'
import type { Place, StageModel } from './stage-model.ts'
import { drawFlip } from './thumbnails/flip.ts'
import { drawMatrix } from './thumbnails/matrix.ts'
import { drawMemory } from './thumbnails/memory.ts'
import { drawSignal } from './thumbnails/signal.ts'
import { drawSizes } from './thumbnails/sizes.ts'
import { drawSparse } from './thumbnails/sparse.ts'
import { drawSum } from './thumbnails/sum.ts'

/** What a thumbnail draws on: a cleared canvas of this size, in CSS pixels. */
export interface Thumbnail {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly model: StageModel
  readonly place: Place
  readonly colours: Colours
}

export const thumbnails: Readonly<Record<DockName, (thumbnail: Thumbnail) => void>> = {
  matrix: drawMatrix,
  sparse: drawSparse,
  memory: drawMemory,
  signal: drawSignal,
  sizes: drawSizes,
  flip: drawFlip,
  sum: drawSum,
}
