/**
 * What a report is made of: sections of blocks, every text in both languages, every figure as plain data, so that pages, CSV, JSON and
 * pictures come from the same numbers.
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

export interface Axis {
  readonly label: Words
  readonly log?: boolean
}

/** One line of a chart: its points from left to right, with the quartiles where a point is a median. */
export interface Series {
  readonly name: Words
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[]
}

export interface Chart {
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/** `name` is that of its files. */
export type Block =
  | { readonly kind: 'text'; readonly text: Words }
  | {
      readonly kind: 'table'
      readonly name: string
      readonly caption: Words
      readonly head: readonly Words[]
      readonly rows: readonly (readonly Cell[])[]
    }
  | { readonly kind: 'chart'; readonly name: string; readonly caption: Words; readonly chart: Chart }
  | { readonly kind: 'picture'; readonly name: string; readonly caption: Words; readonly png: Uint8Array }

export interface Section {
  readonly id: string
  readonly title: Words
  readonly blocks: readonly Block[]
}
