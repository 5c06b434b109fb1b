/**
 * A program that threads share: what its workers need to know of it, and the addresses of the
 * current run. Every thread has local buffers of its own, so every thread has its own addresses.
 */

import type { ByteAddress } from '../workspace.ts'
import type { ProgramMessage } from './messages.ts'
import type { Pool } from './pool.ts'
import type { Run, SharedStages } from './share.ts'
import { releaseProgram } from './shared-pool.ts'

/** A stage, as the executable runs it. */
export interface SharedStage {
  readonly entry: string
  readonly items: number
  readonly bufferIndices: readonly number[]
  readonly run: (first: number, end: number, ...addresses: number[]) => void
}

/** Some stages, [first, end), and the address of each buffer for thread 0. */
export interface StageRun {
  readonly first: number
  readonly end: number
  readonly bufferAddresses: readonly number[]
}

/** Tells the workers about programs that were collected without `release()`. */
const finalizer = new FinalizationRegistry<number>(releaseProgram)

let programs = 0

export class SharedProgram {
  readonly #message: ProgramMessage
  readonly #stages: readonly SharedStage[]
  readonly #bytesPerThread: readonly number[]
  /** Those in the words that the workers read. */
  #bufferAddresses: readonly number[] | undefined

  /** `owner`: the program lives as long as this object. */
  constructor(
    owner: object,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    stages: readonly SharedStage[],
    buffers: readonly ByteAddress[],
    threads: number,
  ) {
    this.#stages = stages
    this.#bytesPerThread = buffers.map(({ bytesPerThread }) => bytesPerThread)
    let addressCount = 0
    const messages = stages.map(({ entry, items, bufferIndices: { length: count } }) => {
      const start = addressCount
      addressCount += count
      return { entry, items, start, count }
    })
    const addresses = new Int32Array(new SharedArrayBuffer(4 * threads * addressCount))
    this.#message = {
      ...{ kind: 'program', id: ++programs, module, memory, stages: messages },
      ...{ threads, addresses, addressCount },
    }
    finalizer.register(owner, this.#message.id, this)
  }

  /** Runs on the calling thread and the workers. */
  run(pool: Pool, range: StageRun): void {
    pool.run(this.#begin(pool, range, false), this.#stagesAt(range))
  }

  /** Runs on the workers alone. Resolves with false if no worker could start. */
  runLater(pool: Pool, range: StageRun, signal: AbortSignal | undefined): Promise<boolean> {
    return pool.runLater(this.#begin(pool, range, true), this.#stagesAt(range), signal)
  }

  #begin(pool: Pool, { first, end, bufferAddresses }: StageRun, isRemote: boolean): Run {
    const { id, threads } = this.#message
    pool.load(this.#message)
    if (this.#bufferAddresses !== bufferAddresses) this.#writeAddresses(bufferAddresses)
    return { program: id, first, end, threads, isRemote }
  }

  #stagesAt({ bufferAddresses }: StageRun): SharedStages {
    const stages = this.#stages
    return {
      items: stages.map(({ items }) => items),
      run(stage, first, end) {
        const { run, bufferIndices } = stages[stage]!
        run(first, end, ...bufferIndices.map((index) => bufferAddresses[index]!))
      },
      onOver() {},
    }
  }

  #writeAddresses(bufferAddresses: readonly number[]): void {
    const { threads, addresses } = this.#message
    let at = 0
    for (let thread = 0; thread < threads; thread++)
      for (const { bufferIndices } of this.#stages)
        for (const index of bufferIndices)
          addresses[at++] = bufferAddresses[index]! + thread * this.#bytesPerThread[index]!
    this.#bufferAddresses = bufferAddresses
  }

  /** The workers let go of it. */
  release(): void {
    finalizer.unregister(this)
    releaseProgram(this.#message.id)
  }
}
