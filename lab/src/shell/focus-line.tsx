/**
 * One line about the focus, always visible, and announced by screen readers.
 */

import type { JSX } from 'preact'
import type { Tap } from 'stridefold/sync'
import { highlight, viewModel } from '../model/shared.ts'
import { sumText } from '../model/sum-text.ts'
import { part, pin } from '../state/store.ts'
import { messages } from '../messages/messages.ts'

const pinned = part('focus')

/** Products with the border are in no matrix row and on no line. */
const paddedCount = (taps: readonly Tap[]): number => taps.filter(({ padded }) => padded).length

export function FocusLine(): JSX.Element {
  const w = messages()
  const { focus, taps, reason, outputs } = highlight.value
  const [view = '', index] = Object.entries(focus ?? {})[0] ?? []
  const names: Readonly<Record<string, string>> = {
    input: w.input,
    kernel: w.kernel,
    output: w.output,
    im2col: 'im2col',
    toeplitz: 'Toeplitz',
  }
  const name =
    typeof index === 'number'
      ? w.byte(index)
      : w.focus(names[view] ?? view, (index ?? []).join(', '))
  const result =
    taps.length === 0
      ? w.library(reason ?? '')
      : view === 'output'
        ? w.paddedProducts(
            w.focusSum(taps.length, sumText(taps, viewModel.value, w.bias)),
            paddedCount(taps),
          )
        : w.paddedProducts(w.focusMany(taps.length, outputs()), paddedCount(taps))
  return (
    <div class="focus-line">
      <p role="status" aria-live="polite" data-focus-text>
        {focus ? `${name}: ${result}` : w.nothingShown}
      </p>
      {pinned.value && (
        <button type="button" onClick={() => pin(undefined)}>
          {w.unpin}
        </button>
      )}
    </div>
  )
}
