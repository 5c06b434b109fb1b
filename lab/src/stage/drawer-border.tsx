/**
 * The rule for places outside the input, with its number if it is a constant.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { parseCase } from 'stridefold/sync'
import { part } from '../state/store.ts'
import { changeBorder } from './change-sizes.ts'
import { nameOfRule, type RuleName, ruleNames, ruleOf } from './docks/border-line.ts'
import { sizesText } from './docks/sizes-text.ts'
import { NumberField } from './drawer-number.tsx'
import { drawerText } from './drawer-text.ts'
import { pause } from './player.ts'

const problem = part('problem')

export function BorderField(): JSX.Element {
  const w = drawerText()
  // The constant 0 is the rule `zero`. The field stays while a number that starts with 0 is typed.
  const isConstant = useSignal(false)
  const { boundary } = parseCase(problem.value)
  const names = new Set(boundary.map(nameOfRule))
  const [first] = names
  const name: RuleName | undefined =
    isConstant.value && first === 'zero' ? 'constant' : names.size === 1 ? first : undefined
  const constant = boundary.find((rule) => typeof rule === 'object')?.constant ?? 0
  return (
    <div class="drawer-border">
      <label>
        <span>{w.border}</span>
        <select
          value={name ?? ''}
          onChange={(event) => {
            // The options are the names.
            const next = event.currentTarget.value as RuleName
            isConstant.value = next === 'constant'
            pause()
            changeBorder(ruleOf(next, boundary))
          }}
        >
          {name === undefined && <option value="">{[...names].join(', ')}</option>}
          {ruleNames.map((option) => (
            <option key={option} value={option}>
              {sizesText().borders[option]}
            </option>
          ))}
        </select>
      </label>
      {name === 'constant' && (
        <NumberField
          label={w.constant}
          isHidden
          value={constant}
          onChange={(value) => {
            isConstant.value = true
            changeBorder(value === 0 ? 'zero' : { constant: value })
          }}
        />
      )}
    </div>
  )
}
