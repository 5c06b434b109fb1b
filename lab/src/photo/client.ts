/**
 * Sends requests to the engine. It runs in a worker; where a browser refuses workers, it runs on
 * the page, and a strip of a large picture may hold the page up.
 */

import type { Engine } from './engine.ts'
import type { Numbered, NumberedAnswer, Request } from './protocol.ts'

export type Listener = (answer: NumberedAnswer) => void

let listener: Listener = () => {}
let worker: Worker | undefined
let onPage: Promise<Engine> | undefined
/** Requests whose answers the worker owes. If it cannot start, the page answers them. */
let unanswered: Numbered[] = []
let count = 0

/** All answers go to one listener. */
export function listen(to: Listener): void {
  listener = to
}

/** Sends a request. Returns its number, which its answers have. */
export function ask(request: Request, transfer: readonly Transferable[] = []): number {
  const numbered = { ...request, id: ++count }
  if (!onPage && !worker) start()
  if (onPage) void onPage.then((engine) => engine.take(numbered))
  else {
    if (unanswered.length > 0 || !hasAnswered) unanswered.push(numbered)
    worker!.postMessage(numbered, [...transfer])
  }
  return numbered.id
}

let hasAnswered = false

function start(): void {
  try {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    started.addEventListener('message', ({ data }: MessageEvent<NumberedAnswer>) => {
      hasAnswered = true
      unanswered = []
      listener(data)
    })
    // The file of the worker did not load, or a policy forbids it.
    started.addEventListener('error', (event) => {
      event.preventDefault()
      if (!hasAnswered) runOnPage()
    })
    worker = started
  } catch {
    runOnPage()
  }
}

function runOnPage(): void {
  worker = undefined
  onPage ??= import('./engine.ts').then(({ Engine }) => new Engine((answer) => listener(answer)))
  const waiting = unanswered
  unanswered = []
  // Pixels that were sent to the worker are gone. A file can be read again.
  for (const request of waiting) void onPage.then((engine) => engine.take(request))
}

/** Ends the worker, and everything that it does. The next request starts a new one. */
export function closeEngine(): void {
  worker?.terminate()
  worker = undefined
  onPage = undefined
  hasAnswered = false
  unanswered = []
}
