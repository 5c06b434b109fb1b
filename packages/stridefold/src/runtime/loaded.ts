/**
 * The programs of the questions that run, compiled. A program depends on the geometry and on the
 * dtypes, strides and places of the arrays. A question therefore has one loaded program for each
 * combination of these. It is made when the first arrays of that kind come.
 */

import type { KernelProperties } from '../geometry/operands.ts'
import { isInBackendMemory, isOnGpu } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { boxSpans, compileOptions } from '../planner/cut.ts'
import { buffersFor, decideWork, fallbackWork } from '../planner/decide.ts'
import type { Decision, Measured } from '../planner/decision.ts'
import {
  type Interpolation,
  interpolationBuffers,
  interpolationWork,
  type MissingRule,
} from '../planner/interpolation.ts'
import { forWorkers } from '../planner/larger-boxes.ts'
import { forTransfer, transferSpans } from '../planner/transfer.ts'
import { type Operands, problemOf } from '../problem/operands.ts'
import type { Problem } from '../problem/problem.ts'
import type {
  BackendDescription,
  Executable,
  ExternalLayouts,
  StageListener,
} from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { backendOf, backendsFor, haveOneChoice } from './backends.ts'
import { BoxExecutable } from './box-executable.ts'
import { TransferExecutable } from './box-transfer.ts'
import { after, type Eventual } from './eventual.ts'
import { InterpolatingExecutable } from './interpolating-executable.ts'
import { KernelCopy } from './kernel-copy.ts'
import type { KnownKernel, Planned } from './planned.ts'
import { kept } from './state.ts'
import { choiceName, isMeasured, tunedBackend, tunedBackends } from './tuning.ts'
import { afterTurn, type Turn, throwIfAborted } from './turns.ts'

/** The decision for one combination of dtypes, strides and places, and its compiled program. */
export interface LoadedProgram {
  readonly problem: Problem
  readonly decision: Decision
  /** Whether the planner could choose a backend that takes its time. */
  readonly waits: boolean
  /** Compiled at the first run. */
  executable: Executable | undefined
  /** The kernel properties for which it was decided: its program has constants of them. */
  readonly origin: KernelProperties | undefined
  /** The kernel properties from which the constants of the executable were computed. */
  properties: KernelProperties | undefined
  /** The kernel whose packed weights the executable holds. */
  prepared: KernelCopy | undefined
  /** Whether that kernel is the private one of the plan. */
  isPrivate: boolean
  /** The fallback of the decision. Made for the first arrays that need it. */
  fallback: LoadedProgram | undefined
  /** What computes windows with missing samples. Undefined: no sample is missing. */
  readonly interpolation: Interpolation | undefined
}

/** What is loaded for one planned question. */
export interface Loaded {
  readonly programs: Map<string, LoadedProgram>
  /** Those of calls with missing samples. Undefined: they cannot be computed so. */
  readonly interpolating: Map<string, LoadedProgram | undefined>
  /** The latest run. The weak reference does not keep its arrays alive. */
  previousRun: WeakRef<PreviousRun> | undefined
  /** The same question for any kernel. Made for the first kernel that is not the known one. */
  anyKernel: Planned | undefined
}

export interface PreviousRun {
  readonly x: NdArray
  readonly k: NdArray
  readonly out: NdArray
  /** Whether it was the run of an asynchronous call that may wait. */
  readonly waits: boolean
  readonly program: LoadedProgram
  readonly operands: Operands
}

/** What goes along with every part of a run. */
export interface RunContext {
  readonly onStage?: StageListener | undefined
  /** The turn of an asynchronous call. Undefined: the call is synchronous. */
  readonly turn?: Turn | undefined
}

const allLoaded = kept(() => new WeakMap<Planned, Loaded>())

/** What is loaded for a question; empty before its first run. */
export function loadedOf(plan: Planned): Loaded {
  const all = allLoaded.get()
  const existing = all.get(plan)
  if (existing !== undefined) return existing
  const loaded: Loaded = {
    ...{ programs: new Map(), interpolating: new Map() },
    ...{ previousRun: undefined, anyKernel: undefined },
  }
  all.set(plan, loaded)
  return loaded
}

