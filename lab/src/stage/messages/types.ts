/**
 * The texts of the first screen. Each language is a file, and only the language of the page is
 * loaded.
 */

import type { DockName } from '../../state/state.ts'
import type { KernelName } from '../kernels.ts'

/** A part of a sentence: words, or a number in the colour of its role. */
export type Role = 'input' | 'kernel' | 'product' | 'output'
export type Part = string | { readonly role: Role; readonly text: string }

/** What a sum comes from, and what it means. */
export interface Verdict {
  readonly parts: readonly Part[]
  /** One short sentence; stands alone on the last line. */
  readonly meaning: string
}

/** What the sentence about a sum needs to know. All numbers are texts. */
export interface SumFacts {
  readonly kernel: KernelName | undefined
  readonly positive: Part
  readonly negative: Part
  readonly result: Part
  readonly middle: Part
  /** The sign of the result: 0 if it is too small to be seen as grey. */
  readonly sign: -1 | 0 | 1
  /** The sign of result − middle: 0 if the change is too small to be seen. */
  readonly change: -1 | 0 | 1
}

/** A sum of few products, with its divisor and its bias. */
export interface ChainFacts {
  readonly products: readonly Part[]
  readonly sum: Part
  readonly divisor: Part | undefined
  readonly bias: Part | undefined
  readonly result: Part
}

export interface StageMessages {
  readonly title: string
  readonly brand: string
  readonly headline: readonly [name: string, rest: string]
  readonly skip: string
  readonly yourPicture: string
  readonly more: string
  readonly otherLanguage: string
  readonly theme: string
  readonly share: string
  readonly shared: string
  readonly present: string
  readonly help: string
  readonly input: string
  readonly output: string
  readonly kernel: string
  readonly dragMe: string
  readonly nothingYet: string
  readonly pictureSize: (width: number, height: number) => string
  readonly partSize: (width: number, height: number, allWidth: number, allHeight: number) => string
  readonly planeSize: (width: number, height: number) => string
  readonly midGrey: string
  /** Captions of the three grids: the count in words where that is usual. */
  readonly samples: (count: number, isPicture: boolean) => string
  readonly weights: (count: number) => string
  readonly products: (count: number) => string
  readonly turned: string
  readonly addUp: string
  readonly bias: string
  /** Names of a cell for screen readers. */
  readonly sampleAt: (row: number, column: number, isPadding: boolean) => string
  readonly weightAt: (row: number, column: number) => string
  readonly productAt: (row: number, column: number) => string
  readonly windowAt: (row: number, column: number) => string
  readonly windowKeys: string
  readonly notNumber: string
  readonly kernels: Readonly<Record<KernelName, string>>
  readonly size: string
  readonly play: string
  readonly pause: string
  readonly again: string
  readonly back: string
  readonly on: string
  readonly clear: string
  readonly scrub: string
  readonly of: (place: number, count: number) => string
  readonly lookAs: (count: number) => string
  readonly docks: Readonly<Record<DockName, readonly [name: string, small: string]>>
  /** A question for readers who have time, and the button that answers it. */
  readonly question: string
  readonly answer: string
  readonly fromArticle: string
  readonly articleExample: string
  readonly threeModes: string
  readonly stepByStep: string
  readonly toPicture: string
  readonly wholePicture: string
  readonly zoomIn: string
  readonly openWorkspace: string
  readonly close: string
  readonly speaker: string
  readonly presentationEnded: string
  readonly notes: string
  readonly loading: string
  readonly verdict: (facts: SumFacts) => Verdict
  readonly chain: (facts: ChainFacts) => Verdict
  /** A sum with a single weight that is not 0. `isMiddle`: it is the middle one. */
  readonly single: (value: Part, result: Part, isMiddle: boolean, isOne: boolean) => Verdict
  /** A sum while Play adds the products. */
  readonly running: (products: readonly Part[], sum: Part) => readonly Part[]
  readonly spoken: (row: number, column: number, result: string, sentence: string) => string
}
