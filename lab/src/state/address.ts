/**
 * The state in the address: its link, and a name for the numbers that the link leaves out. The page
 * loads this when its address has a link, or at the first change.
 */

import { isEmbedded } from './embedded.ts'
import { linkOf, type ReadLink, stateOf } from './link.ts'
import type { LabState } from './state.ts'
import { keepUnlinked, unlinkedOf } from './unlinked.ts'
import { resetInvalid } from './valid.ts'

export function writeAddress(state: LabState, how: 'push' | 'replace'): void {
  const address = `#${linkOf(state)}`
  const unlinked = keepUnlinked(state)
  if (address === location.hash && unlinked === history.state) return
  // Back belongs to the page around a frame.
  if (how === 'push' && !isEmbedded()) history.pushState(unlinked, '', address)
  else history.replaceState(unlinked, '', address)
}

/** The link with the numbers that it left out, if this history entry still has them. */
export function readAddress(): ReadLink {
  const link = stateOf(location.hash)
  const numbers = unlinkedOf(history.state)
  if (Object.keys(numbers).length === 0) return link
  return { ...link, state: resetInvalid({ ...link.state, ...numbers }).state }
}
