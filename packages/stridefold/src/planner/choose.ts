/**
 * Which algorithm runs, on which backend? Each algorithm returns a program, or the reason why it
 * cannot run. Each program gets a predicted cost. The planner takes the cheapest program that meets
 * the options. If the caller names an algorithm, only that one is tried.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import {
  type PolyphaseComponent,
  polyphaseComponents,
  unsupportedComponents,
} from '../algorithms/polyphase.ts'
import { strided } from '../algorithms/strided.ts'
import { jsBackend } from '../backends/js/js.ts'
import { wasmFeatures } from '../backends/wasm/features.ts'
import { wasmBackend } from '../backends/wasm/wasm.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { RunOptions } from '../geometry/options.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { Backend } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { type Cost, costOf } from './cost.ts'
import { inexactReason } from './exactness.ts'
import { profileOf } from './profile.ts'
import { type Externals, type Strips, stripsOf } from './strips.ts'

/** One algorithm on one backend: its predicted cost, or the reason why it cannot run. */
export interface Candidate {
  readonly algorithm: string
  readonly backend: 'js' | 'wasm'
  /**
   * Whether the planner compared it. `auto` leaves out algorithms that are rarely faster for such a
   * problem, whatever their prediction. If the caller names an algorithm, all others are left out.
   */
  readonly considered: boolean
  /** The reason why it cannot run this problem; undefined if it can. */
  readonly refused: string | undefined
  /** The predicted time of one run, in milliseconds. All four numbers are NaN if it cannot run. */
  readonly milliseconds: number
  /** Multiplications and additions of one run. */
  readonly flops: number
  /** Bytes that one run reads and writes. */
  readonly bytes: number
  /** The predicted workspace in bytes, copies in and out included. */
  readonly workspaceBytes: number
}

export interface Choice {
  /** The key of this choice in `ActualBytes`. */
  readonly key: string
  readonly algorithm: Algorithm
  readonly backend: Backend
  /** The descriptors of the program. `inPlace` is true if nothing else fits the memory limit. */
  readonly descriptors: OperandDescriptors
  /** The program of the whole problem, or of one strip. */
  readonly program: Program
  /** The strips of the problem; undefined if strips save neither memory nor time. */
  readonly strips: Strips | undefined
  /** All algorithms. Those that the planner did not compare are predicted at the first access. */
  readonly candidates: readonly Candidate[]
  readonly decision: string
}

/** The name of an algorithm and one sentence about it. */
export interface AlgorithmSummary {
  /** The value for the option `algorithm`. */
  readonly name: string
  readonly summary: string
}

/** Returns the name and a summary of every algorithm, in the order of the planner. */
export function algorithms(): AlgorithmSummary[] {
  return allAlgorithms.map(({ name, summary }) => ({ name, summary }))
}

/** Returns the backends, the fast one first. An excluded one has a reason. */
function backendsFor(options: RunOptions): { backend: Backend; unavailable: string | undefined }[] {
  const { backend: requested = 'auto', deterministic = false } = options
  const { missing } = wasmFeatures()
  const js = {
    backend: jsBackend(),
    unavailable: requested === 'wasm' ? 'backend is wasm' : undefined,
  }
  if (requested === 'wasm' && missing !== undefined) {
    throw new UnavailableError(
      missing.code,
      `backend 'wasm' was requested, but ${missing.why}. Use backend: 'js' or 'auto'.`,
    )
  }
  const wasm = {
    backend: wasmBackend({ deterministic }),
    unavailable: requested === 'js' ? 'backend is js' : missing?.why,
  }
  return [wasm, js]
}

/** Predictions within this factor count as equal. Of equal ones the least memory wins. */
const tieFactor = 1.05

function bestOf(options: readonly Option[]): Option {
  const fastest = Math.min(...options.map((o) => o.candidate.milliseconds))
  const close = options.filter((o) => o.candidate.milliseconds <= fastest * tieFactor)
  return close.reduce((a, b) => (b.candidate.workspaceBytes < a.candidate.workspaceBytes ? b : a))
}

/**
 * The actual workspace of each program that needs more than predicted, in bytes. Predictions can
 * differ because each backend packs weights in its own way.
 */
export type ActualBytes = ReadonlyMap<string, number>

interface Option {
  readonly key: string
  readonly candidate: Candidate
  readonly algorithm: Algorithm
  readonly backend: Backend
  readonly program: Program | undefined
  readonly strips: Strips | undefined
  /** The workspace in bytes, if it is larger than the memory limit. */
  readonly neededBytes?: number
}

/**
 * Returns the fastest algorithm and backend that meet the options. Throws `OptionError` or
 * `UnavailableError` if there is none. `earlier` holds the options of the previous attempt.
 */
