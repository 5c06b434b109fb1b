/** A button with an icon, whose name is read and shown as a hint. */

import type { JSX } from 'preact'

interface IconButtonProps {
  readonly label: string
  /** Whether the name stands beside the icon where there is room. */
  readonly isNamed?: boolean
  readonly kind?: string
  readonly onClick: () => void
  readonly children: JSX.Element | JSX.Element[]
}

export function IconButton({
  label,
  isNamed = false,
  kind,
  onClick,
  children,
}: IconButtonProps): JSX.Element {
  return (
    <button type="button" class={kind} aria-label={label} title={label} onClick={onClick}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {children}
      </svg>
      {isNamed && <span class="icon-name">{label}</span>}
    </button>
  )
}
