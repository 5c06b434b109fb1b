/**
 * The size of the output along one axis as a formula, with each number in the colour of its role:
 * ⌊(64 + 2·0 − 1·(3 − 1) − 1) ÷ 1⌋ + 1 = 62.
 */

import type { JSX } from 'preact'
import type { AxisGeometry } from 'stridefold/sync'
import { sizesText } from './docks/sizes-text.ts'
import './size-formula.css'

type Role = 'in' | 'hatch' | 'ker' | 'out'

interface Term {
  readonly role: Role
  readonly value: number
  readonly name: string
}

export function SizeFormula({
  axis,
  isX,
  isNamed,
}: {
  readonly axis: AxisGeometry
  readonly isX: boolean
  /** Whether each number has its name below it. */
  readonly isNamed: boolean
}): JSX.Element {
  const w = sizesText()
  const { input, before, after, dilation, kernel, stride, output } = axis
  const padding: readonly (Term | string)[] =
    before === after
      ? [' + 2·', { role: 'hatch', value: before, name: w.padding }]
      : [
          ' + ',
          { role: 'hatch', value: before, name: w.before },
          ' + ',
          { role: 'hatch', value: after, name: w.after },
        ]
  // A narrow screen breaks the line before the division.
  const lines: readonly (readonly (Term | string)[])[] = [
    [
      '⌊(',
      { role: 'in', value: input, name: isX ? w.width : w.height },
      ...padding,
      ' − ',
      { role: 'ker', value: dilation, name: w.dilation },
      '·(',
      { role: 'ker', value: kernel, name: w.kernel },
      ' − 1) − 1)',
    ],
    [
      ' ÷ ',
      { role: 'ker', value: stride, name: w.stride },
      '⌋ + 1 = ',
      { role: 'out', value: output, name: w.output },
    ],
  ]
  return (
    <p class={isNamed ? 'size-formula named' : 'size-formula'} data-formula={isX ? 'x' : 'y'}>
      {lines.map((parts, line) => (
        <span key={line} class="part">
          {parts.map((part, i) =>
            typeof part === 'string' ? (
              <span key={i} class="sign">
                {part}
              </span>
            ) : (
              <span key={i} class={`term ${part.role}`}>
                <b>{part.value}</b>
                {isNamed && <small>{part.name}</small>}
              </span>
            ),
          )}
        </span>
      ))}
    </p>
  )
}
