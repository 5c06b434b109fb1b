/**
 * How does this engine start a worker? Node and its kin have `worker_threads`, browsers have
 * `Worker`. Both take the program of the worker as text.
 */

import { BoxHost } from './box-host.ts'
import type { BoxMessage } from './box-messages.ts'
import type { WorkerMessage } from './messages.ts'
import { workerSource } from './worker-source.ts'

/** A worker, as the pool sees it. */
export interface WorkerHandle {
  /** `transfer`: buffers of the message that move to the worker. */
  post(message: WorkerMessage, transfer?: ArrayBuffer[]): void
  /** Ends it, wherever it is. */
  terminate(): Promise<unknown>
  /** Whether it keeps the process alive. It does not at first. */
  hold(holds: boolean): void
}

/** What happens to a worker. */
export interface WorkerListener {
  /** It posted that a run is over, or an answer (box-messages.ts). */
  onMessage(message: unknown): void
  /** It has ended, or cannot start. */
  onEnd(why: string): void
}

/** The parts of `node:worker_threads` and `node:os` in use. */
interface NodeWorker {
  on(event: 'error', listener: (error: unknown) => void): void
  on(event: 'exit', listener: () => void): void
  on(event: 'message', listener: (message: unknown) => void): void
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void
  terminate(): Promise<unknown>
  ref(): void
  unref(): void
}
interface NodeThreads {
  readonly Worker: new (source: string | URL, options: object) => NodeWorker
}
interface Engine {
  readonly process?: {
    getBuiltinModule?(name: string): unknown
  }
  readonly document?: unknown
  readonly Worker?: unknown
  readonly setImmediate?: (work: () => void) => unknown
}

const engine = globalThis as unknown as Engine

/** A module of Node, without an import that a bundler or a page would have to resolve. */
export const nodeModule = (name: string): unknown => engine.process?.getBuiltinModule?.(name)

/**
 * Whether this engine can start workers at all. A service worker, for one, cannot. Node loads its
 * module for workers when the first one starts, because that takes milliseconds.
 */
export const hasWorkers = (): boolean =>
  typeof engine.Worker === 'function' || engine.process?.getBuiltinModule !== undefined

/** Whether this is the thread of a page, which may not block. */
export const isPage = (): boolean => engine.document !== undefined

/** Resolves in a later turn of the event loop. */
export const eventLoopTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (engine.setImmediate !== undefined) {
      engine.setImmediate(resolve)
      return
    }
    // Browsers delay nested timers, but not messages.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })

/**
 * Computes boxes on the calling thread, each in a turn of the event loop: what stands for a worker
 * where none can start.
 */
export function localWorker({ onMessage }: WorkerListener): WorkerHandle {
  const host = new BoxHost()
  let last: Promise<void> = Promise.resolve()
  let hasEnded = false
  const receive = async (message: WorkerMessage, before: Promise<void>): Promise<void> => {
    await before
    await eventLoopTurn()
    if (hasEnded) return
    const answer = host.receive(message as BoxMessage)
    await eventLoopTurn()
    if (answer !== undefined && !hasEnded) onMessage(answer)
  }
  return {
    post(message) {
      last = receive(message, last)
    },
    async terminate() {
      hasEnded = true
    },
    hold() {},
  }
}

/** Starts a worker. `url`: the address of its script; undefined: the text of the library. */
export function startWorker(url: string | undefined, listener: WorkerListener): WorkerHandle {
  const threads = nodeModule('node:worker_threads') as NodeThreads | undefined
  return threads === undefined ? webWorker(url, listener) : nodeWorker(threads, url, listener)
}

function nodeWorker(
  { Worker }: NodeThreads,
  url: string | undefined,
  { onMessage, onEnd }: WorkerListener,
): WorkerHandle {
  // The options of the process, such as loaders, are not for a script that imports nothing.
  const options = { execArgv: [], name: 'stridefold' }
  const worker =
    url === undefined
      ? new Worker(workerSource, { ...options, eval: true })
      : new Worker(new URL(url), options)
  worker.on('message', onMessage)
  worker.on('error', (error) => onEnd(String(error)))
  worker.on('exit', () => onEnd('it ended'))
  worker.unref()
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
    hold: (holds) => (holds ? worker.ref() : worker.unref()),
  }
}

function webWorker(url: string | undefined, { onMessage, onEnd }: WorkerListener): WorkerHandle {
  const address = url ?? addressOfSource()
  const worker = new Worker(address, { name: 'stridefold' })
  worker.onmessage = ({ data }) => onMessage(data)
  worker.onerror = (event) => {
    event.preventDefault()
    onEnd(event.message || whyBlocked(url))
  }
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    async terminate() {
      worker.terminate()
    },
    hold() {},
  }
}

let sourceAddress: string | undefined

/** The address of the text, once for all workers: a browser takes some milliseconds to make one. */
const addressOfSource = (): string => {
  sourceAddress ??= URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  return sourceAddress
}

/** Browsers do not say why a script did not load. These are the usual reasons. */
const whyBlocked = (url: string | undefined): string =>
  url === undefined
    ? 'the page does not allow it (Content-Security-Policy: worker-src)'
    : `${url} did not load. Is it there, does the page allow it (Content-Security-Policy: ` +
      'worker-src), and does an isolated page get it with Cross-Origin-Embedder-Policy?'
