/**
 * Which light does a view show? In sight that of the focus, at once. Out of sight the same some
 * frames later, one view after the other: a focus costs its frame what can be seen of it, and no
 * frame is long.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Context, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Highlight } from './highlight.ts'
import type { ViewModel } from './view-model.ts'
import { highlight, viewModel } from './shared.ts'

export interface Follower {
  readonly highlighted: ReadonlySignal<Highlight>
  /** Tells whether the view is in sight. */
  readonly seen: (isSeen: boolean) => void
  /** Follows the focus until the answer is called. */
  readonly follow: () => () => void
}

/** A light and the scene that it belongs to: with another scene its places mean nothing. */
interface Kept {
  readonly scene: ViewModel
  readonly highlight: Highlight
}

const now = (): Kept => ({ scene: viewModel.peek(), highlight: highlight.peek() })

export function follower(): Follower {
  const isSeen = signal(true)
  const kept: Signal<Kept> = signal(now())
  const highlighted = computed(() =>
    isSeen.value || kept.value.scene !== viewModel.value ? highlight.value : kept.value.highlight,
  )
  const catchUp = (): void => {
    kept.value = now()
  }
  return {
    highlighted,
    seen: (is) =>
      batch(() => {
        if (!is) catchUp()
        isSeen.value = is
      }),
    follow: () => {
      const stop = effect(() => {
        highlight.value // Listened to.
        if (!isSeen.value) queue(catchUp)
      })
      return () => {
        stop()
        waiting.delete(catchUp)
      }
    },
  }
}

const waiting = new Set<() => void>()

/** Takes its turn in a later frame, after that frame is painted. */
function queue(catchUp: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(afterPaint)
  waiting.add(catchUp)
}

const afterPaint = (): void => void setTimeout(next)

function next(): void {
  const [catchUp] = waiting
  if (!catchUp) return
  waiting.delete(catchUp)
  if (waiting.size > 0) requestAnimationFrame(afterPaint)
  catchUp()
}

export const HighlightContext: Context<ReadonlySignal<Highlight>> = createContext(highlight)

/** The light of the view in which a component stands. */
export const useHighlight = (): ReadonlySignal<Highlight> => useContext(HighlightContext)
