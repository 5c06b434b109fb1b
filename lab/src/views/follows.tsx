/**
 * A place of fixed height for what changes with the focus. The text in it may grow and shrink, and
 * nothing below it moves: a grid that moves while the pointer is over it would show, and pin,
 * another cell.
 */

import type { ComponentChildren, JSX } from 'preact'

/** `lines`: the height, in lines of text; longer content scrolls inside. */
export function Follows({
  lines,
  label,
  children,
}: {
  readonly lines: number
  readonly label: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <div class="follows" style={{ '--lines': lines }} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}
