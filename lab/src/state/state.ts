/**
 * What is on the screen, as one record. Nothing else decides what is shown, so a link that carries the record shows the same again.
 *
 * The example a newcomer sees is not square, its output has another shape than its kernel, and its kernel has no symmetry: mistakes of
 * ours and of readers would show.
 */

import type { Focus } from 'stridefold/sync'

export const viewNames = ['slide', 'arithmetic', 'modes', 'flip', 'smoothing', 'im2col', 'memory', 'toeplitz'] as const
export type ViewName = (typeof viewNames)[number]

/** Numbers of an array: small whole ones that follow from a seed, or every one of them, in row-major order. */
export type Numbers = { readonly seed: number } | { readonly values: readonly number[] }

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const unknowns = ['output', 'input', 'kernel', 'padding', 'stride', 'dilation'] as const
export const dialects = ['pytorch', 'tensorflow', 'onnx-upper', 'onnx-lower', 'scipy', 'numpy', 'article2'] as const
export const weightings = ['box', 'gaussian', 'drawn'] as const
export const pairs = ['boxes', 'box-decay', 'bumps'] as const

/** The window on memory that one tries out: in elements from the start of the input's data. */
export interface Tape {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

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
  readonly language: Language
  readonly theme: Theme
  readonly im2col: 'matrix' | 'view'
  /** How far the window has come on its way into the matrix: in place, lifted, flattened, landed. */
  readonly stage: number
  readonly toeplitz: 'forward' | 'transposed'
  /** The modes view: what `solveShape` is asked for, and in whose words. */
  readonly unknown: (typeof unknowns)[number]
  readonly dialect: (typeof dialects)[number]
  /** The extent of the output that is wished for, where it is not the unknown. */
  readonly wish: number
  readonly tape: Tape | undefined
  /** The element of the view through which −99 was written. */
  readonly written: number | undefined
  readonly signal: Numbers
  readonly noise: number
  readonly weighting: (typeof weightings)[number]
  /** Weights of the smoothing kernel: how many, or the drawn ones. */
  readonly width: number
  readonly drawn: readonly number[]
  readonly edges: 'zero' | 'edge' | 'reflect' | 'wrap'
  readonly causal: boolean
  /** The output sample of the smoothing view. */
  readonly at: number
  readonly pair: (typeof pairs)[number]
  /** Samples per unit of the continuous pair. */
  readonly density: number
  /** How far the second function of the pair is slid, in units. */
  readonly shift: number
}

export const usual: LabState = {
  problem: '1x1x5x7 * 1x1x3x2 p1,0:1',
  input: { values: [3, 9, 0, 2, 7, 1, 4, 2, 8, 1, 6, 0, 5, 3, 1, 4, 8, 7, 2, 9, 0, 6, 0, 5, 3, 8, 1, 2, 9, 4, 2, 6, 0, 3, 7] },
  kernel: { values: [1, -2, 0, 3, 2, -1] },
  bias: 0,
  views: ['slide', 'arithmetic', 'im2col', 'toeplitz'],
  focus: { output: [0, 0, 1, 3] },
  tap: undefined,
  language: 'en',
  theme: 'system',
  im2col: 'matrix',
  stage: 3,
  toeplitz: 'forward',
  unknown: 'output',
  dialect: 'pytorch',
  wish: 5,
  tape: undefined,
  written: undefined,
  signal: { seed: 1 },
  noise: 0.3,
  weighting: 'gaussian',
  width: 7,
  drawn: [0.4, 0.3, 0.2, 0.1],
  edges: 'edge',
  causal: false,
  at: 20,
  pair: 'box-decay',
  density: 4,
  shift: 1.5,
}
