/**
 * The little of WebDriver BiDi that one page needs: https://w3c.github.io/webdriver-bidi. Node 20
 * has the global `WebSocket` with `--experimental-websocket`, Node 22 always.
 */

import type { ChildProcess } from 'node:child_process'

export interface BidiPage {
  /** Errors that the page has reported. */
  readonly errors: readonly string[]
  /** Opens an address as a new document, and waits until it is loaded. */
  open(address: string): Promise<void>
  /** The value of an expression, after its promise. Numbers, texts and truth values only. */
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

interface Message {
  readonly id?: number
  readonly error?: string
  readonly message?: string
  readonly result?: Record<string, unknown>
  readonly method?: string
  readonly params?: { readonly level?: string; readonly text?: string }
}

/** Connects to a browser that was started with `--remote-debugging-port`. */
export async function openBidi(program: ChildProcess): Promise<BidiPage> {
  const socket = new WebSocket(`${await addressOf(program)}/session`)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('The browser refused the session.')))
  })
  const errors: string[] = []
  const waiting = new Map<number, (message: Message) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    else if (message.method === 'log.entryAdded' && message.params?.level === 'error')
      errors.push(message.params.text ?? 'an error without a text')
  })
  let count = 0
  const send = (method: string, params: object): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const id = ++count
      waiting.set(id, ({ error, message, result }) => {
        waiting.delete(id)
        if (error === undefined) resolve(result ?? {})
        else reject(new Error(`${method}: ${error}: ${message}`))
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  await send('session.new', { capabilities: {} })
  await send('session.subscribe', { events: ['log.entryAdded'] })
  const { context } = await send('browsingContext.create', { type: 'tab' })
  const go = (url: string): Promise<unknown> =>
    send('browsingContext.navigate', { context, url, wait: 'complete' })
  return {
    errors,
    async open(address) {
      // Without this, only the part after '#' would change.
      await go('about:blank')
      await go(address)
    },
    async evaluate(expression) {
      const answer = await send('script.evaluate', {
        ...{ expression, target: { context }, awaitPromise: true },
      })
      if (answer.type !== 'success') throw new Error(`${expression}: ${JSON.stringify(answer)}`)
      return (answer.result as { readonly value?: unknown }).value
    },
    async close() {
      await send('browser.close', {}).catch(() => undefined)
      socket.close()
    },
  }
}

/** The browser prints the address at which it listens. */
function addressOf(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    program.stderr!.on('data', (part) => {
      text += part
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(text)?.[1]
      if (address) resolve(address)
    })
    program.once('exit', () => reject(new Error(`The browser has ended: ${text}`)))
  })
}
