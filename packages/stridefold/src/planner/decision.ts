/**
 * What has the planner decided for a problem? The algorithm, the backend, the program, and every
 * candidate with its price or the reason against it. Plain data: it can be printed, saved as JSON
 * (decision-json.ts) and run later.
 */

import type { OperandDescriptors } from '../geometry/operands.ts'
import type { BackendName, RemoteWork } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import type { Form, NoForm } from './boxes.ts'
import type { Cut } from './cut.ts'

/**
 * Why a candidate cannot run.
 * - `shape`: the algorithm does not support the geometry or the layout.
 * - `option`: an option of the call excludes it.
 * - `memory`: it needs more memory than `memoryLimit` allows, or it cannot run in place.
 * - `environment`: this engine lacks a feature, or the backend cannot run the program.
 */
export interface Refusal {
  readonly kind: 'shape' | 'option' | 'memory' | 'environment'
  /** For people. No code reads it. */
  readonly why: string
  /** The workspace in bytes, if it is larger than the memory limit. */
  readonly neededBytes?: number
}

/** One algorithm on one backend: its predicted cost, or the reason why it cannot run. */
export interface Priced {
  /** The name of the algorithm, as the option `algorithm` takes it. */
  readonly algorithm: string
  /** The name of the backend, as the option `backend` takes it. */
  readonly backend: BackendName
  /**
   * Whether the planner compared it. `auto` leaves out algorithms that are rarely faster for such a
   * problem, whatever their prediction. If the caller names an algorithm, all others are left out.
   */
  readonly considered: boolean
  /** The reason why it cannot run this problem, for people; undefined if it can. */
  readonly refused: string | undefined
  /** The kind of that reason, for code; undefined if it can run. See `Refusal`. */
  readonly refusal: Refusal['kind'] | undefined
  /** The predicted time of one run, in milliseconds. All four numbers are NaN if it cannot run. */
  readonly milliseconds: number
  /** Multiplications and additions of one run. */
  readonly flops: number
  /** Bytes that one run reads and writes. */
  readonly bytes: number
  /** The predicted workspace in bytes, copies in and out included. */
  readonly workspaceBytes: number
}

/** One algorithm on one backend, as a plan lists it. All algorithms of a plan have its backend. */
export interface Candidate extends Priced {
  /**
   * A bound on the rounding error of a sum: errorBound · max|x| · Σ|k|, where max|x| is the largest
   * sample and Σ|k| sums the magnitudes of one filter's weights. Bias and offset add 2ε each. A
   * result to which a border is added back adds up n sums: (errorBound + (n − 1)·ε)·n·max|x|·Σ|k|.
   * 0 if the result is exact: an integer, and equal to the rounded sum. NaN if it cannot run.
   */
  readonly errorBound: number
}

/**
 * When may the result of a program be wrong?
 * - `guard`: a guard buffer of the program is not zero after the run.
 * - `input`, `kernel`: this array has a value that is not finite, or 2¹⁰⁰ or more. It is searched
 *   before the run.
 */
export type FallbackCondition = 'guard' | 'input' | 'kernel'

/**
 * What runs in place of a program, or after it, if its result may be wrong. `fallbackOf` in
 * decide.ts makes the program from these data: few runs need it.
 */
export interface Fallback {
  readonly when: readonly FallbackCondition[]
  /** The algorithm that then computes every product of the definition. */
  readonly algorithm: string
}

/** How many threads may share a run. */
export interface ThreadChoice {
  readonly count: number
  /** Why there are not more. For people. */
  readonly why: string
  /** How asynchronous calls leave the work to others, so that the event loop goes on. */
  readonly remote: RemoteWork
  /** The workers to which asynchronous calls send boxes by transfer. */
  readonly workers: number
}

/** What a measurement found for a problem: the fastest algorithm, and the time of each. */
export interface Measured {
  readonly algorithm: string
  /** Milliseconds of a run of each algorithm that ran, by its name. */
  readonly milliseconds: Readonly<Record<string, number>>
}

export interface Decision {
  readonly algorithm: string
  readonly backend: BackendName
  /** How the arrays lie, as the algorithm received it. */
  readonly descriptors: OperandDescriptors
  /** What decides the bits of the results, chosen from the whole problem. */
  readonly form: Form | NoForm
  /** The program of the whole problem, or of one box. */
  readonly program: Program
  /** The boxes in which the problem runs; undefined if it runs whole. */
  readonly cut: Cut | undefined
  readonly threads: ThreadChoice
  /** The reason for the choice, in one line. */
  readonly reason: string
  /** The measurement that chose the algorithm; undefined if a prediction did. */
  readonly measured: Measured | undefined
  /** The candidates that the planner compared. */
  readonly compared: readonly Priced[]
  /** Whether another kernel may lead to another decision. */
  readonly dependsOnKernelValues: boolean
  /** Whether the program contains values of the kernel. */
  readonly containsKernelValues: boolean
  /** Undefined if the result is right for all arrays. */
  readonly fallback: Fallback | undefined
}
