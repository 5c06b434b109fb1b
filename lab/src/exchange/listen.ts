/**
 * Takes what is pasted or dropped on the first screen and in the workspace: a matrix, a call, a
 * file. Other pages take it themselves. A picture belongs to the picture page.
 */

import { batch } from '@preact/signals'
import { face } from '../state/store.ts'
import { brought, exchange } from './exchange-state.ts'

/** Whether the page takes text and files now: no dialog is open, and no field has the focus. */
const takes = (event: Event): boolean =>
  (face.peek() === 'stage' || face.peek() === 'workspace') &&
  !document.querySelector('dialog[open]') &&
  !(event.target instanceof Element && event.target.closest('input, select, textarea'))

const isPicture = ({ type }: File): boolean => type.startsWith('image/')

function open(what: string | File): void {
  batch(() => {
    brought.value = what
    exchange.value = 'open'
  })
}

function onPaste(event: ClipboardEvent): void {
  if (event.defaultPrevented || !takes(event)) return
  const file = [...(event.clipboardData?.files ?? [])].find((candidate) => !isPicture(candidate))
  const what = file ?? event.clipboardData?.getData('text/plain')
  if (what === undefined || what === '') return
  event.preventDefault()
  open(what)
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

function onDragOver(event: DragEvent): void {
  if (hasFiles(event) && takes(event)) event.preventDefault()
}

function onDrop(event: DragEvent): void {
  if (!hasFiles(event) || !takes(event)) return
  event.preventDefault()
  const file = event.dataTransfer?.files[0]
  if (file) open(file)
}

/** Listens on the whole page, as long as it is open. */
export function takeTextAndFiles(): void {
  addEventListener('paste', onPaste)
  addEventListener('dragover', onDragOver)
  addEventListener('drop', onDrop)
}
