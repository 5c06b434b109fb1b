/**
 * Which algorithm, on which backend? Every algorithm says why it refuses or gives a program; every
 * program gets a predicted cost; the cheapest that keeps the options wins. By name, the named one
 * or an error with its reason.
 */

import type { Algorithm, OperandDescriptors } from '../algorithms/algorithm.ts'
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
import type { RunOptions } from '../geometry/options.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { Backend } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { type Cost, costOf } from './cost.ts'
import { refusedAsInexact } from './exactness.ts'
import { profileOf } from './profile.ts'
import { type Externals, type Strips, stripsOf } from './strips.ts'

/** One algorithm on one backend, as the planner sees it. */
export interface Candidate {
  readonly algorithm: string
  readonly backend: 'js' | 'wasm'
  /**
   * Whether the choice weighed it. `auto` leaves out those that are rarely faster on such problems,
   * whatever is predicted for them; a name leaves out all others.
   */
  readonly considered: boolean
  /** Why it cannot or may not do this problem; undefined where it can. */
  readonly refused: string | undefined
  /** Predicted time of one run in milliseconds; NaN where it refuses, as are the others. */
  readonly milliseconds: number
  readonly flops: number
  readonly bytes: number
  /** Predicted workspace, copies in and out included. */
  readonly workspaceBytes: number
}

export interface Choice {
  /** Under which name `Taken` keeps what this takes. */
  readonly key: string
  readonly algorithm: Algorithm
  readonly backend: Backend
  /** What the program was made from: in place, where little memory is allowed. */
  readonly facts: OperandDescriptors
  /** Of the whole problem, or of one strip. */
  readonly program: Program
  /** How the problem is cut into strips, where that saves memory and time. */
  readonly strips: Strips | undefined
  /** Every algorithm; those that were no contenders are looked at when this is read. */
  readonly candidates: readonly Candidate[]
  readonly decision: string
}

/** Public names and summaries, in the planner's order. */
export interface AlgorithmSummary {
  readonly name: string
  readonly summary: string
}

export function algorithms(): AlgorithmSummary[] {
  return allAlgorithms.map(({ name, summary }) => ({ name, summary }))
}

/** Backends that may be used, the fast one first. */
function backendsFor(options: RunOptions): { backend: Backend; refused: string | undefined }[] {
  const { backend: requested = 'auto', deterministic = false } = options
  const { missing } = wasmFeatures()
  const js = { backend: jsBackend(), refused: requested === 'wasm' ? 'backend is wasm' : undefined }
  if (requested === 'wasm' && missing !== undefined) {
    throw new UnavailableError(
      missing.code,
      `backend 'wasm' was asked for, but ${missing.why}. Use backend: 'js' or 'auto'.`,
    )
  }
  const wasm = {
    backend: wasmBackend({ deterministic }),
    refused: requested === 'js' ? 'backend is js' : missing?.why,
  }
  return [wasm, js]
}

/** Predictions this much apart mean nothing: of such, the one that takes least memory. */
const closeCall = 1.05

function bestOf(options: readonly Option[]): Option {
  const fastest = Math.min(...options.map((o) => o.candidate.milliseconds))
  const close = options.filter((o) => o.candidate.milliseconds <= fastest * closeCall)
  return close.reduce((a, b) => (b.candidate.workspaceBytes < a.candidate.workspaceBytes ? b : a))
}

/**
 * Bytes that compiled programs turned out to take, where it was more than predicted: backends pack
 * weights in their own way.
 */
export type ActualBytes = ReadonlyMap<string, number>

interface Option {
  readonly key: string
  readonly candidate: Candidate
  readonly algorithm: Algorithm
  readonly backend: Backend
  readonly program: Program | undefined
  readonly strips: Strips | undefined
  /** Bytes of workspace, of an option that is refused because there may be fewer. */
  readonly needs?: number
}

