/**
 * Explains the marks in the cells of a view. It lists only marks that the view can show, and does
 * not depend on the focus, so nothing moves.
 */

import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'

/** The marks of every view with highlighted cells. */
const usual = ['tap', 'count', 'pointed', 'pinned', 'active'] as const

export type LegendMark = keyof ReturnType<typeof messages>['legend']

interface Props {
  /** Marks of this view only. */
  readonly more?: readonly LegendMark[]
  /** Which marks are listed. Default: those of every view. */
  readonly marks?: readonly LegendMark[]
}

export function Legend({ more = [], marks = usual }: Props): JSX.Element {
  const w = messages()
  const hasPadding = viewModel.value.geometry.axes.some(
    ({ before, after, inputDilation }) => before > 0 || after > 0 || inputDilation > 1,
  )
  return (
    <ul class="legend" aria-label={w.legendTitle}>
      {[...marks, ...more]
        .filter((mark) => hasPadding || (mark !== 'padding' && mark !== 'border'))
        .map((mark) => (
          <li key={mark} data-mark={mark}>
            <Sample mark={mark} />
            {w.legend[mark]}
          </li>
        ))}
    </ul>
  )
}

const sampleText: Readonly<Partial<Record<LegendMark, string>>> = {
  count: '×6',
  repeated: '5',
  skipped: '5',
  written: '5',
  border: '0',
  above: '5',
}

function Sample({ mark }: { readonly mark: LegendMark }): JSX.Element {
  const { background, ink } = colourOfTap.value(0)
  const colours = mark === 'tap' ? { background, color: ink } : {}
  return (
    <span class={`sample-cell is-${mark}`} style={colours} aria-hidden="true">
      {mark === 'tap' ? <small>0</small> : sampleText[mark]}
    </span>
  )
}
