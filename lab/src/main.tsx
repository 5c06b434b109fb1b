/**
 * The entry point: reads the link, draws the lab, registers the service worker.
 */

import { effect } from '@preact/signals'
import { render } from 'preact'
import { registerServiceWorker } from './offline/update.ts'
import { App } from './shell/app.tsx'
import { followAddress, state } from './state/store.ts'
import { messages } from './messages/messages.ts'

followAddress()
// This must run before the first drawing, because canvases read their colours from the page.
effect(() => {
  const root = document.documentElement
  root.lang = state.value.language === 'zh' ? 'zh-Hans' : 'en'
  root.dataset.theme = state.value.theme
  document.title = messages().title
})
const root = document.getElementById('lab')
if (root) render(<App />, root)
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Registration fails if the browser blocks storage. The page then works online only.
  addEventListener('load', () => void registerServiceWorker().catch(() => undefined))
}
