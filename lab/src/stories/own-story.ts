/**
 * A story of the user's own: chosen, dropped or pasted as JSON. It is checked, and opened if the
 * lab can show every step and answer every question. It stays in memory only.
 */

import { answerFaults, readStory } from './read-story.ts'
import { goTo, own, ownFaults } from './teller.ts'

/** Larger files are no stories. */
const maxBytes = 4 << 20

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** The newest file wins if another one is still being checked. */
let newest = 0

async function openText(text: string, fileName: string): Promise<void> {
  const run = ++newest
  const result = readStory(text)
  const faults = 'faults' in result ? result.faults : await answerFaults(result.story, rest)
  if (run !== newest) return
  ownFaults.value = faults
  if ('faults' in result || faults.length > 0) return
  own.value = { story: result.story, text, fileName }
  goTo('own', 0)
}

async function openFile(file: File): Promise<void> {
  if (file.size > maxBytes) {
    const message = `${file.name} has ${file.size} bytes, but a story at most ${maxBytes}`
    ownFaults.value = [{ place: '', message }]
    return
  }
  await openText(await file.text(), file.name || 'story.json')
}

export const openFirst = (files: Iterable<File> | null | undefined): boolean => {
  const [file] = files ?? []
  if (file) void openFile(file)
  return file !== undefined
}

/** Listens on the whole page. Returns the function that stops it. */
export function takeStories(): () => void {
  const onPaste = (event: ClipboardEvent): void => {
    if (event.target instanceof Element && event.target.closest('input, textarea')) return
    const { files } = event.clipboardData ?? {}
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (openFirst(files)) event.preventDefault()
    else if (text.trim().startsWith('{')) {
      event.preventDefault()
      void openText(text, 'story.json')
    }
  }
  const onDragOver = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  }
  const onDrop = (event: DragEvent): void => {
    if (openFirst(event.dataTransfer?.files)) event.preventDefault()
  }
  addEventListener('paste', onPaste)
  addEventListener('dragover', onDragOver)
  addEventListener('drop', onDrop)
  return () => {
    removeEventListener('paste', onPaste)
    removeEventListener('dragover', onDragOver)
    removeEventListener('drop', onDrop)
  }
}

/** Saves a text as a file of the user. */
export function saveText(text: string, fileName: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: address, download: fileName })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address))
}
