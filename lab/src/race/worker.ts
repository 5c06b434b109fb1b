/** Measures beside the page, one size after the other. */

import { messageOf } from '../model/message-of.ts'
import { clockStep } from './clock-step.ts'
import { measureSize, samplingOf } from './measure-size.ts'
import type { Answer, Request } from './protocol.ts'

// TypeScript cannot load the types of workers and of pages together. These are the parts of
// DedicatedWorkerGlobalScope that this file uses.
const worker = self as unknown as {
  addEventListener(name: 'message', listener: (event: MessageEvent<Request>) => void): void
  postMessage(message: Answer): void
}

/** Between two messages about the progress. */
const progressMs = 100
const stepMs = clockStep(() => performance.now())
const sampling = samplingOf(stepMs)
let stopper = new AbortController()

worker.addEventListener('message', ({ data }) => {
  if (data.kind === 'stop') {
    stopper.abort()
    return
  }
  stopper = new AbortController()
  let last = 0
  const progress = (share: number, runner: string): void => {
    const now = performance.now()
    if (now - last < progressMs) return
    last = now
    worker.postMessage({ kind: 'progress', share, runner })
  }
  measureSize(data, { sampling, signal: stopper.signal, progress }).then(
    (result) => worker.postMessage({ kind: 'sized', result }),
    (error) => worker.postMessage({ kind: 'fault', message: messageOf(error) }),
  )
})

worker.postMessage({ kind: 'clock', stepMs, sampleMs: sampling.minMs })
