/**
 * Registers the service worker, and offers a newer build when there is one. The newer build takes
 * over only when the user loads it, never during their work.
 */

import { type Signal, signal } from '@preact/signals'

/** Activates the newer build and reloads the page; undefined if there is none. */
export const applyUpdate: Signal<(() => void) | undefined> = signal(undefined)

export async function registerServiceWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.register('service-worker.js', {
    type: 'module',
  })
  const offerUpdate = (): void => {
    const { waiting } = registration
    // Without a controller this is the first installation, so there is nothing to update.
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
