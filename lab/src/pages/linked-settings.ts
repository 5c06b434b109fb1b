/** The settings of a page, as the link has them. */

import { computed, type ReadonlySignal } from '@preact/signals'
import { change, part } from '../state/store.ts'
import type { PageName } from './page-names.ts'

const page = part('page')

/**
 * The settings of the page with this name. While the page is left, its parts read the last settings
 * once more.
 */
export function linkedSettings<T>(name: PageName, read: (text: string) => T): ReadonlySignal<T> {
  let lastText = ''
  return computed(() => {
    if (page.value?.name === name) lastText = page.value.settings
    return read(lastText)
  })
}

/** Writes the settings of the open page. A page that is being left does not open itself again. */
export function writeLinked(name: PageName, settings: string): void {
  if (page.peek()?.name === name) change({ page: { name, settings } })
}
