/** The worker as an object of the page: a call is a message, and its promise is the answer. */

import type { Answer, Jobs, Request } from './messages.ts'

interface Pending {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export class PictureWorker {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  /** The worker paints on this canvas. The page cannot any more. */
  constructor(element: HTMLCanvasElement) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      const pending = this.#pending.get(data.id)
      if ('error' in data) pending?.reject(new Error(data.error))
      else pending?.resolve(data.result)
    })
    // A worker that did not load answers nothing: all promises end here.
    this.#worker.addEventListener('error', ({ message }) => {
      const error = new Error(message || 'The script of the worker did not load.')
      for (const pending of this.#pending.values()) pending.reject(error)
    })
    const canvas = element.transferControlToOffscreen()
    this.#worker.postMessage({ canvas } satisfies Request, [canvas])
  }

  /** Runs a job in the worker. Rejects with the reason of the signal as soon as that is aborted. */
  async run<Name extends keyof Jobs>(
    name: Name,
    job: Jobs[Name]['job'],
    signal?: AbortSignal,
  ): Promise<Jobs[Name]['result']> {
    signal?.throwIfAborted()
    const id = ++this.#lastId
    const abort = (): void => {
      this.#worker.postMessage({ abort: id } satisfies Request)
      this.#pending.get(id)?.reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort)
    try {
      return await new Promise((resolve, reject) => {
        // The answer to a job has the type of its result.
        this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject })
        this.#worker.postMessage({ id, name, job } as Request)
      })
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#pending.delete(id)
    }
  }

  close(): void {
    this.#worker.terminate()
  }
}
