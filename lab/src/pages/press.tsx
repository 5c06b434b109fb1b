/** A small button of a page: a switch, or something that happens. */

import type { JSX } from 'preact'

interface PressProps {
  readonly name: string
  /** Undefined: a button that is not a switch. */
  readonly isOn: boolean | undefined
  readonly isOff?: boolean
  readonly press: () => void
}

export const Press = ({ name, isOn, isOff = false, press }: PressProps): JSX.Element => (
  <button
    type="button"
    class="quiet small"
    {...(isOn !== undefined && { 'aria-pressed': isOn })}
    disabled={isOff}
    onClick={press}
  >
    {name}
  </button>
)
