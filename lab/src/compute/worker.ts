/**
 * Runs tasks beside the page, one after another in the order of their arrival.
 */

import { messageOf } from '../model/message-of.ts'
import { type TaskName, tasks } from './tasks.ts'

// TypeScript cannot load the types of workers and of pages together. These are the parts of
// DedicatedWorkerGlobalScope that this file uses.
const worker = self as unknown as {
  addEventListener(name: 'message', listener: (event: MessageEvent<Job>) => void): void
  postMessage(message: Answer, transfer: readonly ArrayBuffer[]): void
}

export interface Job {
  readonly id: number
  readonly name: TaskName
  readonly request: unknown
}

/** `fault`: the message of an error. */
export interface Answer {
  readonly id: number
  readonly reply?: unknown
  readonly fault?: string
}

worker.addEventListener('message', ({ data: { id, name, request } }) => {
  try {
    // The page sends each task its own request, which TypeScript cannot see through a message.
    const reply = (tasks[name] as (request: unknown) => unknown)(request)
    worker.postMessage({ id, reply }, buffersOf(reply))
  } catch (error) {
    worker.postMessage({ id, fault: messageOf(error) }, [])
  }
})

/** The buffers of a reply. They move to the page instead of being copied. */
function buffersOf(reply: unknown): ArrayBuffer[] {
  const parts = ArrayBuffer.isView(reply) ? [reply] : Object.values(reply as object)
  const buffers = parts.flatMap((part) =>
    ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer ? [part.buffer] : [],
  )
  return [...new Set(buffers)]
}