export function choose(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  externals: Externals,
  options: RunOptions,
  actualBytes: ActualBytes = new Map(),
  earlier: readonly Option[] = [],
): Choice {
  const { algorithm: requested = 'auto' } = options
  const tooManyComponents = unsupportedComponents(g)
  if (tooManyComponents !== undefined) {
    throw new UnavailableError(
      'PROGRAM_TOO_LARGE',
      `${g.key}: ${tooManyComponents}. Use a smaller dilation, or fewer taps.`,
    )
  }
  let all: Option[] = []
  for (const backend of backendsFor(options)) {
    const optionFor = (algorithm: Algorithm): Option =>
      optionOf(algorithm, backend, g, descriptors, externals, options, actualBytes)
    const considered =
      requested === 'auto'
        ? allAlgorithms.filter((a) => a.consideredByAuto?.(g) !== false)
        : allAlgorithms.filter((a) => a.name === requested)
    const compared = considered.map(optionFor)
    // If none of the considered algorithms can run, one of the others may.
    if (requested === 'auto' && compared.every((o) => o.candidate.refused !== undefined))
      compared.push(...allAlgorithms.filter((a) => !considered.includes(a)).map(optionFor))
    const possible = compared.filter((o) => o.candidate.refused === undefined)
    all = [...all, ...compared]
    // The js backend is slower, so it is used only if nothing runs on wasm.
    if (possible.length === 0) continue
    const best = bestOf(possible)
    let candidates: readonly Candidate[] | undefined
    return {
      key: best.key,
      algorithm: best.algorithm,
      backend: best.backend,
      descriptors,
      program: best.program!,
      strips: best.strips,
      decision: decisionText(best, all, requested),
      get candidates() {
        candidates ??= allAlgorithms.map(
          (a) =>
            compared.find((o) => o.algorithm === a)?.candidate ?? {
              ...optionFor(a).candidate,
              considered: false,
            },
        )
        return candidates
      },
    }
  }
  // If nothing fits the memory limit, try again in place. This is slower, but needs no scratch.
  if (options.memoryLimit !== undefined && descriptors.inPlace !== true)
    return choose(g, { ...descriptors, inPlace: true }, externals, options, actualBytes, all)
  throw noCandidateError(requested, all, [...earlier, ...all], options, g)
}

/** Returns an algorithm on a backend with its predicted cost, or with the reason against it. */
function optionOf(
  algorithm: Algorithm,
  { backend, unavailable }: { backend: Backend; unavailable: string | undefined },
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  externals: Externals,
  options: RunOptions,
  actualBytes: ActualBytes,
): Option {
  const { memoryLimit = Infinity } = options
  const inPlace = descriptors.inPlace === true ? ' in place' : ''
  const key = `${algorithm.name} on ${backend.name}${inPlace}`
  const rejected = (reason: string): Option => ({
    key,
    algorithm,
    backend,
    program: undefined,
    strips: undefined,
    candidate: {
      algorithm: algorithm.name,
      backend: backend.name,
      considered: true,
      refused: reason,
      milliseconds: NaN,
      flops: NaN,
      bytes: NaN,
      workspaceBytes: NaN,
    },
  })
  const unsuitable = unavailable ?? unsuitableReason(algorithm, g, descriptors, options)
  if (unsuitable !== undefined) return rejected(unsuitable)
  const program = algorithm.program(g, descriptors)
  const unsupported = backend.unsupportedReason(program)
  if (unsupported !== undefined) return rejected(unsupported)
  const onWasm = backend.name === 'wasm'
  const strips = onWasm ? stripsOf(g, descriptors, externals, algorithm, memoryLimit) : undefined
  const copies = onWasm ? copiedBytes(externals, descriptors, g) : 0
  const profile = profileOf(backend.name, options.deterministic === true)
  const programToRun = strips?.program ?? program
  const cost = costOf(
    programToRun,
    profile,
    strips?.count ?? 1,
    copies,
    backend.cycles?.(programToRun),
  )
  const workspaceBytes = actualBytes.get(key) ?? cost.ownedBytes + (strips?.bytes ?? copies)
  if (workspaceBytes > memoryLimit) {
    return {
      ...rejected(
        `it needs ${workspaceBytes} bytes of workspace, but memoryLimit is ${memoryLimit}`,
      ),
      neededBytes: workspaceBytes,
    }
  }
  return {
    key,
    algorithm,
    backend,
    program: programToRun,
    strips,
    candidate: candidateOf(algorithm, backend, cost, workspaceBytes),
  }
}

/** The reason why an algorithm cannot run this problem on any backend; undefined if it can. */
export function unsuitableReason(
  algorithm: Algorithm,
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  options: RunOptions,
): string | undefined {
  const reason =
    algorithm.unsupportedReason(g, descriptors) ?? inexactReason(algorithm, g, descriptors, options)
  if (reason !== undefined || options.accuracy !== 'strict') return reason
  // The terms are fractions that cancel to the weights of the kernel. Sums of small integers would
  // no longer be exact.
  const cancels =
    algorithm.readsValues === true && algorithm.spreadsNonFinite?.(descriptors) === true
  const isLarger = (component: PolyphaseComponent): boolean =>
    algorithm.errorBoundFactor(g, descriptors, [component]) >
    strided.errorBoundFactor(g, descriptors, [component])
  if (algorithm.excludedFromStrict !== true && !cancels && !polyphaseComponents(g).some(isLarger))
    return undefined
  return 'its error may be larger than that of the direct sum, and accuracy is strict'
}

