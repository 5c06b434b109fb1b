import type { PageName } from '../page-names.ts'

/** A name for the menu, and what the reader finds there. */
export interface MenuEntry {
  readonly name: string
  readonly what: string
}

export interface MenuMessages {
  readonly title: string
  readonly close: string
  readonly pages: Readonly<Record<PageName, MenuEntry>>
}

export const en: MenuMessages = {
  title: 'More to see',
  close: 'Close',
  pages: {},
}
