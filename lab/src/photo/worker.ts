/** The engine in a worker. */

import { Engine } from './engine.ts'
import type { Numbered, NumberedAnswer } from './protocol.ts'

// TypeScript cannot load the types of workers and of pages together. These are the parts of
// DedicatedWorkerGlobalScope that this file uses.
const worker = self as unknown as {
  addEventListener(name: 'message', listener: (event: MessageEvent<Numbered>) => void): void
  postMessage(message: NumberedAnswer, transfer: readonly Transferable[]): void
}

const engine = new Engine((answer, transfer) => worker.postMessage(answer, transfer))
worker.addEventListener('message', ({ data }) => void engine.take(data))
