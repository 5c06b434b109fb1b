/**
 * What is on the screen, as one record. Nothing else decides what is shown, so a link that carries
 * the record shows the same again.
 *
 * The example a newcomer sees is not square, its output has another shape than its kernel, and its
 * kernel has no symmetry: mistakes of ours and of readers would show.
 */

import type { Focus } from 'stridefold/sync'

export const viewNames = [
  'slide',
  'arithmetic',
  'flip',
  'modes',
  'smoothing',
  'im2col',
  'memory',
  'toeplitz',
] as const
export type ViewName = (typeof viewNames)[number]

/**
 * Ways to pad: as case notation names them, and the SAME of signals, which does not look at the
 * stride.
 */
export const modeNames = ['valid', 'same', 'same-signal', 'full'] as const
export type ModeName = (typeof modeNames)[number]

/** Shapes of signals, and weightings, that have a name. */
export const signalNames = ['step', 'sine', 'pulses', 'ramp'] as const
export type SignalName = (typeof signalNames)[number]
export const weightingNames = ['box', 'triangle', 'gaussian', 'exponential', 'difference'] as const
export type WeightingName = (typeof weightingNames)[number]

/** A shape under uniform noise of up to ± `noise`, which follows from the seed. */
export interface NoisySignal {
  readonly signal: SignalName
  readonly noise: number
  readonly seed: number
}

/**
 * Numbers of an array: small whole ones that follow from a seed; rows that are a signal or a
 * weighting; or every one, in row-major order.
 */
export type Numbers =
  | { readonly seed: number }
  | NoisySignal
  | { readonly weighting: WeightingName }
  | { readonly values: readonly number[] }

/** How the window matrix is drawn: a window as a column, or as a row. */
export const layouts = ['columns', 'rows'] as const
export type Layout = (typeof layouts)[number]

/** Whether the window matrix is made, or just its addresses. */
export const windowForms = ['copied', 'strided'] as const
export type WindowForm = (typeof windowForms)[number]

/** Whether strides and offsets are counted in elements, as here, or in bytes, as NumPy does. */
export const units = ['elements', 'bytes'] as const
export type Unit = (typeof units)[number]

/** A view over the input's memory, in elements. */
export interface ViewSpec {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/**
 * What a view may have: so many axes and cells, and strides and offset so far from 0 that every
 * address is an exact number.
 */
export const maxViewAxes: number = 8
export const maxViewCells: number = 1 << 20
export const maxViewStride: number = 2 ** 31

/** What is written through a view, to be seen wherever that place shows. */
export const writtenValue: number = -99

/** Where it was written last, as an element of the memory, and what stood there. */
export interface WriteRecord {
  readonly element: number
  readonly before: number
}

/** Stages of a window's way into the matrix. */
export const lastStage: number = 3

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface LabState {
  /** The convolution in case notation, in its canonical spelling. */
  readonly problem: string
  readonly input: Numbers
  readonly kernel: Numbers
  readonly bias: number
  readonly views: readonly ViewName[]
  readonly focus: Focus | undefined
  /** The tap of the focused output that is being looked at. */
  readonly tap: number | undefined
  /** How far the picture of the kernel is turned, in degrees up to 180. */
  readonly turn: number
  /**
   * How far the focused window is on its way into the matrix: in the input, lifted out, flattened,
   * landed.
   */
  readonly stage: number
  readonly layout: Layout
  readonly windows: WindowForm
  /** The view that is laid over the input's memory; undefined: the input as it lies. */
  readonly view: ViewSpec | undefined
  /** The cell of that view that was chosen: several may stand on the focused element. */
  readonly cell: readonly number[] | undefined
  readonly wrote: WriteRecord | undefined
  readonly unit: Unit
  /** Samples a unit of time in the continuous picture. */
  readonly rate: number
  /** Whether the Toeplitz matrix is turned over its diagonal. */
  readonly transposed: boolean
  /** A question to `solveShape`: the dialect, then what is known of one axis. */
  readonly solve: string
  /** Whether the page is shown to an audience: large, without controls. */
  readonly present: boolean
  /** Whether single keys do something. */
  readonly shortcuts: boolean
  readonly language: Language
  readonly theme: Theme
}

export const defaultState: LabState = {
  problem: '1x1x5x7 * 1x1x3x2 p1,0:1',
  input: {
    values: [
      3, 9, 0, 2, 7, 1, 4, 2, 8, 1, 6, 5, 0, 3, 1, 4, 8, 7, 2, 9, 0, 6, 0, 5, 3, 8, 1, 2, 9, 4, 2,
      6, 0, 3, 7,
    ],
  },
  kernel: { values: [1, -2, 0, 3, 2, -1] },
  bias: 0,
  views: ['slide', 'arithmetic', 'im2col', 'toeplitz', 'memory'],
  focus: { output: [0, 0, 1, 3] },
  tap: undefined,
  turn: 180,
  stage: lastStage,
  layout: 'columns',
  windows: 'copied',
  view: undefined,
  cell: undefined,
  wrote: undefined,
  rate: 4,
  unit: 'elements',
  transposed: false,
  solve: 'pytorch,input:224,kernel:7,stride:2,output:112',
  present: false,
  shortcuts: true,
  language: 'en',
  theme: 'system',
}
