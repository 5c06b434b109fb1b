/**
 * Selects one of a few names, as a menu or as a row of buttons.
 */

import type { JSX } from 'preact'

interface ChoiceProps<Name extends string> {
  readonly label: string
  readonly names: readonly Name[]
  readonly titles: Readonly<Record<Name, string>>
  readonly take: (name: Name) => void
}

interface MenuProps<Name extends string> extends ChoiceProps<Name> {
  readonly value: Name | undefined
  /** The name of the control in its form. */
  readonly name?: string
  /** The text if the value is none of the names. */
  readonly none?: string
}

export function Menu<Name extends string>({
  label,
  name,
  names,
  titles,
  value,
  none,
  take,
}: MenuProps<Name>): JSX.Element {
  return (
    <label>
      {label}{' '}
      <select
        name={name}
        value={value ?? ''}
        onChange={(event) => {
          const chosen = names.find((option) => option === event.currentTarget.value)
          if (chosen !== undefined) take(chosen)
        }}
      >
        {value === undefined && <option value="">{none}</option>}
        {names.map((option) => (
          <option key={option} value={option}>
            {titles[option]}
          </option>
        ))}
      </select>
    </label>
  )
}

interface ButtonsProps<Name extends string> extends ChoiceProps<Name> {
  readonly value: Name
}

export function Buttons<Name extends string>({
  label,
  names,
  titles,
  value,
  take,
}: ButtonsProps<Name>): JSX.Element {
  return (
    <div class="row" role="group" aria-label={label}>
      <span>{label}</span>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          data-choice={name}
          aria-pressed={name === value}
          onClick={() => take(name)}
        >
          {titles[name]}
        </button>
      ))}
    </div>
  )
}
