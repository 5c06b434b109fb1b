/**
 * Runs a program on workers. The caller only copies, in slices, so that its event loop goes on: a
 * page stays alive, a server answers. Where no worker can start, the caller computes, in turns.
 */

import type { TypedArray } from '../../ndarray/dtype.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import { sliceBytes } from '../../ndarray/work.ts'
import type { Bindings, Executable, StageListener } from '../../program/backend.ts'
import type { Buffer } from '../../program/program.ts'
import type { BoundProgram, ResolvedBindings, Stage } from './bound-program.ts'
import { Pace } from './threads/pace.ts'
import { startWorkers, workersFor } from './threads/shared-pool.ts'
import { copyInSlices } from './threads/slices.ts'

export class RemoteExecutable implements Executable {
  readonly #program: BoundProgram
  readonly #threads: number

  constructor(program: BoundProgram, threads: number) {
    this.#program = program
    this.#threads = threads
  }

  async prepare(kernel: NdArray, onStage?: StageListener, signal?: AbortSignal): Promise<void> {
    if (!this.#program.isLoaded && this.#program.isForWorkers) {
      // Workers start while the module is written.
      await startWorkers(this.#threads)
    }
    const { prepareCount } = await this.#program.loadLater(signal)
    const bindings = this.#program.resolve({ kernel }, true, 'workers')
    await copyInSlices(bindings.copiesIn, signal)
    if (bindings.copiesIn.length > 0) onStage?.('copy the kernel in', true)
    await this.#runStages(0, prepareCount, bindings, onStage, signal)
  }

  async run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!prepared) await this.prepare(bindings.kernel, onStage, signal)
    const { stages, prepareCount } = this.#program.load()
    const resolved = this.#program.resolve(bindings, false, 'workers')
    await copyInSlices(resolved.copiesIn, signal)
    if (resolved.copiesIn.length > 0) onStage?.('copy in', false)
    await this.#runStages(prepareCount, stages.length, resolved, onStage, signal)
    if (resolved.copyOut === undefined) return
    await copyInSlices([resolved.copyOut], signal)
    onStage?.('copy out', false)
  }

  async runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<TypedArray> {
    await this.run(bindings, true, onStage, signal)
    const { inMemory, create } = this.#program.output('workers')
    if (inMemory.byteLength <= sliceBytes) return create(inMemory)
    const result = create(inMemory.length)
    await copyInSlices([[inMemory, result]], signal)
    return result
  }

  async #runStages(
    first: number,
    end: number,
    { addresses, bufferAddresses }: ResolvedBindings,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (first === end) return
    const { stages, shared } = this.#program.load()
    const pool = shared === undefined ? undefined : workersFor(this.#threads)
    const step = onStage === undefined ? end - first : 1
    for (let index = first; index < end; index += step) {
      const range = { first: index, end: index + step, bufferAddresses }
      const isDone = pool !== undefined && (await shared!.runLater(pool, range, signal))
      if (!isDone)
        for (let i = index; i < index + step; i++)
          await runInTurns(stages[i]!, addresses[i]!, signal)
      onStage?.(stages[index]!.name, stages[index]!.prepare)
    }
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#program.replaceConstants(buffers)
  }

  guardTripped(): boolean {
    return this.#program.guardTripped('workers')
  }

  dispose(): void {
    this.#program.dispose()
  }
}

/** Runs a stage here, in so many parts. Between them the event loop goes on. */
async function runInTurns(
  { run, items }: Stage,
  addresses: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const pace = new Pace()
  const part = Math.ceil(items / mostTurns)
  for (let item = 0; item < items; item += part) {
    await pace.rest()
    if (signal?.aborted === true) throw signal.reason
    run(item, Math.min(item + part, items), ...addresses)
  }
}

const mostTurns = 64
