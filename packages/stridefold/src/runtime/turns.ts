/**
 * How does an asynchronous call run? It waits for a turn of the event loop of its own, then
 * computes. Timers, events and messages can run between two calls, even if both calls were made
 * together. A backend may take its time: the call then keeps its turn until the backend is done,
 * and later calls wait. A synchronous call never waits.
 *
 * An AbortSignal aborts a call that waits, and a call whose backend is at work. Invalid arguments
 * reject the promise.
 */

import type { Eventual } from './eventual.ts'
import { kept } from './state.ts'

/** The turn of an asynchronous call: it may wait for a backend. A synchronous call has none. */
export interface Turn {
  readonly signal: AbortSignal | undefined
  /** When its work began after the event loop last went on, as `performance.now()`. */
  since: number
}

/** A turn whose work begins now. */
export const turnWith = (signal: AbortSignal | undefined): Turn => ({
  signal,
  since: performance.now(),
})

/**
 * Runs `work` in a later turn and returns its result. Rejects with the reason of an aborted signal.
 */
export async function runInTurn<T>(
  work: (turn: Turn) => Eventual<T>,
  signal?: AbortSignal,
): Promise<T> {
  throwIfAborted(signal)
  await nextTurn()
  throwIfAborted(signal)
  const result = work(turnWith(signal))
  return result instanceof Promise ? keepTurn(result, signal) : result
}

/**
 * Lets timers and events run, in the middle of an asynchronous call that keeps its turn. Rejects
 * with the reason of an aborted signal.
 */
export function pause({ signal }: Turn): Promise<void> {
  return new Promise<void>((resume) => turns.get().pauses.run(resume)).then(() =>
    throwIfAborted(signal),
  )
}

/** Throws the reason of the signal if it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Resolves in a later turn of the event loop. For a call that keeps its turn. */
export function laterTurn(): Promise<void> {
  return new Promise((resolve) => turns.get().later.run(resolve))
}

/** Whether no call waits for its turn, and none keeps it. */
export function isIdle(): boolean {
  const { waiting, isKept } = turns.get()
  return waiting.length === 0 && !isKept
}

/**
 * Does `work` as soon as no call waits or runs: at once, or in a later turn. No call can begin to
 * wait between the check and the work. Only one such work may wait: two would wait for each other.
 */
export async function whenIdle(work: () => Promise<unknown>): Promise<void> {
  while (!isIdle()) await nextTurn()
  turns.get().later.close()
  turns.get().pauses.close()
  await work()
}

/** Does `work` when no backend is at work for a call: at once, or at the end of that turn. */
export function afterTurn(work: () => void): void {
  const { isKept, atEnd } = turns.get()
  if (isKept) atEnd.push(work)
  else work()
}

interface Turns {
  /** The calls that wait, in the order of their arrival. One of them begins in each turn. */
  readonly waiting: (() => void)[]
  /** Whether the next call will begin in a later turn. */
  isScheduled: boolean
  /** Whether a backend is still at work for the call of this turn. */
  isKept: boolean
  /** Work for the end of a turn that is kept. */
  readonly atEnd: (() => void)[]
  readonly later: Later
  /** Goes on with the call of this turn after a pause. */
  readonly pauses: Later
}

const turns = kept(
  (): Turns => ({
    ...{ waiting: [], isScheduled: false, isKept: false, atEnd: [] },
    later: laterWith(globalThis as Engine),
    pauses: laterWith(globalThis as Engine),
  }),
)

function nextTurn(): Promise<void> {
  return new Promise((begin) => {
    turns.get().waiting.push(begin)
    schedule()
  })
}

function schedule(): void {
  const state = turns.get()
  if (state.isScheduled || state.isKept || state.waiting.length === 0) return
  state.isScheduled = true
  state.later.run(beginNext)
}

function beginNext(): void {
  const state = turns.get()
  state.isScheduled = false
  if (!state.isKept) state.waiting.shift()?.()
  schedule()
}

/**
 * Keeps the turn until a backend is done. The promise of the call rejects earlier if its signal is
 * aborted; the turn ends with the backend's work.
 */
function keepTurn<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const state = turns.get()
  state.isKept = true
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal!.reason)
    signal?.addEventListener('abort', abort)
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', abort)
      state.isKept = false
      for (const done of state.atEnd.splice(0)) done()
      settle()
      schedule()
    }
    work.then(
      (result) => end(() => resolve(result)),
      (cause) => end(() => reject(cause)),
    )
  })
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
  const pending: (() => void)[] = []
  // The first call opens the ports, so that loading the library costs nothing.
  const open = (): { readonly sender: Port; readonly receiver: Port } => {
    const { port1: receiver, port2: sender } = new MessageChannel() as {
      readonly port1: Port
      readonly port2: Port
    }
    receiver.onmessage = () => {
      const work = pending.shift()!
      if (pending.length === 0) receiver.unref?.()
      work()
    }
    return { sender, receiver }
  }
  return {
    run(work) {
      ports ??= open()
      pending.push(work)
      ports.receiver.ref?.()
      ports.sender.postMessage(undefined)
    },
    close() {
      ports?.receiver.close()
      ports = undefined
    },
  }
}
