/**
 * A computation behind a promise: it waits for a turn of the event loop of its own, so that timers,
 * events and messages run between calls that follow each other, also where they were made together.
 * Until it begins, its AbortSignal can end it; bad arguments reject.
 */

/** What `work` gives, in a later turn. Throws the signal's reason where it was aborted by then. */
export async function inTurn<T>(work: () => T, signal?: AbortSignal): Promise<T> {
  throwIfAborted(signal)
  await turn()
  throwIfAborted(signal)
  return work()
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Those who wait, first come first; one begins in each turn. */
const waiting: (() => void)[] = []

function turn(): Promise<void> {
  return new Promise((begin) => {
    if (waiting.push(begin) === 1) later(next)
  })
}

function next(): void {
  waiting.shift()!()
  if (waiting.length > 0) later(next)
}

type Later = (work: () => void) => void

interface Port extends MessagePort {
  /** Node and its kin: whether the process stays alive for messages that may come. */
  ref?(): void
  unref?(): void
}

/**
 * Runs something in another turn of the event loop, after the timers and events that are due.
 * Browsers delay nested timers by 4 ms, so there it is a message to oneself.
 */
const later: Later = laterBy(
  globalThis as { readonly setImmediate?: Later; readonly document?: unknown },
)

function laterBy({
  setImmediate,
  document,
}: {
  readonly setImmediate?: Later
  readonly document?: unknown
}): Later {
  if (setImmediate !== undefined) return (work) => void setImmediate(work)
  const inBrowser = document !== undefined || 'WorkerGlobalScope' in globalThis
  return inBrowser && typeof MessageChannel === 'function'
    ? laterByMessage()
    : (work) => void setTimeout(work, 0)
}

function laterByMessage(): Later {
  let ports: { readonly sender: Port; readonly receiver: Port } | undefined
  let due: () => void = () => {}
  // Opened at the first call, so that loading the library costs nothing.
  const open = (): { readonly sender: Port; readonly receiver: Port } => {
    const { port1: receiver, port2: sender } = new MessageChannel() as {
      readonly port1: Port
      readonly port2: Port
    }
    receiver.onmessage = () => {
      receiver.unref?.()
      due()
    }
    return { sender, receiver }
  }
  return (work) => {
    ports ??= open()
    due = work
    ports.receiver.ref?.()
    ports.sender.postMessage(undefined)
  }
}
