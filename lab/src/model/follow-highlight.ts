/**
 * When does a view show a new focus? A visible view shows it at once. Views out of sight follow in
 * later frames, one view per frame. So a focus costs only what is visible, and no frame is long.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Context, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Highlight } from './highlight.ts'
import { highlight, viewModel } from './shared.ts'
import type { ViewModel } from './view-model.ts'

export interface Follower {
  readonly highlighted: ReadonlySignal<Highlight>
  /** Reports whether the view is visible. */
  readonly setInSight: (isInSight: boolean) => void
  /** Follows the focus until the returned function is called. */
  readonly follow: () => () => void
}

/** A highlight and its view model. With another view model its places are not valid. */
interface Snapshot {
  readonly viewModel: ViewModel
  readonly highlight: Highlight
}

const takeSnapshot = (): Snapshot => ({ viewModel: viewModel.peek(), highlight: highlight.peek() })

export function follower(): Follower {
  const isInSight = signal(true)
  const snapshot: Signal<Snapshot> = signal(takeSnapshot())
  const highlighted = computed(() =>
    isInSight.value || snapshot.value.viewModel !== viewModel.value
      ? highlight.value
      : snapshot.value.highlight,
  )
  const update = (): void => {
    snapshot.value = takeSnapshot()
  }
  return {
    highlighted,
    setInSight: (isNowInSight) =>
      batch(() => {
        if (!isNowInSight) update()
        isInSight.value = isNowInSight
      }),
    follow: () => {
      const stop = effect(() => {
        highlight.value // Listened to.
        if (!isInSight.value) queueUpdate(update)
      })
      return () => {
        stop()
        pendingUpdates.delete(update)
      }
    },
  }
}

const pendingUpdates = new Set<() => void>()

/** Runs the update in a later frame, after that frame is painted. */
function queueUpdate(update: () => void): void {
  if (pendingUpdates.size === 0) requestAnimationFrame(afterPaint)
  pendingUpdates.add(update)
}

const afterPaint = (): void => void setTimeout(runNextUpdate)

function runNextUpdate(): void {
  const [update] = pendingUpdates
  if (!update) return
  pendingUpdates.delete(update)
  if (pendingUpdates.size > 0) requestAnimationFrame(afterPaint)
  update()
}

export const HighlightContext: Context<ReadonlySignal<Highlight>> = createContext(highlight)

/** The highlight of the view that contains the component. */
export const useHighlight = (): ReadonlySignal<Highlight> => useContext(HighlightContext)
