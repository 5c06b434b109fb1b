/**
 * Computes with arrays in which samples may be missing: those that are NaN. It searches the input,
 * and runs the plain program if it finds nothing. In boxes, this decides for each of them.
 */

import type { TypedArray } from '../ndarray/dtype.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Interpolation } from '../planner/interpolation.ts'
import type { Bindings, Executable, StageListener } from '../program/backend.ts'
import type { Buffer, Program } from '../program/program.ts'
import { after, type Eventual } from './eventual.ts'

export class InterpolatingExecutable implements Executable {
  readonly #search: Executable | undefined
  readonly #plain: Executable
  readonly #interpolation: Executable
  readonly #program: Program
  #unused: NdArray | undefined

  constructor(
    plain: Program,
    { search, program }: Interpolation,
    compile: (program: Program) => Executable,
  ) {
    this.#search = search && compile(search)
    this.#plain = compile(plain)
    this.#interpolation = compile(program)
    this.#program = program
  }

  get #all(): readonly Executable[] {
    const [search, others] = [this.#search, [this.#plain, this.#interpolation]]
    return search === undefined ? others : [search, ...others]
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    const names = new Set(this.#program.buffers.map(({ name }) => name))
    this.#plain.replaceConstants(buffers.filter(({ name }) => !names.has(name)))
    this.#interpolation.replaceConstants(buffers.filter(({ name }) => names.has(name)))
  }

  prepare(kernel: NdArray, onStage?: StageListener, signal?: AbortSignal): Eventual<void> {
    return this.#all.reduce<Eventual<void>>(
      (previous, executable) => after(previous, () => executable.prepare(kernel, onStage, signal)),
      undefined,
    )
  }

  run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Eventual<void> {
    return after(this.#suited(bindings, onStage, signal), (executable) =>
      executable.run(bindings, prepared, onStage, signal),
    )
  }

  runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Eventual<TypedArray> {
    return after(this.#suited(bindings, onStage, signal), (executable) =>
      executable.runFresh(bindings, onStage, signal),
    )
  }

  /** The executable for this input. */
  #suited(
    bindings: Bindings,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Eventual<Executable> {
    const search = this.#search
    if (search === undefined) return this.#interpolation
    // It writes nothing. The result may have no memory yet.
    const { dtype } = bindings.output
    this.#unused ??= allocateArray([1], dtype)
    const searched = { ...bindings, output: this.#unused }
    return after(search.run(searched, true, onStage, signal), () =>
      search.guardTripped() ? this.#interpolation : this.#plain,
    )
  }

  /** The search is no check of results. */
  guardTripped(): boolean {
    return false
  }

  dispose(): void {
    for (const executable of this.#all) executable.dispose()
  }
}