/** The plan, for a kernel whose values lead to the same decisions. */
export function withKernel(plan: Planned, known: KnownKernel | undefined): Planned {
  if (known === undefined || plan.known === known) return plan
  plan.known = known
  // Running again would not replace the constants.
  loadedOf(plan).previousRun = undefined
  return plan
}

/**
 * Returns the program for arrays of these dtypes, strides and places. Reads no elements. `waits`:
 * whether its backend may take its time.
 */
export function programFor(plan: Planned, operands: Operands, waits: boolean): LoadedProgram {
  const program =
    loadedOf(plan).programs.get(programKey(operands, waits)) ??
    finish(programWork(plan, operands, waits))
  return withConstants(program, plan)
}

/**
 * The work of `programFor` for a program that there is not yet: an asynchronous call does it ahead,
 * in slices. Undefined if there is nothing to do.
 */
export function programAhead(
  plan: Planned,
  operands: Operands,
  waits: boolean,
): Work<unknown> | undefined {
  const { programs } = loadedOf(plan)
  return programs.has(programKey(operands, waits))
    ? undefined
    : executableWork(plan, operands, waits)
}

function* executableWork(plan: Planned, operands: Operands, waits: boolean): Work<void> {
  const program = yield* programWork(plan, operands, waits)
  yield
  yield* compileAhead(program)
  executableOf(program)
  yield
}

/**
 * The work of finding the program for arrays in which samples may be missing. Undefined if the
 * decision of the question cannot be used for them.
 */
export function* interpolatingWork(
  plan: Planned,
  operands: Operands,
  waits: boolean,
  rule: MissingRule,
): Work<LoadedProgram | undefined> {
  const { interpolating } = loadedOf(plan)
  const key = `${programKey(operands, waits)} ${JSON.stringify(rule)}`
  if (interpolating.has(key)) return interpolating.get(key)
  const plain =
    loadedOf(plan).programs.get(programKey(operands, waits)) ??
    (yield* programWork(plan, operands, waits))
  const { problem, decision, origin } = plain
  const interpolation = yield* interpolationWork(decision, problem, backendOf(decision), rule)
  const program = interpolation && {
    ...notCompiled(problem, decision, origin, plain.waits),
    interpolation,
  }
  // Another call may have made one in the meantime.
  if (interpolating.has(key)) return interpolating.get(key)
  interpolating.set(key, program)
  if (interpolating.size > maxInterpolating) {
    const [oldest, dropped] = interpolating.entries().next().value!
    interpolating.delete(oldest)
    afterTurn(() => dropped?.executable?.dispose())
  }
  if (program !== undefined) yield* compileAhead(program)
  return program
}

/** So many of them are kept: every `minimumPresent` needs its own. */
const maxInterpolating = 8

/** Work of `executableOf` that can be done ahead, in slices. */
function* compileAhead(loaded: LoadedProgram): Work<void> {
  const { executable, problem, decision, waits, interpolation } = loaded
  if (executable !== undefined) return
  const { cut, threads, program } = decision
  const isTransfer = waits && (threads.remote === 'transfer' || threads.remote === 'turns')
  const spans = isTransfer
    ? transferSpans(problem, cut)
    : cut === undefined
      ? problem.spans
      : boxSpans(problem.spans, cut)
  const backend = backendOf(decision)
  for (const part of [program, interpolation?.search, interpolation?.program])
    if (part !== undefined)
      yield* backend.compileAhead?.(part, spans, compileOptions(decision, problem)) ?? []
}

/** Whether `programFor` has the program already. */
export const isLoaded = (plan: Planned, operands: Operands, waits: boolean): boolean =>
  loadedOf(plan).programs.has(programKey(operands, waits))

const isAnyOnGpu = ({ input, kernel, output }: Operands): boolean =>
  isOnGpu(input) || isOnGpu(kernel) || isOnGpu(output)

