/**
 * A sentence of the library in the language of the page. One without a translation stays English,
 * and screen readers read it as English.
 */

import type { JSX } from 'preact'
import { messages } from './messages.ts'

export function LibraryText({ text }: { readonly text: string }): JSX.Element {
  const shown = messages().library(text)
  return <span {...(shown === text && { lang: 'en' })}>{shown}</span>
}
