/**
 * The list that the button "More" opens. It closes with Escape, and when something else is chosen.
 */

import './menu.css'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { exchange } from '../exchange/exchange-state.ts'
import { useClosedDialog } from '../shell/closed-dialog.ts'
import { pause } from '../stage/player.ts'
import { change } from '../state/store.ts'
import { isMenuOpen } from './menu-state.ts'
import type { MenuEntry } from './messages/en.ts'
import { texts } from './messages/index.ts'
import { type PageName, pageNames } from './page-names.ts'

/** Names of the menu's entries, what the reader finds there, and what opens them. */
const items = (): readonly (readonly [entry: MenuEntry, open: () => void])[] => [
  [texts().stories, () => change({ story: { name: 'list' } })],
  ...pageNames.map((name: PageName): [MenuEntry, () => void] => [
    texts().pages[name],
    () => change({ page: { name, settings: '' } }),
  ]),
  ...(['open', 'save'] as const).map((name): [MenuEntry, () => void] => [
    texts()[name],
    () => {
      exchange.value = name
    },
  ]),
]

export default function Menu(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useClosedDialog(dialog, () => {
    isMenuOpen.value = false
  })
  useEffect(() => {
    pause()
    dialog.current!.showModal()
  }, [])
  return (
    <dialog ref={dialog} class="menu" aria-labelledby="menu-title">
      <h2 id="menu-title">{texts().title}</h2>
      <ul>
        {items().map(([{ name, what }, open]) => (
          <li key={name}>
            <button
              type="button"
              onClick={() => {
                dialog.current!.close()
                open()
              }}
            >
              <b>{name}</b> <span>{what}</span>
            </button>
          </li>
        ))}
      </ul>
      <form method="dialog">
        <button type="submit" class="close">
          {texts().close}
        </button>
      </form>
    </dialog>
  )
}
