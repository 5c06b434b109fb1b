/**
 * Where the planes are drawn in their boxes: the size of a cell, and the first cell. While the
 * screen zooms from the picture to the numbers, the view is between two regions.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { layout } from './layout.ts'
import type { Rectangle, Region } from './region.ts'
import { isZoomed, place, shownRegion, stageModel } from './stage.ts'

/** Cells of this size show their numbers. */
export const digitCell = 26
/** The largest cells of zoomed planes. */
const maxCell = 86
const maxPresentedCell = 140

/** The region that is drawn now. It differs from `shownRegion` only while the screen zooms. */
const zooming: Signal<Region | undefined> = signal(undefined)

export const isZooming: ReadonlySignal<boolean> = computed(() => zooming.value !== undefined)
export const view: ReadonlySignal<Region> = computed(() => zooming.value ?? shownRegion.value)

export interface PlateGeometry {
  readonly view: Region
  /** The extent of a cell in CSS pixels. */
  readonly inputCell: number
  readonly outputCell: number
  /** The first drawn input in its box. */
  readonly inputLeft: number
  /**
   * The first drawn output in its box. At the same scale the output lies under the middles of its
   * windows, so the lost border is seen.
   */
  readonly outputLeft: number
  readonly outputTop: number
}

export const plateGeometry: ReadonlySignal<PlateGeometry> = computed(() => {
  const { input, output, isPhone, isPresenting } = layout.value
  const { stride, window } = stageModel.value
  const region = view.value
  const isFree = isZooming.value
  const fit = (box: { width: number; height: number }, part: Rectangle): number =>
    Math.min(box.width / part.width, box.height / part.height)
  const round = (cell: number): number => {
    const pixel = devicePixelRatio || 1
    return isFree || cell < 2 ? cell : Math.floor(cell * pixel) / pixel
  }
  const isWhole = !isZoomed.value && !isFree
  let inputCell = round(fit(input, region.input))
  if (isZoomed.value && !isPhone)
    inputCell = Math.min(inputCell, isPresenting ? maxPresentedCell : maxCell)
  // An output is as large as a sample. On a phone the box of the output is smaller.
  const outputCell = isPhone
    ? round(Math.min(fit(output, isWhole ? region.input : region.output), digitCell * 2))
    : Math.min(inputCell, fit(output, region.output))
  const isAligned = isWhole && stride.x === 1 && stride.y === 1
  return {
    view: region,
    inputCell,
    outputCell,
    inputLeft: isPhone ? (input.width - region.input.width * inputCell) / 2 : 0,
    outputLeft: isAligned ? ((window.x - 1) / 2) * outputCell : 0,
    outputTop: isAligned ? ((window.y - 1) / 2) * outputCell : 0,
  }
})

/** The box of the window in the plate, in CSS pixels. */
export const frameBox = (): { left: number; top: number; width: number; height: number } => {
  const { inputCell: cell, inputLeft, view } = plateGeometry.value
  const { stride, window } = stageModel.value
  const { x, y } = place.value
  return {
    left: inputLeft + (x * stride.x - view.input.x) * cell,
    top: (y * stride.y - view.input.y) * cell,
    width: window.x * cell,
    height: window.y * cell,
  }
}

export const boxStyle = (left: number, top: number, width: number, height: number): string =>
  `left:${left}px;top:${top}px;width:${width}px;height:${height}px`

const zoomMs = 420

/** Moves the view from one region to another. Without motion it changes at once. */
export function zoomFrom(from: Region, isReduced: boolean): void {
  const to = shownRegion.peek()
  if (isReduced || layout.peek().isPhone) return
  const start = performance.now()
  const frame = (now: number): void => {
    const share = Math.min(1, Math.max(0, (now - start) / zoomMs))
    zooming.value = share < 1 ? between(from, to, ease(share)) : undefined
    if (share < 1) requestAnimationFrame(frame)
  }
  frame(start)
}

const ease = (share: number): number =>
  share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2

function between(from: Region, to: Region, share: number): Region {
  const mix = (a: Rectangle, b: Rectangle): Rectangle => ({
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
    width: a.width + (b.width - a.width) * share,
    height: a.height + (b.height - a.height) * share,
  })
  return { input: mix(from.input, to.input), output: mix(from.output, to.output) }
}
