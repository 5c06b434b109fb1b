/**
 * A box of fixed height for text that changes with the focus. Nothing below the box moves. If a
 * grid moved under the pointer, the pointer would select another cell.
 */

import type { ComponentChildren, JSX } from 'preact'

/** `lines`: the height in lines of text. Longer content scrolls inside. */
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
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach scrolled content.
    <div class="follows" style={{ '--lines': lines }} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}