export function choose(
  g: ConvGeometry,
  facts: OperandDescriptors,
  externals: Externals,
  options: RunOptions,
  actualBytes: ActualBytes = new Map(),
  refused: readonly Option[] = [],
): Choice {
  const { algorithm: requested = 'auto' } = options
  const tooMany = unsupportedComponents(g)
  if (tooMany !== undefined) {
    throw new UnavailableError(
      'PROGRAM_TOO_LARGE',
      `${g.key}: ${tooMany}. Use a smaller dilation, or fewer taps.`,
    )
  }
  let all: Option[] = []
  for (const backend of backendsFor(options)) {
    const optionFor = (algorithm: Algorithm): Option =>
      optionOf(algorithm, backend, g, facts, externals, options, actualBytes)
    const asked =
      requested === 'auto'
        ? allAlgorithms.filter((a) => a.consideredByAuto?.(g) !== false)
        : allAlgorithms.filter((a) => a.name === requested)
    const looked = asked.map(optionFor)
    // Where no contender may do it, one of the others might.
    if (requested === 'auto' && looked.every((o) => o.candidate.refused !== undefined))
      looked.push(...allAlgorithms.filter((a) => !asked.includes(a)).map(optionFor))
    const possible = looked.filter((o) => o.candidate.refused === undefined)
    all = [...all, ...looked]
    // Plain JavaScript is for where there is nothing better.
    if (possible.length === 0) continue
    const best = bestOf(possible)
    let candidates: readonly Candidate[] | undefined
    return {
      key: best.key,
      algorithm: best.algorithm,
      backend: best.backend,
      facts,
      program: best.program!,
      strips: best.strips,
      decision: decisionText(best, all, requested),
      get candidates() {
        candidates ??= allAlgorithms.map(
          (a) =>
            looked.find((o) => o.algorithm === a)?.candidate ?? {
              ...optionFor(a).candidate,
              considered: false,
            },
        )
        return candidates
      },
    }
  }
  // With little memory allowed, what can be done without any is slower but still done.
  if (options.memoryLimit !== undefined && facts.inPlace !== true)
    return choose(g, { ...facts, inPlace: true }, externals, options, actualBytes, all)
  throw refusal(requested, all, [...refused, ...all], options, g)
}

function optionOf(
  algorithm: Algorithm,
  { backend, refused: unavailable }: { backend: Backend; refused: string | undefined },
  g: ConvGeometry,
  facts: OperandDescriptors,
  externals: Externals,
  options: RunOptions,
  actualBytes: ActualBytes,
): Option {
  const { memoryLimit = Infinity } = options
  const key = `${algorithm.name} on ${backend.name}${facts.inPlace === true ? ' in place' : ''}`
  const refuse = (why: string): Option => ({
    key,
    algorithm,
    backend,
    program: undefined,
    strips: undefined,
    candidate: {
      algorithm: algorithm.name,
      backend: backend.name,
      considered: true,
      refused: why,
      milliseconds: NaN,
      flops: NaN,
      bytes: NaN,
      workspaceBytes: NaN,
    },
  })
  const why = unavailable ?? unsuitableReason(algorithm, g, facts, options)
  if (why !== undefined) return refuse(why)
  const program = algorithm.program(g, facts)
  const cannot = backend.unsupportedReason(program)
  if (cannot !== undefined) return refuse(cannot)
  const onWasm = backend.name === 'wasm'
  const strips = onWasm ? stripsOf(g, facts, externals, algorithm, memoryLimit) : undefined
  const copies = onWasm ? copiedBytes(externals, facts, g) : 0
  const profile = profileOf(backend.name, options.deterministic === true)
  const worked = strips?.program ?? program
  const cost = costOf(worked, profile, strips?.count ?? 1, copies, backend.cycles?.(worked))
  const workspaceBytes = actualBytes.get(key) ?? cost.ownedBytes + (strips?.bytes ?? copies)
  if (workspaceBytes > memoryLimit) {
    return {
      ...refuse(`it needs ${workspaceBytes} bytes of workspace and memoryLimit is ${memoryLimit}`),
      needs: workspaceBytes,
    }
  }
  return {
    key,
    algorithm,
    backend,
    program: worked,
    strips,
    candidate: candidateOf(algorithm, backend, cost, workspaceBytes),
  }
}

