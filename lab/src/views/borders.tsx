/**
 * The rules for samples outside the input: one button for each rule of the library, for all axes.
 * Rules that the problem does not allow are disabled.
 */

import type { JSX } from 'preact'
import { boundaryNames, formatCase } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { viewModel } from '../model/shared.ts'
import { change } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'

const borders = [...boundaryNames, 'constant'] as const

export function Borders(): JSX.Element {
  const w = messages()
  const g = viewModel.value.geometry
  return (
    <div class="row" role="group" aria-label={w.border}>
      <span>{w.border}</span>
      {borders.map((name) => {
        const constantRule = g.boundary.find((border) => typeof border === 'object')
        const rule = name === 'constant' ? (constantRule ?? { constant: 1 }) : name
        const problem = formatCase({ ...g, boundary: g.axes.map(() => rule) })
        const isOn = g.boundary.every((border) =>
          typeof border === 'string' ? border === name : name === 'constant',
        )
        const fault = isOn ? undefined : problemWith(problem)
        return (
          <button
            key={name}
            type="button"
            aria-pressed={isOn}
            disabled={fault !== undefined}
            data-border={name}
            onClick={() => change({ problem })}
          >
            {w.borders[name]}
            {typeof rule === 'object' && ` ${rule.constant}`}
          </button>
        )
      })}
    </div>
  )
}
