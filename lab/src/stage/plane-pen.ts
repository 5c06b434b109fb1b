/**
 * What both planes are drawn with: the problem, the sizes, the colours and the largest digits.
 */

import { colours } from './colours.ts'
import type { Drawing } from './draw-planes.ts'
import { layout } from './layout.ts'
import { plateGeometry } from './plate-geometry.ts'
import { stageModel } from './stage.ts'

const largestDigits = 22
const largestPresentedDigits = 48

export const penFor = (context: CanvasRenderingContext2D): Drawing => ({
  context,
  model: stageModel.value,
  geometry: plateGeometry.value,
  colours: colours.value,
  digits: layout.value.isPresenting ? largestPresentedDigits : largestDigits,
})