const isProblemOnGpu = ({ spans: { input, kernel, output } }: Problem): boolean =>
  input.onGpu === true || kernel.onGpu === true || output.onGpu === true

/** Everything of the arrays that a program depends on. */
const programKey = ({ input, kernel, bias, output }: Operands, waits: boolean): string =>
  [input, kernel, output]
    .map((x) => `${x.dtype}${isInBackendMemory(x) ? '*' : isOnGpu(x) ? '@' : ''}[${x.strides}]`)
    .join() +
  (bias === undefined ? '' : '+') +
  (waits ? ' waits' : '')

function* programWork(plan: Planned, operands: Operands, waits: boolean): Work<LoadedProgram> {
  const { programs } = loadedOf(plan)
  const key = programKey(operands, waits)
  const program: LoadedProgram =
    waits && haveOneChoice(plan.question.options.backend, isAnyOnGpu(operands))
      ? yield* whileWaiting(
          programs.get(programKey(operands, false)) ?? (yield* programWork(plan, operands, false)),
          plan,
        )
      : yield* decidedFor(plan, operands, waits)
  yield
  // Another call may have made one in the meantime.
  const existing = programs.get(key)
  if (existing !== undefined) return existing
  programs.set(key, program)
  return program
}

function* decidedFor(plan: Planned, operands: Operands, waits: boolean): Work<LoadedProgram> {
  const properties = plan.known?.properties
  const problem = problemOf(plan.question, operands, properties)
  const backends = tunedBackends(
    backendsFor(problem.options.backend, waits, isProblemOnGpu(problem)),
    plan.tuning,
  )
  const measured = yield* measuredChoice(plan, problem, backends)
  const decision = yield* decideWork(problem, backends, measured)
  return notCompiled(problem, decision, properties, waits)
}

/** What a measurement found for this problem; undefined if the planner predicts. */
function* measuredChoice(
  { tuning }: Planned,
  problem: Problem,
  backends: readonly BackendDescription[],
): Work<Measured | undefined> {
  if (!isMeasured(problem) || tuning.choices.size === 0) return undefined
  return tuning.choices.get(choiceName(problem, yield* decideWork(problem, backends)))
}

/**
 * The program of an asynchronous call that has the decision of the synchronous one. If it computes
 * at once, both run the same.
 */
export function* whileWaiting(program: LoadedProgram, plan: Planned): Work<LoadedProgram> {
  const { problem, decision, origin } = program
  const remote = yield* whileOthersCompute(decision, problem, plan)
  return remote.threads.remote === 'none' ? program : notCompiled(problem, remote, origin, true)
}

/** The decision of an asynchronous call that leaves its work to others. */
export function* whileOthersCompute(
  decision: Decision,
  problem: Problem,
  { tuning }: Planned,
): Work<Decision> {
  const { remote } = decision.threads
  if (remote === 'none') return decision
  const backend = tunedBackend(backendOf(decision), tuning)
  return remote === 'shared'
    ? yield* forWorkers(decision, problem, backend)
    : yield* forTransfer(decision, problem, backend)
}

/** The work of finding the program that runs where the result of this one may be wrong. */
export function* fallbackProgramWork(program: LoadedProgram, plan: Planned): Work<LoadedProgram> {
  const { problem, decision, waits } = program
  if (program.fallback !== undefined) return program.fallback
  const backends = backendsFor(problem.options.backend, waits, isProblemOnGpu(problem))
  const direct = yield* fallbackWork(decision, problem, backends)
  const fallback = notCompiled(problem, direct, undefined, waits)
  // Another call may have made one in the meantime.
  const waiting = waits ? yield* whileWaiting(fallback, plan) : fallback
  program.fallback ??= waiting
  yield* compileAhead(program.fallback)
  return program.fallback
}

/** A program that is compiled in its first run. */
export const notCompiled = (
  problem: Problem,
  decision: Decision,
  origin?: KernelProperties,
  waits = false,
): LoadedProgram => ({
  ...{ problem, decision, waits, origin, properties: origin, isPrivate: false },
  ...{ executable: undefined, prepared: undefined, fallback: undefined, interpolation: undefined },
})

