/**
 * The buttons for the pages of a docked view. On a desk they stand in the row of the stage's
 * buttons, at the left.
 */

import type { JSX } from 'preact'
import { dockBox } from '../layout.ts'
import './page-buttons.css'

interface PageButton {
  readonly name: string
  readonly isPressed: boolean
  readonly press: () => void
}

export function PageButtons({ buttons }: { readonly buttons: readonly PageButton[] }): JSX.Element {
  return (
    <div class="page-buttons" data-phone={dockBox.value.isPhone}>
      {buttons.map(({ name, isPressed, press }) => (
        <button key={name} type="button" class="quiet" aria-pressed={isPressed} onClick={press}>
          {name}
        </button>
      ))}
    </div>
  )
}
