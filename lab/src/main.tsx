/**
 * The page: reads the link, draws the lab, and keeps its files for days without a network.
 */

import { effect } from '@preact/signals'
import { render } from 'preact'
import { registerServiceWorker } from './offline/update.ts'
import { App } from './shell/app.tsx'
import { followAddress, state } from './state/store.ts'
import { messages } from './messages/messages.ts'

followAddress()
// Before anything is drawn: canvases read their colours from the page.
effect(() => {
  const root = document.documentElement
  root.lang = state.value.language === 'zh' ? 'zh-Hans' : 'en'
  root.dataset.theme = state.value.theme
  document.title = messages().title
})
const root = document.getElementById('lab')
if (root) render(<App />, root)
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Storage that is switched off refuses a worker: the page then lives from the network alone.
  addEventListener('load', () => void registerServiceWorker().catch(() => undefined))
}