/** The compiled program. */
export function executableOf(program: LoadedProgram): Executable {
  if (program.executable !== undefined) return program.executable
  const { problem, decision, waits, interpolation } = program
  const { cut } = interpolation ?? decision
  const remote = waits ? decision.threads.remote : 'none'
  const isRemote = remote === 'shared'
  const backend = backendOf(decision)
  const options = compileOptions(decision, problem)
  if (remote === 'transfer' || remote === 'turns') {
    // Workers get boxes, and send results back: nobody could choose between two programs.
    program.executable = new TransferExecutable(problem, { ...decision, ...interpolation }, backend)
    return program.executable
  }
  const compile = (part: Program, spans: ExternalLayouts): Executable =>
    isRemote ? backend.compileRemote(part, spans, options) : backend.compile(part, spans, options)
  const compileAll = (spans: ExternalLayouts): Executable =>
    interpolation === undefined
      ? compile(decision.program, spans)
      : new InterpolatingExecutable(decision.program, interpolation, (part) => compile(part, spans))
  program.executable =
    cut === undefined
      ? compileAll(problem.spans)
      : new BoxExecutable(problem, { ...decision, cut }, backend, isRemote, compileAll)
  return program.executable
}

/** The program, with the constants of the kernel of the plan. */
export function withConstants(program: LoadedProgram, { known }: Planned): LoadedProgram {
  const properties = known?.properties
  if (properties !== undefined && program.properties !== properties)
    replaceConstants(program, properties)
  return program
}

/** Computes the constants again, from the properties of another kernel. */
function replaceConstants(program: LoadedProgram, properties: KernelProperties): void {
  const { decision, problem, interpolation } = program
  if (decision.containsKernelValues) {
    // This may fail halfway. The constants are then of neither kernel.
    program.properties = undefined
    program.prepared = undefined
    const descriptors = { ...decision.descriptors, values: properties }
    const backend = backendOf(decision)
    const buffers = buffersFor(decision, problem, descriptors, backend)
    const others =
      interpolation === undefined
        ? []
        : interpolationBuffers(decision, problem, interpolation, properties, backend)
    executableOf(program).replaceConstants([...buffers, ...others])
  }
  program.properties = properties
}

/** Packs the weights of this kernel, unless the program holds them already. */
export function prepareOn(
  plan: Planned,
  program: LoadedProgram,
  kernel: NdArray,
  { onStage, turn }: RunContext,
): Eventual<void> {
  const isPrivate = kernel.data === plan.privateKernel?.data
  const isPrepared =
    program.prepared !== undefined &&
    ((isPrivate && program.isPrivate) || program.prepared.holds(kernel))
  if (isPrepared) return
  // `prepare` may fail halfway. The weights are then neither the old nor the new ones.
  program.prepared = undefined
  const copy = new KernelCopy(kernel)
  return after(executableOf(program).prepare(kernel, onStage, turn?.signal), () => {
    // The caller of an aborted call may have changed the kernel since.
    throwIfAborted(turn?.signal)
    program.prepared = copy
    program.isPrivate = isPrivate
  })
}

/** Frees the memory of the compiled programs. The next run compiles again. */
export function unload(plan: Planned): void {
  const loaded = allLoaded.get().get(plan)
  if (loaded === undefined) return
  allLoaded.get().delete(plan)
  // A backend may be at work on one of them.
  afterTurn(() => {
    for (const program of [...loaded.programs.values(), ...loaded.interpolating.values()]) {
      const { executable, fallback } = program ?? {}
      executable?.dispose()
      fallback?.executable?.dispose()
    }
  })
  if (loaded.anyKernel !== undefined) unload(loaded.anyKernel)
}

/** Frees the memory of a plan. A later run throws `OptionError` (`PLAN_DISPOSED`). */
export function dispose(plan: Planned): void {
  unload(plan)
  plan.disposed = true
}
