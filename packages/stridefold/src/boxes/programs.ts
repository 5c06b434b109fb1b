/**
 * The programs of boxes. Boxes of one size share one program and one packing of the weights. A few
 * sizes are kept: a box at the end of an axis may be smaller than the others.
 */

import { UnavailableError } from '../errors.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { workspaceBytes } from '../planner/cut.ts'
import { decideBoxWork } from '../planner/decide-box.ts'
import type { Decision } from '../planner/decision.ts'
import { bytesPerWorker } from '../planner/transfer.ts'
import { problemOf } from '../problem/operands.ts'
import type { Problem } from '../problem/problem.ts'
import { backendOf } from '../runtime/backends.ts'
import {
  dispose,
  type LoadedProgram,
  loadedOf,
  notCompiled,
  whileOthersCompute,
} from '../runtime/loaded.ts'
import { type Planned, planned } from '../runtime/planned.ts'
import { tunedBackend } from '../runtime/tuning.ts'
import { layoutsOf, type Part, type Way } from './parts.ts'
import type { Whole } from './whole.ts'

/** The decision for boxes of one size. */
export interface BoxProgram {
  readonly planned: Planned
  readonly problem: Problem
  readonly decision: Decision
  /** The bytes of a run beside its arrays. */
  readonly bytes: number
}

/** So many sizes of boxes keep their decision: a box inside a volume, and those at its ends. */
const maxPrograms = 32

export class BoxPrograms {
  readonly #whole: Whole
  /** The kernel in canonical order, in the type of the sums. */
  readonly #kernel: NdArray
  readonly #plan: Planned
  /** The most recent last. */
  readonly #programs = new Map<string, BoxProgram>()

  /** `plan`: that of the whole, with what is known of the kernel. */
  constructor(whole: Whole, plan: Planned, kernel: NdArray) {
    this.#whole = whole
    this.#plan = plan
    this.#kernel = kernel
  }

  /** The program of a part, decided at the first part of its size. */
  *ofPart(part: Part, way: Way): Work<BoxProgram> {
    const { geometry, descriptors } = part.plan
    const key = `${way.choice.algorithm} ${descriptors.input.dtype} ${geometry.key}`
    const made = this.#programs.get(key) ?? (yield* this.#decided(part, way))
    // Another call may have made one in the meantime.
    const program = this.#programs.get(key) ?? made
    this.#programs.delete(key)
    this.#programs.set(key, program)
    for (const [oldest, { planned }] of this.#programs) {
      if (this.#programs.size <= maxPrograms) break
      this.#programs.delete(oldest)
      dispose(planned)
    }
    return program
  }

  /**
   * What is loaded of a program, to run it now. Programs of other sizes are unloaded, the oldest
   * first, until all of them together take at most so many bytes.
   */
  loaded({ planned, problem, decision, bytes }: BoxProgram, most: number): LoadedProgram {
    let all = bytes
    for (const other of [...this.#programs.values()].reverse()) {
      const program = loadedOf(other.planned).programs.get(boxKey)
      if (other.planned === planned || program?.executable === undefined) continue
      all += other.bytes
      if (all > most) unloadNow(program)
    }
    const { programs } = loadedOf(planned)
    const existing = programs.get(boxKey)
    if (existing !== undefined) return existing
    const program = notCompiled(problem, decision, planned.known?.properties, true)
    programs.set(boxKey, program)
    return program
  }

  *#decided(part: Part, { choice, descriptors }: Way): Work<BoxProgram> {
    const { question } = this.#whole
    const { geometry } = part.plan
    const operands = { ...layoutsOf(part, this.#whole), kernel: this.#kernel, bias: undefined }
    const own = { ...question, geometry, outputShape: part.outputShape }
    const made = problemOf(own, operands)
    const { input, output, kernel } = made.descriptors
    const problem: Problem = { ...made, descriptors: { ...descriptors, input, output, kernel } }
    const backend = tunedBackend(backendOf(choice), this.#plan.tuning)
    const decided = yield* decideBoxWork(choice, problem, backend)
    if (typeof decided === 'string') {
      throw new UnavailableError(
        'BOX_TOO_LARGE',
        `a box of shape [${part.outputShape}] cannot be computed at once: ${decided}. Use ` +
          'smaller boxes.',
      )
    }
    yield
    const decision = yield* whileOthersCompute(decided, problem, this.#plan)
    yield
    const box = planned(own, this.#plan.known)
    box.privateKernel = this.#kernel
    return { planned: box, problem, decision, bytes: bytesOf(decision, problem) }
  }

  dispose(): void {
    const all = [...this.#programs.values()]
    this.#programs.clear()
    for (const { planned } of all) dispose(planned)
  }
}

/** The key of the only program of a box. */
const boxKey = 'box'

/** Gives its memory back at once: it is not at work. */
function unloadNow(program: LoadedProgram): void {
  program.executable?.dispose()
  program.executable = undefined
  program.prepared = undefined
}

function bytesOf(decision: Decision, problem: Problem): number {
  const backend = backendOf(decision)
  const { remote, workers } = decision.threads
  return remote === 'transfer' || remote === 'turns'
    ? Math.max(1, workers) * bytesPerWorker(decision, problem, backend)
    : workspaceBytes(decision, problem, backend)
}
