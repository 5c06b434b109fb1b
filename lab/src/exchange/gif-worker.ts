/** Makes a GIF beside the page. */

import { messageOf } from '../model/message-of.ts'
import { type GifJob, gifOf } from './gif.ts'

// TypeScript cannot load the types of workers and of pages together.
const worker = self as unknown as {
  addEventListener(name: 'message', listener: (event: MessageEvent<GifJob>) => void): void
  postMessage(message: GifAnswer): void
}

export type GifAnswer =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> | undefined }
  | { readonly kind: 'failed'; readonly message: string }

worker.addEventListener('message', ({ data }) => {
  gifOf(data, (share) => worker.postMessage({ kind: 'progress', share })).then(
    (bytes) => worker.postMessage({ kind: 'done', bytes }),
    (error: unknown) => worker.postMessage({ kind: 'failed', message: messageOf(error) }),
  )
})
