/**
 * What a report is made of: sections of blocks, every text in both languages, every figure as plain
 * data, so that pages, CSV, JSON and pictures come from the same numbers.
 */

export interface Words {
  readonly en: string
  readonly zh: string
}

export type Language = keyof Words
export const languages: readonly Language[] = ['en', 'zh']

/** The same in both languages: names, numbers. */
export const same = (text: string): Words => ({ en: text, zh: text })

export type Cell = string | number | Words | undefined

/**
 * Both axes of a chart are logarithmic: sizes against what they cost. `unit` says how values are
 * written.
 */
export interface Axis {
  readonly label: Words
  readonly unit: 'number' | 'milliseconds' | 'bytes'
}

/** A median with its quartiles and the number of samples; or one figure that needs none. */
export interface Point {
  readonly x: number
  readonly y: number
  readonly low?: number
  readonly high?: number
  readonly samples?: number
}

/**
 * One line of a chart, its points from left to right. `key` decides its colour: the same method has
 * the same one in every chart.
 */
export interface Series {
  readonly key: string
  readonly name: Words
  readonly points: readonly Point[]
  /** Marks without a line: what was predicted, beside what was measured. */
  readonly marksOnly?: boolean
}

export interface Chart {
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/**
 * `name` is that of its files; `samples` of a table: the fewest and the most behind its figures,
 * left out where nothing was measured.
 */
export type Block =
  | { readonly kind: 'text'; readonly text: Words }
  | {
      readonly kind: 'table'
      readonly name: string
      readonly caption: Words
      readonly head: readonly Words[]
      readonly rows: readonly (readonly Cell[])[]
      readonly samples?: readonly [fewest: number, most: number]
    }
  | {
      readonly kind: 'chart'
      readonly name: string
      readonly caption: Words
      readonly chart: Chart
    }
  | {
      readonly kind: 'picture'
      readonly name: string
      readonly caption: Words
      readonly png: Uint8Array
    }

export interface Section {
  readonly id: string
  readonly title: Words
  readonly blocks: readonly Block[]
}
