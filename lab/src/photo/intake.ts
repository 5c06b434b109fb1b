/**
 * Pictures that come from outside: chosen, dropped, pasted. A pasted matrix becomes the kernel.
 */

import { type Signal, signal } from '@preact/signals'
import { stopCamera } from './camera.ts'
import { matrixOf } from './kernel-text.ts'
import { changeFilter, notice, openOwn, selectedFilter } from './photo.ts'

/** Whether something is dragged over the page. */
export const isDropping: Signal<boolean> = signal(false)

export function openFile(file: File): void {
  stopCamera()
  openOwn(file, file.name || 'image')
}

/** Opens the first picture of a list, or the first file: its fault is told when it is read. */
function openFirst(files: readonly File[]): boolean {
  const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0]
  if (file) openFile(file)
  return file !== undefined
}

function onPaste(event: ClipboardEvent): void {
  const isInField = event.target instanceof Element && event.target.closest('input, textarea')
  const files = [...(event.clipboardData?.files ?? [])]
  if (files.length === 0 && isInField) return
  if (openFirst(files)) {
    event.preventDefault()
    return
  }
  const kernel = matrixOf(event.clipboardData?.getData('text/plain') ?? '')
  if (!('kind' in kernel) && selectedFilter.peek()) {
    event.preventDefault()
    changeFilter({ kernel, divisor: 1 })
  } else notice.value = { kind: 'noFiles' }
}

/** Whether a drag brings files from outside, not a text of this page. */
const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

function onDragOver(event: DragEvent): void {
  if (!hasFiles(event)) return
  event.preventDefault()
  isDropping.value = true
}

function onDragLeave(event: DragEvent): void {
  // Between two elements of the page a drag leaves one and enters the other.
  if (event.relatedTarget === null) isDropping.value = false
}

function onDrop(event: DragEvent): void {
  isDropping.value = false
  if (!hasFiles(event)) return
  event.preventDefault()
  if (!openFirst([...(event.dataTransfer?.files ?? [])])) notice.value = { kind: 'noFiles' }
}

/** Listens on the whole page. Returns the function that stops it. */
export function takePictures(): () => void {
  addEventListener('paste', onPaste)
  addEventListener('dragover', onDragOver)
  addEventListener('dragleave', onDragLeave)
  addEventListener('drop', onDrop)
  return () => {
    removeEventListener('paste', onPaste)
    removeEventListener('dragover', onDragOver)
    removeEventListener('dragleave', onDragLeave)
    removeEventListener('drop', onDrop)
  }
}
