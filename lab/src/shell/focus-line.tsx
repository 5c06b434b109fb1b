/**
 * One line about the focus, always visible. Screen readers get it when the focus rests: one message
 * after the last change, and none while the window plays.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Tap } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { isPlaying } from '../model/player.ts'
import { highlight, isComputing, viewModel } from '../model/shared.ts'
import { sumText } from '../model/sum-text.ts'
import { part, pin } from '../state/store.ts'

/** The rest after which the line is announced. A key that repeats is faster. */
const restMs = 375

const pinned = part('focus')

/** Products with the border are in no matrix row and on no line. */
const paddedCount = (taps: readonly Tap[]): number => taps.filter(({ padded }) => padded).length

export function FocusLine(): JSX.Element {
  const w = messages()
  const text = focusText()
  const isPinned = pinned.value !== undefined
  return (
    <section class="focus-line" aria-label={w.focusTitle}>
      <p data-focus-text>{text}</p>
      <Announced text={text} />
      {/* It stays on the page when nothing is pinned. So the keyboard focus stays too. */}
      <button
        type="button"
        aria-disabled={!isPinned}
        onClick={() => {
          if (isPinned) pin(undefined)
        }}
      >
        {w.unpin}
      </button>
    </section>
  )
}

function Announced({ text }: { readonly text: string }): JSX.Element {
  const first = useSignal(text)
  const announced = useSignal('')
  const isSilent = isPlaying.value
  useEffect(() => {
    // The text that the page opens with is not news.
    if (isSilent || (announced.value === '' && text === first.value)) return
    const timer = setTimeout(() => {
      announced.value = text
    }, restMs)
    return () => clearTimeout(timer)
  }, [text, isSilent])
  return (
    <p class="unseen" role="status" data-announced>
      {announced.value}
    </p>
  )
}

function focusText(): string {
  const w = messages()
  const { focus, taps, count, reason, outputs } = highlight.value
  if (isComputing.value) return w.computing
  if (!focus) return w.nothingShown
  const [view = '', index] = Object.entries(focus)[0] ?? []
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
  // A long focus lists only its first products, so its padding is not counted.
  const padded = taps.length === count ? paddedCount(taps) : 0
  const result =
    count === 0
      ? w.library(reason ?? '')
      : view === 'output'
        ? w.paddedProducts(
            w.focusSum(count, sumText(highlight.value, viewModel.value, w.bias)),
            padded,
          )
        : w.paddedProducts(w.focusMany(count, outputs()), padded)
  return w.focusLine(name, result)
}
