/**
 * What a live drawing of a docked view gets: a canvas, and what the stage shows now.
 */

import type { Colours } from '../colours.ts'
import type { Place, StageModel } from '../stage-model.ts'

/** What a thumbnail draws on: a cleared canvas of this size, in CSS pixels. */
export interface Thumbnail {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly model: StageModel
  readonly place: Place
  readonly colours: Colours
}
