/**
 * The keys that work anywhere on the page, as a table. The help lists the table, and the listener
 * reads it.
 *
 * Keys that a grid, a field or a button handles itself are not shortcuts there. Single keys can be
 * disabled, because some users press them by accident, for example with speech input.
 */

import { formatCase } from 'stridefold/sync'
import { exchange } from '../exchange/exchange-state.ts'
import { typedCharacter } from '../grid/typed-character.ts'
import type { Messages } from '../messages/en.ts'
import { isPlaying, pause, play } from '../model/player.ts'
import { frame } from '../model/shared.ts'
import { step } from '../model/steps.ts'
import { type ViewName, viewNames } from '../state/state.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { pageKeys } from '../stories/page-keys.ts'
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
    key: 'o',
    action: 'open',
    run: () => {
      exchange.value = 'open'
    },
  },
  {
    key: 'e',
    action: 'save',
    run: () => {
      pause()
      exchange.value = 'save'
    },
  },
  {
    key: '?',
    action: 'help',
    run: () => {
      isHelpOpen.value = true
    },
  },
]

function flipKernel(): void {
  const g = frame.value.geometry
  change({ problem: formatCase({ ...g, flip: !g.flip }) })
}

export function toggleView(name: ViewName): void {
  const open = views.value
  change({ views: open.includes(name) ? open.filter((view) => view !== name) : [...open, name] })
}

/** Adds the listeners for the whole page. Returns the function that removes them. */
export function listenToKeys(): () => void {
  addEventListener('keydown', onPageKey, true)
  addEventListener('keydown', onKey)
  return () => {
    removeEventListener('keydown', onPageKey, true)
    removeEventListener('keydown', onKey)
  }
}

/**
 * In a presentation the page keys of a remote control step the window, or the story that is told,
 * wherever the focus is. So they are read before a grid or a slider reads them.
 */
function onPageKey(event: KeyboardEvent): void {
  const isPageKey = event.key === 'PageDown' || event.key === 'PageUp'
  if (!isPresenting.value || !isPageKey || hasDialog()) return
  if (hasModifier(event) || isTextField(event.target)) return
  event.preventDefault()
  event.stopPropagation()
  const by = event.key === 'PageDown' ? 1 : -1
  if (pageKeys.peek()) pageKeys.peek()!(by)
  else step('pixel', by)
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || hasDialog()) return
  if (event.key === 'Escape' && !hasModifier(event)) return releaseFocus()
  if (!areEnabled.value || isTextField(event.target)) return
  const character = typedCharacter(event)
  const run = character && actionOf(character, elementOf(event.target))
  if (!run) return
  event.preventDefault()
  run()
}

/** Whether a dialog is open, or was asked for and is not loaded yet. */
const hasDialog = (): boolean =>
  isHelpOpen.value ||
  exchange.value !== undefined ||
  document.querySelector('dialog[open]') !== null

const hasModifier = ({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  ctrlKey || metaKey || altKey

const elementOf = (target: EventTarget | null): Element =>
  target instanceof Element ? target : document.body

/** Whether typed characters belong to the field. Sliders and checkboxes take none. */
const isTextField = (target: EventTarget | null): boolean =>
  elementOf(target).closest('select, textarea, input:not([type="range"], [type="checkbox"])') !==
  null

/** Space presses a button, and digits edit a cell of a grid. There they are no shortcuts. */
function actionOf(character: string, target: Element): (() => void) | undefined {
  const isPressed = target.closest('button, summary, a, input[type="checkbox"], [role="grid"]')
  if (character === ' ' && isPressed) return undefined
  const view =
    /^[1-9]$/.test(character) && !target.closest('[role="grid"]')
      ? viewNames[Number(character) - 1]
      : undefined
  if (view) return () => toggleView(view)
  return shortcuts.find(({ key }) => key === character.toLowerCase())?.run
}

/** Escape clears the focus first. The next Escape ends the presentation. */
function releaseFocus(): void {
  preview.value = undefined
  if (focus.value) pin(undefined)
  else if (isPresenting.value) present(false)
}
