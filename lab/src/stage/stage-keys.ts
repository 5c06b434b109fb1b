/**
 * The keys of the first screen, and its presentation. A table, so that the help can list it.
 */

import { type Signal, signal } from '@preact/signals'
import { formatCase, parseCase } from 'stridefold/sync'
import { exchange } from '../exchange/exchange-state.ts'
import { isMenuOpen } from '../pages/menu-state.ts'
import { isEmbedded } from '../state/embedded.ts'
import { dockNames } from '../state/state.ts'
import { change, part, state } from '../state/store.ts'
import { pageKeys } from '../stories/page-keys.ts'
import { openDock } from './dock.tsx'
import { isPlaying, nudge, pause, play, step } from './player.ts'
import { openSpeaker } from './speaker-channel.ts'
import { dock, moveTo, moveToPosition, position, stageModel } from './stage.ts'
import { isDrawerOpen } from './stage-parts.ts'
import { nextTelling, tellingPlaces } from './telling-places.ts'

export const isHelpOpen: Signal<boolean> = signal(false)
const [isPresenting, areEnabled] = [part('present'), part('shortcuts')]

/** Full screen where the browser allows it; else the page presents in its window. */
export function present(isOn: boolean): void {
  change({ present: isOn })
  if (isOn) void document.documentElement.requestFullscreen?.().catch(() => undefined)
  else if (document.fullscreenElement) void document.exitFullscreen()
}

const byKey: Readonly<Record<string, () => void>> = {
  ' ': () => (isPlaying.peek() ? pause() : play()),
  ',': () => step(-1),
  '.': () => step(1),
  '[': () => step(-1),
  ']': () => step(1),
  '{': () => step(-stageModel.peek().output.width),
  '}': () => step(stageModel.peek().output.width),
  f: () => {
    const g = parseCase(state.peek().problem)
    change({ problem: formatCase({ ...g, flip: !g.flip }) })
  },
  p: () => present(!isPresenting.peek()),
  o: () => {
    exchange.value = 'open'
  },
  e: () => {
    pause()
    exchange.value = 'save'
  },
  '?': () => {
    isHelpOpen.value = true
  },
}

/** Steps a presentation to the next telling place, or the story that is told. */
function tell(by: 1 | -1): void {
  pause()
  if (pageKeys.peek()) return pageKeys.peek()!(by)
  moveToPosition(nextTelling(tellingPlaces(stageModel.peek()), position.peek(), by))
}

const presenterKeys: Readonly<Record<string, () => void>> = {
  PageDown: () => tell(1),
  PageUp: () => tell(-1),
  s: openSpeaker,
  ArrowLeft: () => moveTo(nudge(-1, 0)),
  ArrowRight: () => moveTo(nudge(1, 0)),
  ArrowUp: () => moveTo(nudge(0, -1)),
  ArrowDown: () => moveTo(nudge(0, 1)),
}

/** A key of the presentation that the speaker's window sends. */
export const actOnStage = (key: string): void => (presenterKeys[key] ?? byKey[key])?.()

/** Closes the innermost thing that is open: presentation, drawer, docked view. */
function closeInnermost(): boolean {
  if (isPresenting.peek()) present(false)
  else if (isDrawerOpen.peek()) {
    isDrawerOpen.value = false
    document.querySelector<HTMLElement>('#size')?.focus()
  } else if (dock.peek() !== undefined) openDock(dock.peek()!)
  else return false
  return true
}

/** Characters that need AltGr arrive with Ctrl and Alt. They are typed, not commands. */
const isCommand = (event: KeyboardEvent): boolean =>
  event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState('AltGraph'))

/** A frame in another page has no presentation, no help and no dialogs. */
const embedLacks: ReadonlySet<string> = new Set(['p', '?', 'o', 'e'])

/** Whether a dialog is open, or was asked for and is not loaded yet. */
const hasDialog = (): boolean =>
  isHelpOpen.peek() ||
  isMenuOpen.peek() ||
  exchange.peek() !== undefined ||
  document.querySelector('dialog[open]') !== null

function onKey(event: KeyboardEvent): void {
  if (isEmbedded() && embedLacks.has(event.key.toLowerCase())) return
  if (event.defaultPrevented || isCommand(event) || hasDialog()) return
  const target = event.target instanceof Element ? event.target : document.body
  if (event.key === 'Escape') {
    if (closeInnermost()) event.preventDefault()
    return
  }
  const act = isPresenting.peek() ? presenterKeys[event.key] : undefined
  if (act) {
    event.preventDefault()
    act()
    return
  }
  if (!areEnabled.peek() || target.closest('input, select, textarea')) return
  if (event.key === ' ' && target.closest('button, summary, a')) return
  const view = /^[1-9]$/.test(event.key) ? dockNames[Number(event.key) - 1] : undefined
  const run = byKey[event.key.toLowerCase()] ?? (view && (() => openDock(view)))
  if (!run) return
  event.preventDefault()
  run()
}

/** Adds the listener for the whole page. Returns the function that removes it. */
export function listenToKeys(): () => void {
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}
