/**
 * Makes a GIF in a worker of its own, which ends with it; on the page if the browser refuses
 * workers.
 */

import type { GifJob } from './gif.ts'
import type { GifAnswer } from './gif-worker.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** `stop` ends the work; the promise then gives undefined. */
export interface RunningGif {
  readonly result: Promise<Bytes | 'large' | undefined>
  readonly stop: () => void
}

export function runGif(job: GifJob, progress: (share: number) => void): RunningGif {
  let stop = (): void => {}
  const result = new Promise<Bytes | 'large' | undefined>((resolve, reject) => {
    let isStarted = false
    let worker: Worker | undefined
    const end = (value: Bytes | 'large' | undefined): void => {
      worker?.terminate()
      resolve(value)
    }
    stop = () => end(undefined)
    const onPage = async (): Promise<void> => {
      const { gifOf } = await import('./gif.ts')
      end((await gifOf(job, progress)) ?? 'large')
    }
    try {
      worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module' })
      worker.addEventListener('message', ({ data }: MessageEvent<GifAnswer>) => {
        isStarted = true
        if (data.kind === 'progress') progress(data.share)
        else if (data.kind === 'done') end(data.bytes ?? 'large')
        else reject(new Error(data.message))
      })
      // The file of the worker did not load, or a policy forbids it.
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        if (!isStarted) onPage().catch(reject)
      })
      worker.postMessage(job)
    } catch {
      onPage().catch(reject)
    }
  })
  return { result, stop: () => stop() }
}
