/**
 * How does an asynchronous call run? It waits for a turn of the event loop of its own, then
 * computes. Timers, events and messages can run between two calls, even if both calls were made
 * together. An AbortSignal can abort a call until it begins. Invalid arguments reject the promise.
 */

import { kept } from './state.ts'

/** Runs `work` in a later turn and returns its result. Throws the reason of an aborted signal. */
export async function runInTurn<T>(work: () => T, signal?: AbortSignal): Promise<T> {
  throwIfAborted(signal)
  await nextTurn()
  throwIfAborted(signal)
  return work()
}

/** Throws the reason of the signal if it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Whether no call waits for its turn. */
export const isIdle = (): boolean => turns.get().waiting.length === 0

/**
 * Does `work` as soon as no call waits for its turn: at once, or in a later turn. No call can begin
 * to wait between the check and the work. Only one such work may wait: two would wait for each
 * other.
 */
export async function whenIdle(work: () => Promise<unknown>): Promise<void> {
  while (!isIdle()) await nextTurn()
  turns.get().later.close()
  await work()
}

interface Turns {
  /** The calls that wait, in the order of their arrival. One of them begins in each turn. */
  readonly waiting: (() => void)[]
  readonly later: Later
}

const turns = kept((): Turns => ({ waiting: [], later: laterWith(globalThis as Engine) }))

function nextTurn(): Promise<void> {
  const { waiting, later } = turns.get()
  return new Promise((begin) => {
    if (waiting.push(begin) === 1) later.run(beginNext)
  })
}

function beginNext(): void {
  const { waiting, later } = turns.get()
  waiting.shift()!()
  if (waiting.length > 0) later.run(beginNext)
}

/** Runs work in a later turn of the event loop, after the timers and events that are due. */
interface Later {
  run(work: () => void): void
  /** Gives back what it opened. The next `run` opens it anew. */
  close(): void
}

interface Engine {
  readonly setImmediate?: (work: () => void) => unknown
  readonly document?: unknown
}

interface Port extends MessagePort {
  /** In Node and similar runtimes: whether an open port keeps the process alive. */
  ref?(): void
  unref?(): void
}

/**
 * Browsers delay nested timers by 4 ms, so there the page sends a message to itself instead.
 */
function laterWith({ setImmediate, document }: Engine): Later {
  const close = (): void => {}
  if (setImmediate !== undefined) return { run: (work) => void setImmediate(work), close }
  const inBrowser = document !== undefined || 'WorkerGlobalScope' in globalThis
  return inBrowser && typeof MessageChannel === 'function'
    ? laterByMessage()
    : { run: (work) => void setTimeout(work, 0), close }
}

function laterByMessage(): Later {
  let ports: { readonly sender: Port; readonly receiver: Port } | undefined
  let pendingWork: () => void = () => {}
  // The first call opens the ports, so that loading the library costs nothing.
  const open = (): { readonly sender: Port; readonly receiver: Port } => {
    const { port1: receiver, port2: sender } = new MessageChannel() as {
      readonly port1: Port
      readonly port2: Port
    }
    receiver.onmessage = () => {
      receiver.unref?.()
      pendingWork()
    }
    return { sender, receiver }
  }
  return {
    run(work) {
      ports ??= open()
      pendingWork = work
      ports.receiver.ref?.()
      ports.sender.postMessage(undefined)
    },
    close() {
      ports?.receiver.close()
      ports = undefined
    },
  }
}
