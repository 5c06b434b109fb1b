/**
 * The rules for places outside the input, each a button with what it reads there.
 */

import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { axisOf, changeBorder, type Direction } from '../change-sizes.ts'
import { numberText } from '../number.ts'
import { greyOf, inkOn } from '../scale.ts'
import { place, stageModel } from '../stage.ts'
import {
  cellsOf,
  lineAt,
  middleAt,
  nameOfRule,
  type Rule,
  ruleNames,
  ruleOf,
  sourcesOf,
} from './border-line.ts'
import { sizesText } from './sizes-text.ts'

/** Where the line under the window is. It changes only when the window moves across it. */
const middle = {
  x: computed(() => middleAt(stageModel.value, 'x', place.value)),
  y: computed(() => middleAt(stageModel.value, 'y', place.value)),
}

const cellWidth = 24
const digitWidth = 6.7

export function Borders({
  direction,
  columns,
  hasStrips,
}: {
  readonly direction: Direction
  readonly columns: number
  readonly hasStrips: boolean
}): JSX.Element {
  const w = sizesText()
  const { geometry } = stageModel.value
  return (
    <div
      class={columns === 1 ? 'rules wide' : 'rules'}
      role="group"
      aria-label={w.border}
      style={{ gridTemplateColumns: `repeat(${columns}, auto)` }}
    >
      {ruleNames.map((name) => {
        const rule = ruleOf(name, geometry.boundary)
        return (
          <button
            key={name}
            type="button"
            class="rule"
            data-rule={name}
            aria-pressed={geometry.boundary.every((now) => nameOfRule(now) === name)}
            onClick={() => changeBorder(rule)}
          >
            <span>
              {w.borders[name]}
              {typeof rule === 'object' && ` ${numberText(rule.constant)}`}
            </span>
            {hasStrips && <Strip direction={direction} rule={rule} />}
          </button>
        )
      })}
    </div>
  )
}

/**
 * The end of the line under the window. Digits are drawn where they fit. A movement along the line
 * does not redraw it.
 */
function Strip({
  direction,
  rule,
}: {
  readonly direction: Direction
  readonly rule: Rule
}): JSX.Element {
  const model = stageModel.value
  const at = middle[direction].value
  const sources = useMemo(() => {
    const { geometry, input } = model
    const padded = [axisOf(geometry, direction)!, ...geometry.axes].find(
      ({ before, after }) => before + after > 0,
    )
    return sourcesOf(
      direction === 'x' ? input.width : input.height,
      [padded?.before ?? 0, padded?.after ?? 0],
      rule,
    )
  }, [model, direction, nameOfRule(rule)])
  return useMemo(() => {
    const cells = cellsOf(sources, lineAt(model, direction, at), rule)
    return (
      <span class="rule-strip">
        {cells.map(({ value, isOutside }, i) => {
          const grey = greyOf(value, model.inputScale)
          const text = numberText(value)
          return (
            <span
              key={i}
              class={isOutside ? 'outside' : 'inside'}
              style={{ background: `rgb(${grey} ${grey} ${grey})`, color: inkOn(grey) }}
              title={text}
            >
              {text.length * digitWidth <= cellWidth ? text : ''}
            </span>
          )
        })}
      </span>
    )
  }, [sources, at, rule])
}
