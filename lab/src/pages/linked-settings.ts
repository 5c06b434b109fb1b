/** The settings of a page, as the link has them. */

import { computed, type ReadonlySignal } from '@preact/signals'
import { part } from '../state/store.ts'
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
