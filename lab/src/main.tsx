/**
 * The page: reads the link, draws the lab, and keeps its files for days without a network.
 */

import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './shell/app.tsx'
import { followAddress, state } from './state/store.ts'
import { words } from './words/words.ts'

followAddress()
// Before anything is drawn: canvases read their colours from the page.
effect(() => {
  const root = document.documentElement
  root.lang = state.value.language === 'zh' ? 'zh-Hans' : 'en'
  root.dataset.theme = state.value.theme
  document.title = words().title
})
const root = document.getElementById('lab')
if (root) render(<App />, root)
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('service-worker.js', { type: 'module' }))
}