const candidateOf = (
  algorithm: Algorithm,
  backend: Backend,
  cost: Cost,
  workspaceBytes: number,
): Candidate => ({
  ...{ algorithm: algorithm.name, backend: backend.name, considered: true, refused: undefined },
  ...{ milliseconds: cost.milliseconds, flops: cost.flops, bytes: cost.bytes, workspaceBytes },
})

/** The bytes of the caller's arrays that must be copied into or out of backend memory. */
function copiedBytes(
  externals: Externals,
  descriptors: OperandDescriptors,
  g: ConvGeometry,
): number {
  const types = {
    input: descriptors.input.dtype,
    kernel: descriptors.kernel.dtype,
    bias: g.dtype,
    output: descriptors.output.dtype,
  }
  return Object.entries(externals).reduce(
    (sum, [role, e]) =>
      sum + (e.inBackendMemory ? 0 : e.span * dtypes[types[role as keyof typeof types]].bytes),
    0,
  )
}

/**
 * Returns the error if nothing can run. `named` are the options of the last attempt, `all` those of
 * every attempt.
 */
function noCandidateError(
  requested: string,
  named: readonly Option[],
  all: readonly Option[],
  { memoryLimit, backend }: RunOptions,
  g: ConvGeometry,
): OptionError | UnavailableError {
  const reasons = [...new Set(named.map((o) => o.candidate.refused!))]
  const [smallest] = all
    .filter(({ neededBytes }) => neededBytes !== undefined)
    .toSorted((a, b) => a.neededBytes! - b.neededBytes!)
  if (smallest !== undefined) {
    const inPlace = named.find(
      (o) => o.algorithm === smallest.algorithm && o.backend.name === smallest.backend.name,
    )?.candidate.refused
    const inPlaceNote =
      inPlace === undefined || inPlace.startsWith('it needs')
        ? ''
        : ` (it cannot run in place: ${inPlace})`
    const otherBackend = backend === 'wasm' ? ", or use backend: 'auto'" : ''
    return new UnavailableError(
      'MEMORY_LIMIT',
      `no algorithm can compute ${g.key} within memoryLimit ${memoryLimit}: ` +
        `${smallest.key} needs least, about ${smallest.neededBytes} bytes${inPlaceNote}. ` +
        `Raise memoryLimit beyond that${otherBackend}.`,
    )
  }
  if (requested === 'auto') {
    const decisiveReason = decisiveOption(named)?.candidate.refused
    return new OptionError(
      'GEOMETRY_TOO_LARGE',
      `no algorithm can compute ${g.key}: ${decisiveReason}. ` +
        `Use smaller numbers, or backend: 'auto'.`,
    )
  }
  const reason = reasons.find((r) => !r.startsWith('backend is')) ?? reasons[0]!
  return new OptionError(
    'ALGORITHM_REFUSED',
    `${requested} cannot compute ${g.key}: ${reason}. Use another algorithm, or 'auto'.`,
  )
}

/**
 * Returns the rejected option with the most useful reason. The last algorithm supports every
 * problem, so its reason applies to all of them.
 */
function decisiveOption(rejected: readonly Option[]): Option | undefined {
  const isExcludedByOption = (o: Option): boolean => o.candidate.refused!.startsWith('backend is')
  const simplest = rejected.filter((o) => o.algorithm === allAlgorithms.at(-1))
  return (simplest.length > 0 ? simplest : rejected).findLast((o) => !isExcludedByOption(o))
}

/** Returns the reason for the choice in one line. */
function decisionText(best: Option, compared: readonly Option[], requested: string): string {
  const { algorithm, candidate } = best
  // If a faster backend was not possible, give its reason, unless the options exclude that backend.
  const faster = decisiveOption(compared.filter((o) => o.backend !== best.backend))
  const fasterNote =
    faster === undefined ? '' : ` (not on ${faster.backend.name}: ${faster.candidate.refused})`
  const where = `${algorithm.name} on ${candidate.backend}${fasterNote}`
  if (requested !== 'auto') return `${where}: requested by name`
  const others = compared.filter((o) => o !== best && o.candidate.refused === undefined)
  const next = others.toSorted((a, b) => a.candidate.milliseconds - b.candidate.milliseconds)[0]
  const predicted = `predicted ${formatTime(candidate.milliseconds)}`
  if (next === undefined) return `${where}: ${predicted}; no other considered algorithm can run`
  return (
    `${where}: ${predicted}, next ${next.algorithm.name} with ` +
    `${formatTime(next.candidate.milliseconds)}`
  )
}

/** Formats a time with three digits and a unit. */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1000).toPrecision(3)} µs`
  return milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`
}
