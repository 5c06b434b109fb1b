/** The dialog that is open. */

import './exchange.css'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useClosedDialog } from '../shell/closed-dialog.ts'
import { brought, exchange } from './exchange-state.ts'
import { texts } from './messages/index.ts'
import { OpenDialog } from './open-dialog.tsx'
import { SaveDialog } from './save-dialog.tsx'

export default function Dialogs(): JSX.Element | null {
  const text = texts()
  if (exchange.value === undefined) return null
  return exchange.value === 'open' ? (
    <Dialog name="open" title={text.openTitle}>
      <OpenDialog />
    </Dialog>
  ) : (
    <Dialog name="save" title={text.saveTitle}>
      <SaveDialog />
    </Dialog>
  )
}

interface DialogProps {
  readonly name: string
  readonly title: string
  readonly children: ComponentChildren
}

function Dialog({ name, title, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useClosedDialog(dialog, () => {
    brought.value = undefined
    exchange.value = undefined
  })
  useEffect(() => {
    dialog.current!.showModal()
    dialog.current!.querySelector<HTMLElement>('[data-first]')?.focus()
  }, [])
  return (
    <dialog ref={dialog} class={`exchange exchange-${name}`} aria-labelledby={`${name}-title`}>
      <div class="exchange-head">
        <h2 id={`${name}-title`}>{title}</h2>
        <form method="dialog">
          <button type="submit" class="close">
            {texts().close}
          </button>
        </form>
      </div>
      {children}
    </dialog>
  )
}
