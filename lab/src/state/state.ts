/**
 * Everything that the page shows, as one record. Nothing else decides what is shown. So a link that
 * holds the record shows the same page.
 *
 * The default example of links is not square. Its output has another shape than its kernel, and its
 * kernel has no symmetry. So swapped axes and a missing flip are visible.
 */

import type { Focus } from 'stridefold/sync'
import type { OpenPage } from '../pages/page-names.ts'
import type { PhotoSettings } from '../photo/settings.ts'
import type { OpenStory } from '../stories/story-names.ts'

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

/** The views that the first screen shows beside the picture, one at a time. */
export const dockNames = ['matrix', 'sparse', 'memory', 'signal', 'sizes', 'flip', 'sum'] as const
export type DockName = (typeof dockNames)[number]

/** The pictures of the lab: grey values from 0 to 255. */
export const pictureNames = ['harbour'] as const
export type PictureName = (typeof pictureNames)[number]
/** The extents of the pictures: rows, columns. */
export const pictureShape: readonly [rows: number, columns: number] = [43, 64]

/**
 * The padding modes. `valid`, `same` and `full` are the names of case notation. `same-signal` is
 * the SAME of signals, which does not depend on the stride.
 */
export const modeNames = ['valid', 'same', 'same-signal', 'full'] as const
export type ModeName = (typeof modeNames)[number]

/** The named signal shapes and weightings. */
export const signalNames = ['step', 'sine', 'pulses', 'ramp'] as const
export type SignalName = (typeof signalNames)[number]
export const weightingNames = ['box', 'triangle', 'gaussian', 'exponential', 'difference'] as const
export type WeightingName = (typeof weightingNames)[number]

/** A shape with uniform noise of up to ± `noise`, which follows from the seed. */
export interface NoisySignal {
  readonly signal: SignalName
  readonly noise: number
  readonly seed: number
}

/**
 * The numbers of an array, as one of: small integers that follow from a seed; rows that hold a
 * signal or a weighting; a picture of the lab; or all numbers in row-major order.
 */
export type Numbers =
  | { readonly seed: number }
  | { readonly picture: PictureName }
  | NoisySignal
  | { readonly weighting: WeightingName }
  | { readonly values: readonly number[] }

/** The most numbers of one array that a link can hold. */
export const maxValues: number = 1 << 16

/** The seeds of a problem that has no numbers of its own. */
export const usualSeeds = { input: 1, kernel: 2 } as const

/** How the window matrix is drawn: one column or one row for each window. */
export const layouts = ['columns', 'rows'] as const
export type Layout = (typeof layouts)[number]

/** Whether the window matrix holds copies of the samples, or only their addresses. */
export const windowForms = ['copied', 'strided'] as const
export type WindowForm = (typeof windowForms)[number]

/** The unit of strides and offsets: elements, as in stridefold, or bytes, as in NumPy. */
export const units = ['elements', 'bytes'] as const
export type Unit = (typeof units)[number]

/** A view of the input's memory, in elements. */
export interface ViewSpec {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/**
 * Limits of a view: axes, cells, and the magnitude of strides and offset. Within these limits every
 * address is an exact number.
 */
export const maxViewAxes: number = 8
export const maxViewCells: number = 1 << 20
export const maxViewStride: number = 2 ** 31

/** The value that the page writes through a view. It is easy to recognise in every view. */
export const writtenValue: number = -99

/** The last write: the element of the memory, and its previous value. */
export interface WriteRecord {
  readonly element: number
  readonly before: number
}

/** The last stage of the window animation. */
export const lastStage: number = 3

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface LabState {
  /** The convolution in canonical case notation. */
  readonly problem: string
  readonly input: Numbers
  readonly kernel: Numbers
  /** The weights are the numbers of the kernel divided by this. */
  readonly divisor: number
  readonly bias: number
  /** The open views of the workspace. Without any, the page shows the first screen if it can. */
  readonly views: readonly ViewName[]
  /** The view that the first screen shows beside the picture. */
  readonly dock: DockName | undefined
  /** What the picture page shows; undefined: the page shows another face. */
  readonly photo: PhotoSettings | undefined
  /** The page of the menu "More" that is open. */
  readonly page: OpenPage | undefined
  /** The open story and its step. It lies over whatever else is shown. */
  readonly story: OpenStory | undefined
  readonly focus: Focus | undefined
  /** The selected tap of the focused output. */
  readonly tap: number | undefined
  /** The angle of the rotated kernel drawing, in degrees from 0 to 180. */
  readonly turn: number
  /**
   * The stage of the window animation: 0 in the input, 1 lifted out, 2 flattened, 3 in the matrix.
   */
  readonly stage: number
  readonly layout: Layout
  readonly windows: WindowForm
  /** The view of the input's memory; undefined: the whole input in its own layout. */
  readonly view: ViewSpec | undefined
  /**
   * The selected cell of that view. It is needed because several cells can have the address of the
   * focus.
   */
  readonly cell: readonly number[] | undefined
  readonly wrote: WriteRecord | undefined
  readonly unit: Unit
  /** Samples per unit of time in the drawing of the integral. */
  readonly rate: number
  /** Whether the Toeplitz matrix is transposed. */
  readonly transposed: boolean
  /** A query to `solveShape`: the dialect, then the known numbers of one axis. */
  readonly solve: string
  /** Whether the page is in presentation mode: large, without controls. */
  readonly present: boolean
  /** Whether single-key shortcuts are enabled. */
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
  divisor: 1,
  bias: 0,
  views: [],
  dock: undefined,
  photo: undefined,
  page: undefined,
  story: undefined,
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

/** The views of the workspace for a problem that the first screen cannot show. */
export const usualViews: readonly ViewName[] = [
  'slide',
  'arithmetic',
  'im2col',
  'toeplitz',
  'memory',
]

/** What the page shows at an address without a link: a picture, and a kernel that finds edges. */
export const firstState: LabState = {
  ...defaultState,
  problem: '1x1x43x64 * 1x1x3x3',
  input: { picture: 'harbour' },
  kernel: { values: [-1, 0, 1, -2, 0, 2, -1, 0, 1] },
  focus: { output: [0, 0, 23, 19] },
}
