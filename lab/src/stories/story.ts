/**
 * A story as data: steps that each have a link to a state of the lab and one or two sentences.
 * Before an answer is shown, a step can ask for it. Right answers are never part of a story: they
 * are expressions that the lab computes (`expression.ts`). docs/stories.md describes the format.
 */

import type { Language } from '../state/state.ts'

export type Text = Readonly<Record<Language, string>>

export interface Story {
  readonly title: Text
  /** What the reader learns, in one sentence. */
  readonly about: Text
  readonly steps: readonly Step[]
}

export interface Step {
  /** A state of the lab as its link has it, without '#'. */
  readonly link: string
  readonly say: Text
  readonly ask: Question | undefined
}

interface AnyQuestion {
  readonly question: Text
  /** Why the right answer is right. It is shown with the answer. */
  readonly because: Text
  /** What the page shows with the answer, as a link. Default: the place that was asked for. */
  readonly reveal: string | undefined
  /** Another state that expressions can read as `other.NAME`. */
  readonly other: string | undefined
}

/** The reader types a number. */
export interface NumberQuestion extends AnyQuestion {
  readonly kind: 'number'
  readonly number: string
  /** Wrong numbers that a reader may find, and what went wrong. */
  readonly wrong: readonly { readonly number: string; readonly why: Text }[]
}

/** The reader takes the one answer whose condition holds. */
export interface ChoiceQuestion extends AnyQuestion {
  readonly kind: 'choices'
  readonly choices: readonly Choice[]
}

export interface Choice {
  readonly text: Text
  readonly if: string
  /** Why it is wrong. */
  readonly why: Text | undefined
}

/** The reader points at a cell of an array. `*` in the condition stands for the cell. */
export interface CellQuestion extends AnyQuestion {
  readonly kind: 'cell'
  readonly of: CellArray
  readonly where: string
}

/** The arrays in which a reader can point at a cell. Their last two axes are shown. */
export const cellArrays = ['input', 'kernel', 'output', 'im2col', 'toeplitz'] as const
export type CellArray = (typeof cellArrays)[number]

/** The reader finds a fault: a cell where the shown numbers differ from those of the lab. */
export interface FindQuestion extends AnyQuestion {
  readonly kind: 'find'
  readonly shown: readonly (readonly number[])[]
  /** The right numbers: an array, or an expression for each cell. */
  readonly is: CellArray | readonly (readonly string[])[]
  readonly rows: readonly Text[] | undefined
  readonly columns: readonly Text[] | undefined
}

export type Question = NumberQuestion | ChoiceQuestion | CellQuestion | FindQuestion
