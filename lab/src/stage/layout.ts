/**
 * The sizes of the first screen, from the size of the window. The planes have whole pixels, and
 * the digits of the lens have one size for a kernel, so nothing moves while the window moves.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { isEmbedded } from '../state/embedded.ts'
import { part } from '../state/store.ts'
import { digitSizes, fitSum, scaleWidth } from './digit-sizes.ts'
import { dock, regionLimit, stageModel } from './stage.ts'
import type { StageModel } from './stage-model.ts'

/** The extents of the boxes of the planes, in units: those of the pictures. */
export const boxWidth = 64
export const boxHeight = 43

const phoneWidth = 760
const widest = 2600
const narrowColumn = 660
/** The strip of drawings, with its line. */
const stripHeight = 92
/** The least height of a docked view, and the height of everything around it in its column. */
const leastDock = 300
const dockedRest = 258

const isPresenting = part('present')
const viewport: Signal<{ readonly width: number; readonly height: number }> = signal({
  width: innerWidth,
  height: innerHeight,
})

/** The height that a panel at the lower edge of the window takes from the page, in CSS pixels. */
export const panelHeight: Signal<number> = signal(0)

/** Follows the size of the window until the returned function is called. */
export function followViewport(): () => void {
  const read = (): void => {
    viewport.value = { width: document.documentElement.clientWidth, height: innerHeight }
  }
  read()
  addEventListener('resize', read)
  return () => removeEventListener('resize', read)
}

export interface Layout {
  readonly isPhone: boolean
  readonly isPresenting: boolean
  readonly isDocked: boolean
  /** Whether the column of words has little room: shorter names, smaller type. */
  readonly isNarrow: boolean
  readonly margin: number
  readonly gap: number
  /** The box of the input, and the box of the output, in CSS pixels. */
  readonly input: { readonly width: number; readonly height: number }
  readonly output: { readonly width: number; readonly height: number }
  /** A cell of the lens, and the widths of its three grids. */
  readonly cell: number
  readonly cellWidths: {
    readonly window: number
    readonly kernel: number
    readonly product: number
  }
  readonly signWidth: number
  /** Sizes of type. */
  readonly type: {
    readonly window: number
    readonly kernel: number
    readonly product: number
    readonly sum: number
    readonly label: number
    readonly headline: number
    readonly sentence: number
  }
  readonly sumWidth: number
  /** The box of a docked view with its caption. */
  readonly dock: {
    readonly width: number
    readonly height: number
  }
}

const between = (low: number, value: number, high: number): number =>
  Math.max(low, Math.min(high, value))

export const layout: ReadonlySignal<Layout> = computed(() => {
  const { width, height: windowHeight } = viewport.value
  const isPhone = width < phoneWidth && !isPresenting.value
  // A phone scrolls, so a panel takes no room from it.
  const height = windowHeight - (isPhone ? 0 : panelHeight.value)
  return (isPhone ? phoneLayout : isPresenting.value ? presentLayout : deskLayout)(
    width,
    // A frame in another page has no strip below the stage, and no bar.
    height + (isEmbedded() ? stripHeight : 0),
    stageModel.value,
    dock.value !== undefined && !isPresenting.value,
  )
})

/** The room of a docked view: figure and caption. */
export const dockBox: ReadonlySignal<{
  readonly width: number
  readonly height: number
  readonly isPhone: boolean
}> = computed(() => ({ ...layout.value.dock, isPhone: layout.value.isPhone }))

const sides = ({ kernel }: StageModel): number => Math.max(kernel.width, kernel.height, 3)

function deskLayout(width: number, height: number, model: StageModel, isDocked: boolean): Layout {
  const n = sides(model)
  const margin = between(24, Math.round(width * 0.031), 72)
  const gap = between(48, Math.round(width * 0.056), 96)
  const unit = between(
    4,
    Math.floor(
      Math.min(
        (height - 186) / (2 * boxHeight),
        ((Math.min(width, widest) - 2 * margin) * 0.385) / boxWidth,
      ),
    ),
    16,
  )
  const column = Math.min(width, widest) - 2 * margin - gap - boxWidth * unit - 6
  const isNarrow = column < narrowColumn
  const signs = isDocked ? 30 : between(30, Math.round(column * 0.075), 60)
  const headline = between(26, width * 0.0297, 50)
  const stageHeight = Math.max(2 * boxHeight * unit + 54, height - 144)
  const free = stageHeight - (302 + headline * 2.4)
  const whole = Math.floor(Math.min((column - 2 * signs) / (3 * n), free / n, (92 * 3) / n))
  const cell = isDocked
    ? Math.floor(Math.min(whole, ((height < 760 ? 32 : 37) * 3) / n))
    : Math.max(whole, 22)
  const isLong = model.divisor !== 1 || model.bias !== 0
  const digits = model.divisor > 99 ? 'longest' : isLong ? 'long' : 'short'
  const sumRoom = isDocked ? column - 3 * n * cell - 2 * signs - 22 : column * 0.55
  const sum = fitSum(
    model,
    isDocked
      ? { longest: 25, long: 30, short: 44 }[digits]
      : { longest: 33, long: 44, short: between(52, Math.round(cell * 0.4 * n), 88) }[digits],
    sumRoom - scaleWidth,
  )
  return {
    isPhone: false,
    isPresenting: false,
    isDocked,
    isNarrow,
    margin,
    gap,
    input: { width: boxWidth * unit, height: boxHeight * unit },
    output: { width: boxWidth * unit, height: boxHeight * unit },
    cell,
    cellWidths: { window: cell, kernel: cell, product: cell },
    signWidth: signs,
    type: {
      ...digitSizes(model, cell * 0.37, { window: cell, kernel: cell, product: cell }, 6),
      sum,
      label: isDocked ? 15 : 17,
      headline,
      sentence: isNarrow ? 15 : between(17, width * 0.0149, 24),
    },
    sumWidth: isDocked ? 0 : Math.round(whole * n + signs + (isNarrow ? 30 : 90)),
    dock: { width: column, height: Math.max(leastDock, stageHeight - cell * n - dockedRest) },
  }
}

