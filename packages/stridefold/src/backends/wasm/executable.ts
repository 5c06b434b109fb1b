/** Runs a program on the calling thread, and shares the work with workers where that pays. */

import type { TypedArray } from '../../ndarray/dtype.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Bindings, StageListener, SynchronousExecutable } from '../../program/backend.ts'
import type { Buffer } from '../../program/program.ts'
import type { BoundProgram, ResolvedBindings } from './bound-program.ts'
import { RemoteExecutable } from './remote-executable.ts'
import { countWork, readyPool } from './threads/shared-pool.ts'

export class WasmExecutable implements SynchronousExecutable {
  readonly #program: BoundProgram
  readonly #threads: number

  constructor(program: BoundProgram, threads: number) {
    this.#program = program
    this.#threads = threads
  }

  onWorkers(): RemoteExecutable | undefined {
    if (!this.#program.isForWorkers) return undefined
    this.#program.reserve('workers')
    return new RemoteExecutable(this.#program, this.#threads)
  }

  prepare(kernel: NdArray, onStage?: StageListener): void {
    const isNew = !this.#program.isLoaded
    const { prepareCount } = this.#program.load()
    if (isNew) onStage?.('compile', true)
    const bindings = this.#program.resolve({ kernel }, true, 'caller')
    this.#copyIn(bindings, 'copy the kernel in', true, onStage)
    this.#runStages(0, prepareCount, bindings, onStage)
  }

  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void {
    if (!prepared) this.prepare(bindings.kernel, onStage)
    const { stages, prepareCount } = this.#program.load()
    const resolved = this.#program.resolve(bindings, false, 'caller')
    this.#copyIn(resolved, 'copy in', false, onStage)
    this.#runStages(prepareCount, stages.length, resolved, onStage)
    const { copyOut } = resolved
    if (copyOut === undefined) return
    copyOut[1].set(copyOut[0] as never)
    onStage?.('copy out', false)
  }

  #copyIn(
    { copiesIn }: ResolvedBindings,
    name: string,
    prepares: boolean,
    onStage: StageListener | undefined,
  ): void {
    for (const [from, to] of copiesIn) to.set(from as never)
    if (copiesIn.length > 0) onStage?.(name, prepares)
  }

  /** Runs the stages in [first, end): with the workers, if they are ready. */
  #runStages(
    first: number,
    end: number,
    { addresses, bufferAddresses }: ResolvedBindings,
    onStage: StageListener | undefined,
  ): void {
    const { stages, shared: ofWorkers } = this.#program.load()
    const shared = this.#threads > 1 ? ofWorkers : undefined
    const pool = shared === undefined ? undefined : readyPool()
    if (pool !== undefined && onStage === undefined) {
      shared!.run(pool, { first, end, bufferAddresses })
      return
    }
    const start = shared === undefined ? 0 : performance.now()
    for (let index = first; index < end; index++) {
      const { name, prepare, items, run } = stages[index]!
      if (pool !== undefined) shared!.run(pool, { first: index, end: index + 1, bufferAddresses })
      else run(0, items, ...addresses[index]!)
      onStage?.(name, prepare)
    }
    if (shared !== undefined && pool === undefined) countWork(performance.now() - start)
  }

  runFresh(bindings: Bindings, onStage?: StageListener): TypedArray {
    this.run(bindings, true, onStage)
    const { inMemory, create } = this.#program.output('caller')
    const result = create(inMemory)
    onStage?.('copy out', false)
    return result
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#program.replaceConstants(buffers)
  }

  guardTripped(): boolean {
    return this.#program.guardTripped('caller')
  }

  dispose(): void {
    this.#program.dispose()
  }
}
