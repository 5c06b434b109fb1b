/**
 * The data model of a report: sections of blocks, every text in both languages, every figure as
 * plain data. So the page, CSV, JSON and images use the same numbers.
 */

export interface Words {
  readonly en: string
  readonly zh: string
}

export type Language = keyof Words
export const languages: readonly Language[] = ['en', 'zh']

/** A text that is the same in both languages, such as a name or a number. */
export const same = (text: string): Words => ({ en: text, zh: text })

export type Cell = string | number | Words | undefined

/** Both axes of a chart are logarithmic. `unit` is the format of the values. */
export interface Axis {
  readonly label: Words
  readonly unit: 'number' | 'milliseconds' | 'bytes'
}

/** A median with its quartiles and number of samples, or a single value without them. */
export interface Point {
  readonly x: number
  readonly y: number
  readonly low?: number
  readonly high?: number
  readonly samples?: number
}

/**
 * A line of a chart, with points from left to right. `key` sets its colour: a method has the same
 * colour in every chart.
 */
export interface Series {
  readonly key: string
  readonly name: Words
  readonly points: readonly Point[]
  /** Draws marks without a line, for predictions. */
  readonly marksOnly?: boolean
}

export interface Chart {
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/**
 * `name` is the base name of its files. `samples` of a table: smallest and largest number of
 * samples; missing if nothing was measured.
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