function presentLayout(width: number, height: number, model: StageModel): Layout {
  const n = sides(model)
  const margin = Math.round(width * 0.029)
  const gap = 84
  const unit = between(
    4,
    Math.floor(
      Math.min((height - 200) / (2 * boxHeight), ((width - 2 * margin) * 0.36) / boxWidth),
    ),
    24,
  )
  const column = width - 2 * margin - gap - boxWidth * unit - 6
  const signs = Math.round(column * 0.058)
  // The products are the widest numbers, and the weights the shortest.
  const [kernelShare, productShare] = [0.74, 1.2]
  const cell = Math.floor(
    Math.min((column - 2 * signs) / ((1 + kernelShare + productShare) * n), (height * 0.306) / n),
  )
  const cellWidths = {
    window: cell,
    kernel: Math.floor(cell * kernelShare),
    product: Math.floor(cell * productShare),
  }
  const large = height / 1080
  const isLong = model.divisor !== 1 || model.bias !== 0
  return {
    isPhone: false,
    isPresenting: true,
    isDocked: false,
    isNarrow: false,
    margin,
    gap,
    input: { width: boxWidth * unit, height: boxHeight * unit },
    output: { width: boxWidth * unit, height: boxHeight * unit },
    cell,
    cellWidths,
    signWidth: signs,
    type: {
      ...digitSizes(model, cell * 0.47, cellWidths, 6),
      sum: (isLong ? (model.divisor > 99 ? 72 : 104) : 150) * large,
      label: 32 * large,
      headline: 60 * large,
      sentence: 36 * large,
    },
    sumWidth: Math.round(n * cellWidths.window + signs + (n / 3) * cellWidths.kernel - 56 * large),
    dock: { width: column, height: height * 0.4 },
  }
}

function phoneLayout(width: number, height: number, model: StageModel, isDocked: boolean): Layout {
  const n = Math.max(model.kernel.width, model.kernel.height, 2)
  const pixels = devicePixelRatio || 1
  // A low, wide window, such as a desktop page at 200 %, scrolls instead.
  const pictureHeight = width > height ? leastPicture : height * 0.3
  const unit = Math.max(
    3,
    Math.floor(Math.min((width - 28) / boxWidth, pictureHeight / boxHeight) * pixels) / pixels,
  )
  const margin = Math.max(10, (width - boxWidth * unit) / 2)
  const signs = 20
  const room = width - 2 * margin
  const cell = Math.floor((room - 2 * signs - 4) / (3 * n))
  const small = Math.max(1.5, Math.floor((((room - 14) * 0.56) / boxWidth) * 2) / 2)
  const isLong = model.divisor !== 1 || model.bias !== 0
  return {
    isPhone: true,
    isPresenting: false,
    isDocked,
    isNarrow: false,
    margin,
    gap: 14,
    input: { width: boxWidth * unit, height: drawnHeight(model, unit, isDocked) },
    output: { width: boxWidth * small, height: drawnHeight(model, small, isDocked) },
    cell,
    cellWidths: { window: cell, kernel: cell, product: cell },
    signWidth: signs,
    type: {
      ...digitSizes(model, cell * 0.42, { window: cell, kernel: cell, product: cell }, 3),
      sum: fitSum(model, isLong ? 24 : 40, room - boxWidth * small - 14 - scaleWidth),
      label: 15,
      headline: width < 380 ? 18.5 : 21,
      sentence: 15,
    },
    sumWidth: 0,
    dock: { width: room, height: Math.max(260, height * 0.42) },
  }
}

/** On a phone a low plane has a low box, so that a signal leaves no empty room. */
function drawnHeight(
  { padded, window, stride }: StageModel,
  unit: number,
  isDocked: boolean,
): number {
  const columns = isDocked ? Math.min(padded.width, window.x + 2 * stride.x) : padded.width
  const rows = isDocked ? Math.min(padded.height, window.y + 2 * stride.y) : padded.height
  const cell = Math.min((boxWidth * unit) / columns, (boxHeight * unit) / rows)
  return Math.max(leastPlane, Math.ceil(rows * cell))
}

const leastPlane = 24
const leastPicture = 258

/** The numbers around the window that fit: fewer on a phone. */
export const followRegionLimit = (): void => {
  regionLimit.value = { x: layout.value.isPhone ? 3 : 5, y: 3 }
}
