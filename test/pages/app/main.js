/**
 * The page: computes here or in a worker, as the server says, and reports what it found. The answer
 * to the report is the address of the next page.
 */

import { check } from './check.js'
import workerUrl from './worker-url.js'

const settings = await (await fetch('settings.json')).json()
const addresses = {
  build: String(workerUrl),
  missing: new URL('/missing-worker.js', location).href,
}
const task = { workerUrl: addresses[settings.address] }
const found = settings.inWorker ? await checkInWorker() : await check(task)
await globalThis.report(found)

function checkInWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./in-worker.js', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }) => {
      if (data === 'ready') worker.postMessage(task)
      else resolve(data)
    }
    worker.onerror = ({ message }) => reject(new Error(`the worker of the page: ${message}`))
  })
}
