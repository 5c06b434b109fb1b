/**
 * Brings what a step shows in the workspace into sight: the first view, or the view of the memory
 * by shape and strides, which lies below. The sections are drawn one after the other, so this waits
 * for them.
 */

import { face, state } from '../state/store.ts'

const longestMs = 4000

/** Returns the function that stops waiting. */
export function keepViewInSight(): () => void {
  if (face.peek() !== 'workspace') return () => undefined
  const selector = state.peek().view && state.peek().views[0] === 'memory' ? '.strides' : '.view'
  const end = performance.now() + longestMs
  let frame = requestAnimationFrame(function look() {
    const found = document.querySelector<HTMLElement>(`main ${selector}`)
    const isDrawn = found && !document.querySelector('main .view[aria-busy="true"]')
    if (isDrawn) found.scrollIntoView({ block: 'start' })
    else if (performance.now() < end) frame = requestAnimationFrame(look)
  })
  return () => cancelAnimationFrame(frame)
}
