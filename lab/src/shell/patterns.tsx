/**
 * The hatching of the border for all drawings of the page. Style sheets refer to it by its name.
 */

import type { JSX } from 'preact'

export function Patterns(): JSX.Element {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M-1 1 1-1M0 6 6 0M5 7 7 5" />
        </pattern>
      </defs>
    </svg>
  )
}
