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
  /** Whether it may run at the same time as the stages before it (`Stage.alongside`). */
  readonly alongside: boolean
  readonly bufferIndices: readonly number[]
  readonly run: (first: number, end: number, ...addresses: number[]) => void
}

/** Some stages, [first, end), and the address of each buffer for thread 0. */
export interface StageRun {
  readonly first: number
  readonly end: number
  readonly bufferAddresses: readonly number[]
}

/** For each stage, the index after the last one of those that follow it and run alongside it. */
function groupEndsOf(stages: readonly SharedStage[]): number[] {
  const ends: number[] = []
  let end = stages.length
  for (let s = stages.length - 1; s >= 0; s--) {
    ends[s] = end
    if (!stages[s]!.alongside) end = s
  }
  return ends
}

/** Tells the workers about programs that were collected without `release()`. */
const finalizer = new FinalizationRegistry<number>(releaseProgram)

let programs = 0

export class SharedProgram {
  readonly #message: ProgramMessage
  readonly #stages: readonly SharedStage[]
  readonly #groupEnds: readonly number[]
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
    this.#groupEnds = groupEndsOf(stages)
    this.#bytesPerThread = buffers.map(({ bytesPerThread }) => bytesPerThread)
    let addressCount = 0
    const messages = stages.map(({ entry, items, bufferIndices: { length: count } }, s) => {
      const start = addressCount
      addressCount += count
      return { entry, items, groupEnd: this.#groupEnds[s]!, start, count }
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
      groupEnds: this.#groupEnds,
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
