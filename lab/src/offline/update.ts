/**
 * Keeps the page for days without a network, and says when a newer build has come: it takes over
 * when the user says so, never in the middle of their work.
 */

import { type Signal, signal } from '@preact/signals'

/** Takes the newer build and loads the page anew; undefined while there is none. */
export const applyUpdate: Signal<(() => void) | undefined> = signal(undefined)

export async function registerServiceWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.register('service-worker.js', {
    type: 'module',
  })
  const offerUpdate = (): void => {
    const { waiting } = registration
    // Without a controller this is the first build that comes: nothing is older.
    if (!waiting || !navigator.serviceWorker.controller) return
    applyUpdate.value = () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
        once: true,
      })
      waiting.postMessage('take over')
    }
  }
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offerUpdate)
  })
  offerUpdate()
}
