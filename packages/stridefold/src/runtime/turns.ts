/**
 * How does an asynchronous call run? It waits for a turn of the event loop of its own, then
 * computes. Timers, events and messages can run between two calls, even if both calls were made
 * together. An AbortSignal can abort a call until it begins. Invalid arguments reject the promise.
 */

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

/** The calls that wait, in the order of their arrival. One of them begins in each turn. */
const queue: (() => void)[] = []

function nextTurn(): Promise<void> {
  return new Promise((begin) => {
    if (queue.push(begin) === 1) runLater(beginNext)
  })
}

function beginNext(): void {
  queue.shift()!()
  if (queue.length > 0) runLater(beginNext)
}

type RunLater = (work: () => void) => void

interface Port extends MessagePort {
  /** In Node and similar runtimes: whether an open port keeps the process alive. */
  ref?(): void
  unref?(): void
}

/**
 * Runs `work` in a later turn of the event loop, after the timers and events that are due. Browsers
 * delay nested timers by 4 ms, so there the page sends a message to itself instead.
 */
const runLater: RunLater = runLaterWith(
  globalThis as { readonly setImmediate?: RunLater; readonly document?: unknown },
)

function runLaterWith({
  setImmediate,
  document,
}: {
  readonly setImmediate?: RunLater
  readonly document?: unknown
}): RunLater {
  if (setImmediate !== undefined) return (work) => void setImmediate(work)
  const inBrowser = document !== undefined || 'WorkerGlobalScope' in globalThis
  return inBrowser && typeof MessageChannel === 'function'
    ? runLaterByMessage()
    : (work) => void setTimeout(work, 0)
}

function runLaterByMessage(): RunLater {
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
  return (work) => {
    ports ??= open()
    pendingWork = work
    ports.receiver.ref?.()
    ports.sender.postMessage(undefined)
  }
}
