/**
 * The page: reads the link, draws the lab, and keeps its files for days without a network.
 */

import { render } from 'preact'
import { App } from './shell/app.tsx'
import { followAddress } from './state/store.ts'

followAddress()
const root = document.getElementById('lab')
if (root) render(<App />, root)
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('service-worker.js', { type: 'module' }))
}
