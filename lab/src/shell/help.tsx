/**
 * The help dialog: what the page can do, and all keys.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Messages } from '../messages/en.ts'
import { messages } from '../messages/messages.ts'
import { viewNames } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { useClosedDialog } from './closed-dialog.ts'
import { isHelpOpen } from './help-state.ts'
import { shortcuts } from './shortcuts.ts'

const areEnabled = part('shortcuts')

const gridKeys: readonly (readonly [keys: string, what: keyof Messages['gridKeys']])[] = [
  ['Tab', 'tab'],
  ['← ↑ → ↓', 'arrows'],
  ['Home, End', 'ends'],
  ['PgUp, PgDn', 'pages'],
  ['Enter', 'enter'],
  ['Esc', 'escape'],
  ['F2, 0–9', 'edit'],
]

export function Help(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useClosedDialog(dialog, () => {
    isHelpOpen.value = false
  })
  useSignalEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal()
    else dialog.current?.close()
  })
  const w = messages()
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <h2 id="help-title">{w.help}</h2>
      <ul>
        {Object.values(w.helpLines).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <label class="check">
        <input
          type="checkbox"
          checked={areEnabled.value}
          onChange={(event) => change({ shortcuts: event.currentTarget.checked })}
        />
        {w.shortcutsOn}
      </label>
      <table class="products">
        <thead>
          <tr>
            <th scope="col">{w.key}</th>
            <th scope="col">{w.action}</th>
          </tr>
        </thead>
        <tbody>
          {gridKeys.map(([keys, what]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{w.gridKeys[what]}</td>
            </tr>
          ))}
          {shortcuts.map(({ key, action: what }) => (
            <tr key={key} class={areEnabled.value ? '' : 'off'}>
              <td>
                <kbd>{key === ' ' ? w.space : key}</kbd>
              </td>
              <td>{w.shortcutNames[what]}</td>
            </tr>
          ))}
          <tr class={areEnabled.value ? '' : 'off'}>
            <td>
              <kbd>1</kbd>–<kbd>{viewNames.length}</kbd>
            </td>
            <td>{w.toggleViews(viewNames.map((name) => w.views[name]))}</td>
          </tr>
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit">{w.close}</button>
      </form>
    </dialog>
  )
}
