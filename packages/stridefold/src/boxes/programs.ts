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
import { afterTurn } from '../runtime/turns.ts'
import { layoutsOf, type Part, type Way } from './parts.ts'
import type { Whole } from './whole.ts'

/** The decision for boxes of one size, and what is loaded for it. */
export interface BoxProgram {
  readonly planned: Planned
  readonly problem: Problem
  readonly decision: Decision
}

/** So many sizes of boxes are kept: a box inside a volume, and those at its ends. */
const maxPrograms = 16

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
    const key = JSON.stringify([
      way.choice.algorithm,
      part.plan.geometry.key,
      part.plan.descriptors.input.dtype,
    ])
    const existing = this.#programs.get(key)
    const program = existing ?? (yield* this.#decided(part, way))
    this.#programs.delete(key)
    this.#programs.set(key, program)
    for (const [oldest, { planned }] of this.#programs) {
      if (this.#programs.size <= maxPrograms) break
      this.#programs.delete(oldest)
      dispose(planned)
    }
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
    const box = planned(own, this.#plan.known)
    box.privateKernel = this.#kernel
    return { planned: box, problem, decision }
  }

  dispose(): void {
    const all = [...this.#programs.values()]
    this.#programs.clear()
    afterTurn(() => {
      for (const { planned } of all) dispose(planned)
    })
  }
}

/** What is loaded of a program: made again after `close()`. */
export function loadedProgram({ planned, problem, decision }: BoxProgram): LoadedProgram {
  const { programs } = loadedOf(planned)
  const existing = programs.get(boxKey)
  if (existing !== undefined) return existing
  const program = notCompiled(problem, decision, planned.known?.properties, true)
  programs.set(boxKey, program)
  return program
}

const boxKey = 'box'

/** The bytes of a run beside its arrays. */
export function programBytes({ decision, problem }: BoxProgram): number {
  const backend = backendOf(decision)
  const { remote, workers } = decision.threads
  return remote === 'transfer' || remote === 'turns'
    ? Math.max(1, workers) * bytesPerWorker(decision, problem, backend)
    : workspaceBytes(decision, problem, backend)
}
