/**
 * The names of the pages that are opened from the menu "More". A page has a folder of its own, a
 * line in `pages.ts` and texts in `messages/`.
 */

export const pageNames = [
  'stack',
  'adding',
  'winograd',
  'fft',
  'network',
  'detective',
  'race',
] as const
export type PageName = (typeof pageNames)[number]

/** An open page. The page itself reads and checks its settings. */
export interface OpenPage {
  readonly name: PageName
  readonly settings: string
}

export function writePage({ name, settings }: OpenPage): string {
  return settings === '' ? name : `${name}:${settings}`
}

export function readPage(text: string): OpenPage {
  const colon = text.indexOf(':')
  const word = colon < 0 ? text : text.slice(0, colon)
  const name = pageNames.find((candidate) => candidate === word)
  if (name === undefined) throw new Error(`'${word}' is not one of ${pageNames.join(', ')}`)
  return { name, settings: colon < 0 ? '' : text.slice(colon + 1) }
}
