/**
 * Compresses chunks in worker threads of Node, for codecs that would keep the main thread busy:
 * numcodecs runs blosc and lz4 in WebAssembly, on the thread that calls it. Meanwhile the main
 * thread copies samples.
 *
 *   main      copy 0   copy 1   copy 2   copy 3
 *   worker 1           encode 0          encode 2
 *   worker 2                    encode 1          encode 3
 *
 * Workers start with the first chunk, and end when the result is closed.
 */

import type { Worker } from 'node:worker_threads'
import { coreCount, workerThreads } from '../stores/host.ts'

export interface Encoder {
  encode(bytes: Uint8Array): Promise<Uint8Array>
  /** Ends the workers. */
  close(): Promise<void>
}

/** More do not pay: the main thread copies what they compress. */
export const encoderCount = (): number => Math.min(4, coreCount())

/**
 * What a worker takes besides chunks: the engine, the program and the memory of WebAssembly (Node
 * 20 on Linux, 2026-11-30).
 */
const workerBytes = 16 * 2 ** 20

/** The most memory of all workers: a chunk as it came, in WebAssembly, and compressed there. */
export const bytesOfEncoders = (chunkBytes: number): number =>
  encoderCount() * (workerBytes + 4 * chunkBytes)

/** The program of a worker. A view would carry its whole buffer, so bytes are cut out and moved. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { url, config } = workerData
const codec = import(url).then(({ default: Codec }) => Codec.fromConfig(config))
parentPort.on('message', async (bytes) => {
  try {
    const encoded = (await (await codec).encode(bytes)).slice()
    parentPort.postMessage({ encoded }, [encoded.buffer])
  } catch (error) {
    parentPort.postMessage({ message: String(error?.message ?? error) })
  }
})
`

interface Answer {
  readonly encoded?: Uint8Array
  readonly message?: string
}

/** Workers with the codec of a module; undefined where there are none. */
export function encoderWorkers(module: string, config: object): Encoder | undefined {
  const threads = workerThreads()
  const url = urlOf(module)
  if (threads === undefined || url === undefined) return undefined
  const all: Worker[] = []
  const free: Worker[] = []
  const waiting: ((worker: Worker) => void)[] = []
  const take = async (): Promise<Worker> => {
    const worker = free.pop()
    if (worker !== undefined) return worker
    if (all.length >= encoderCount()) return new Promise((resolve) => waiting.push(resolve))
    const started = new threads.Worker(program, { eval: true, workerData: { url, config } })
    all.push(started)
    return started
  }
  const give = (worker: Worker): void => {
    const next = waiting.shift()
    if (next !== undefined) return next(worker)
    worker.unref()
    free.push(worker)
  }
  return {
    encode: async (bytes) => {
      const copy = bytes.slice()
      const worker = await take()
      worker.ref()
      try {
        return await answerOf(worker, copy)
      } finally {
        give(worker)
      }
    },
    close: async () => {
      await Promise.all(all.splice(0).map((worker) => worker.terminate()))
    },
  }
}

function answerOf(worker: Worker, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      settle()
    }
    const onMessage = ({ encoded, message }: Answer): void =>
      end(() => (encoded ? resolve(encoded) : reject(new Error(message))))
    const onError = (error: Error): void => end(() => reject(error))
    const onExit = (): void => end(() => reject(new Error('A thread that compresses has ended.')))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(bytes, [bytes.buffer])
  })
}

/** The address of a module for a worker. Undefined in pages, and where all is one bundle. */
function urlOf(module: string): string | undefined {
  try {
    return import.meta.resolve(module)
  } catch {
    return undefined
  }
}
