/**
 * The keys that work anywhere on the page, as a table. The help lists the table, and the listener
 * reads it.
 *
 * Keys that a grid, a field or a button handles itself are not shortcuts there. Single keys can be
 * disabled, because some users press them by accident, for example with speech input.
 */

import { formatCase } from 'stridefold/sync'
import { isPlaying, pause, play } from '../model/player.ts'
import { viewModel } from '../model/shared.ts'
import { step } from '../model/steps.ts'
import { type ViewName, viewNames } from '../state/state.ts'
import { change, part, pin, preview } from '../state/store.ts'
import type { Messages } from '../messages/en.ts'
import { isHelpOpen } from './help-state.ts'
import { isPresenting, present } from './presenter.ts'

const [views, focus, areEnabled] = [part('views'), part('focus'), part('shortcuts')]

export interface Shortcut {
  readonly key: string
  readonly action: keyof Messages['shortcutNames']
  readonly run: () => void
}

export const shortcuts: readonly Shortcut[] = [
  { key: ',', action: 'tapBack', run: () => void step('tap', -1) },
  { key: '.', action: 'tapOn', run: () => void step('tap', 1) },
  { key: '[', action: 'pixelBack', run: () => void step('pixel', -1) },
  { key: ']', action: 'pixelOn', run: () => void step('pixel', 1) },
  { key: '{', action: 'rowBack', run: () => void step('row', -1) },
  { key: '}', action: 'rowOn', run: () => void step('row', 1) },
  { key: ' ', action: 'play', run: () => (isPlaying.value ? pause() : play()) },
  { key: 'f', action: 'flip', run: flipKernel },
  { key: 'p', action: 'present', run: () => present(!isPresenting.value) },
  {
    key: '?',
    action: 'help',
    run: () => {
      isHelpOpen.value = true
    },
  },
]

function flipKernel(): void {
  const g = viewModel.value.geometry
  change({ problem: formatCase({ ...g, flip: !g.flip }) })
}

export function toggleView(name: ViewName): void {
  const open = views.value
  change({ views: open.includes(name) ? open.filter((view) => view !== name) : [...open, name] })
}

/** Adds the listener for the whole page. Returns the function that removes it. */
export function listenToKeys(): () => void {
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isHelpOpen.value)
    return
  if (event.key === 'Escape') return releaseFocus()
  const target = event.target instanceof Element ? event.target : document.body
  if (target.closest('input, select, textarea')) return
  const run = actionOf(event.key, target)
  if (!run) return
  event.preventDefault()
  run()
}

/**
 * In a presentation, PageUp and PageDown of a remote control step the window. Letters and digits
 * are shortcuts unless they are disabled.
 */
function actionOf(key: string, target: Element): (() => void) | undefined {
  if (isPresenting.value && (key === 'PageDown' || key === 'PageUp'))
    return () => void step('pixel', key === 'PageDown' ? 1 : -1)
  if (!areEnabled.value) return undefined
  if (key === ' ' && target.closest('button, summary, a, [role="grid"]')) return undefined
  const view =
    /^[1-9]$/.test(key) && !target.closest('[role="grid"]') ? viewNames[Number(key) - 1] : undefined
  if (view) return () => toggleView(view)
  return shortcuts.find((shortcut) => shortcut.key === key.toLowerCase())?.run
}

/** Escape clears the focus first. The next Escape ends the presentation. */
function releaseFocus(): void {
  preview.value = undefined
  if (focus.value) pin(undefined)
  else if (isPresenting.value) present(false)
}