/** Why an algorithm may not do this problem, on any backend, in words; undefined where it may. */
export function unsuitableReason(
  algorithm: Algorithm,
  g: ConvGeometry,
  facts: OperandDescriptors,
  options: RunOptions,
): string | undefined {
  const why =
    algorithm.unsupportedReason(g, facts) ?? refusedAsInexact(algorithm, g, facts, options)
  if (why !== undefined || options.accuracy !== 'strict') return why
  // Several terms of fractions cancel to the kernel's weights: sums of small integers would no
  // longer be exact.
  const cancels =
    algorithm.dependsOnKernelValues === true && algorithm.spreadsNonFinite?.(facts) === true
  const isLarger = (phase: PolyphaseComponent): boolean =>
    algorithm.errorBoundFactor(g, facts, [phase]) > strided.errorBoundFactor(g, facts, [phase])
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

/** Bytes of the caller's arrays that have to be copied into the backend's memory. */
function copiedBytes(externals: Externals, facts: OperandDescriptors, g: ConvGeometry): number {
  const types = {
    input: facts.input.dtype,
    kernel: facts.kernel.dtype,
    bias: g.dtype,
    output: facts.output.dtype,
  }
  return Object.entries(externals).reduce(
    (sum, [role, e]) =>
      sum + (e.inBackendMemory ? 0 : e.span * dtypes[types[role as keyof typeof types]].bytes),
    0,
  )
}

/** `named` are the options of the last try, `all` those of every try. */
function refusal(
  requested: string,
  named: readonly Option[],
  all: readonly Option[],
  { memoryLimit, backend }: RunOptions,
  g: ConvGeometry,
): OptionError | UnavailableError {
  const reasons = [...new Set(named.map((o) => o.candidate.refused!))]
  const [least] = all
    .filter(({ needs }) => needs !== undefined)
    .toSorted((a, b) => a.needs! - b.needs!)
  if (least !== undefined) {
    const inPlace = named.find(
      (o) => o.algorithm === least.algorithm && o.backend.name === least.backend.name,
    )?.candidate.refused
    const why =
      inPlace === undefined || inPlace.startsWith('it needs')
        ? ''
        : ` (it cannot do without: ${inPlace})`
    const other = backend === 'wasm' ? ", or use backend: 'auto'" : ''
    return new UnavailableError(
      'MEMORY_LIMIT',
      `nothing can do ${g.key} within memoryLimit ${memoryLimit}: ${least.key} needs least, ` +
        `about ${least.needs} bytes${why}. ` +
        `Raise memoryLimit beyond that${other}.`,
    )
  }
  if (requested === 'auto') {
    const why = whatStops(named)?.candidate.refused
    return new OptionError(
      'GEOMETRY_TOO_LARGE',
      `nothing can do ${g.key}: ${why}. Use smaller numbers, or backend: 'auto'.`,
    )
  }
  const reason = reasons.find((r) => !r.startsWith('backend is')) ?? reasons[0]!
  return new OptionError(
    'ALGORITHM_REFUSED',
    `${requested} refuses ${g.key}: ${reason}. Use another algorithm, or 'auto'.`,
  )
}

/**
 * Of refused options the one whose reason says most: the last algorithm takes every problem, so
 * what stops it stops all.
 */
function whatStops(refused: readonly Option[]): Option | undefined {
  const unwanted = (o: Option): boolean => o.candidate.refused!.startsWith('backend is')
  const simplest = refused.filter((o) => o.algorithm === allAlgorithms.at(-1))
  return (simplest.length > 0 ? simplest : refused).findLast((o) => !unwanted(o))
}

function decisionText(best: Option, looked: readonly Option[], requested: string): string {
  const { algorithm, candidate } = best
  // Another backend would have been faster: what stood in its way, unless it was not wanted.
  const passed = whatStops(looked.filter((o) => o.backend !== best.backend))
  const unlike =
    passed === undefined ? '' : ` (not on ${passed.backend.name}: ${passed.candidate.refused})`
  const where = `${algorithm.name} on ${candidate.backend}${unlike}`
  if (requested !== 'auto') return `${where}: asked for by name`
  const others = looked.filter((o) => o !== best && o.candidate.refused === undefined)
  const next = others.toSorted((a, b) => a.candidate.milliseconds - b.candidate.milliseconds)[0]
  const predicted = `predicted ${time(candidate.milliseconds)}`
  if (next === undefined) return `${where}: ${predicted}; no other that was considered can do it`
  return (
    `${where}: ${predicted}, next ${next.algorithm.name} with ` +
    `${time(next.candidate.milliseconds)}`
  )
}

/** A time as people read it. */
export function time(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1000).toPrecision(3)} µs`
  return milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`
}
