/**
 * The room of the panel at the lower edge of the window, and its keys. The height depends on the
 * window only, so the page above stays as it is from step to step.
 */

import { type Signal, signal } from '@preact/signals'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import { panelHeight } from '../stage/layout.ts'
import { part } from '../state/store.ts'
import { pageKeys } from './page-keys.ts'
import { turn } from './teller.ts'

export const isFolded: Signal<boolean> = signal(false)
const isPresenting = part('present')

/** What an open panel replaces on the first screen: the strip, and the headline in part. */
const replacedHeight = (): number => (isPresenting.value ? 70 : 98)
const foldedHeight = 52
const phoneWidth = 760

/** The height of the open panel in a window of this size. */
function heightIn(width: number, height: number): number {
  if (isPresenting.value) return Math.round(Math.max(210, height * 0.28))
  if (width < phoneWidth) return Math.round(Math.min(350, height * 0.41))
  return Math.round(Math.min(300, Math.max(200, height * 0.235)))
}

/** Gives the panel its height, and takes it from the page. */
export function useRoom(): void {
  useLayoutEffect(() => {
    const root = document.documentElement
    const follow = (): void => {
      const { clientWidth } = root
      const height = isFolded.value ? foldedHeight : heightIn(clientWidth, innerHeight)
      root.dataset.story = isFolded.value ? 'folded' : 'open'
      root.style.setProperty('--story-height', `${height}px`)
      panelHeight.value = height - (isFolded.value ? 0 : replacedHeight())
    }
    addEventListener('resize', follow)
    const stop = [isFolded.subscribe(follow), isPresenting.subscribe(follow)]
    return () => {
      removeEventListener('resize', follow)
      for (const end of stop) end()
      delete root.dataset.story
      root.style.removeProperty('--story-height')
      panelHeight.value = 0
    }
  }, [])
}

/**
 * The page keys turn the steps if the focus is in the panel or nowhere. In a view they scroll it or
 * move in its grids. In a presentation the faces send them here.
 */
export function useKeys(panel: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, target } = event
      if (key !== 'PageDown' && key !== 'PageUp') return
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
      const isOurs =
        target instanceof Node && (target === document.body || panel.current?.contains(target))
      if (!isOurs || document.querySelector('dialog[open]')) return
      event.preventDefault()
      turn(key === 'PageDown' ? 1 : -1)
    }
    addEventListener('keydown', onKey)
    pageKeys.value = turn
    return () => {
      removeEventListener('keydown', onKey)
      pageKeys.value = undefined
    }
  }, [])
}
