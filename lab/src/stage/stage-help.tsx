/**
 * The help of the first screen: what one can do, and the keys.
 */

import './stage-help.css'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useClosedDialog } from '../shell/closed-dialog.ts'
import { usualViews } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { helpTexts } from './stage-help-text.ts'
import { isHelpOpen } from './stage-keys.ts'

const [language, areEnabled] = [part('language'), part('shortcuts')]

export default function StageHelp(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useClosedDialog(dialog, () => {
    isHelpOpen.value = false
  })
  useEffect(() => dialog.current!.showModal(), [])
  const text = helpTexts[language.value]
  return (
    <dialog ref={dialog} class="stage-help" aria-labelledby="stage-help-title">
      <h2 id="stage-help-title">{text.title}</h2>
      <ul>
        {text.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.keyColumn}</th>
            <th scope="col">{text.actionColumn}</th>
          </tr>
        </thead>
        <tbody>
          {text.keys.map(([keys, action]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{action}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label>
        <input
          type="checkbox"
          checked={areEnabled.value}
          onChange={(event) => change({ shortcuts: event.currentTarget.checked })}
        />{' '}
        {text.singleKeys}
      </label>
      <form method="dialog">
        <button type="submit">{text.close}</button>
        <button
          type="button"
          onClick={() => {
            dialog.current!.close()
            change({ views: usualViews })
          }}
        >
          {text.workspace}
        </button>
      </form>
    </dialog>
  )
}
