/**
 * Tells the page that a dialog has closed, before the next key can arrive.
 *
 * A browser sends the `close` event with its next frame. On a busy machine a frame takes long: the
 * dialog is gone and the focus is back, but a key that comes now would still find it open. The
 * attribute `open` goes with the dialog, and observers of it run in the same task.
 */

import { useEffect } from 'preact/hooks'

export function useClosedDialog(
  dialog: { readonly current: HTMLDialogElement | null },
  onClosed: () => void,
): void {
  useEffect(() => {
    const element = dialog.current!
    const observer = new MutationObserver(() => {
      if (!element.open) onClosed()
    })
    // It is kept when the component goes: a dialog that closes and goes in one task has closed.
    observer.observe(element, { attributeFilter: ['open'] })
  }, [])
}
