/**
 * Which algorithm is the fastest, measured? For calls with `tune: 'measure'`. Every algorithm that
 * is predicted to come close runs on arrays of the shapes of the call, in rounds: each once per
 * round, so that other work on the machine meets all of them. The fastest sample of each counts.
 *
 * The first runs do not count: engines optimise new code while it runs. An asynchronous call gives
 * the event loop a turn after each sample, and awaits backends that take their time.
 */

import { eventLoopTurn } from '../backends/wasm/threads/host.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { allocateArray, isInBackendMemory, memorySpanOf } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish } from '../ndarray/work.ts'
import { candidatesOf, decide } from '../planner/decide.ts'
import type { Measured } from '../planner/decision.ts'
import { type Operands, problemOf } from '../problem/operands.ts'
import type { Problem } from '../problem/problem.ts'
import { backendsFor, haveOneChoice } from './backends.ts'
import { type Eventual, now } from './eventual.ts'
import { executableOf, isLoaded, type LoadedProgram, notCompiled, whileWaiting } from './loaded.ts'
import type { Planned } from './planned.ts'
import { choiceName, isMeasured, tunedBackends } from './tuning.ts'
import { type Turn, throwIfAborted } from './turns.ts'

/** Algorithms that are predicted to take longer than this, as a factor, do not run. */
const nearFactor = 3

/** The shortest sample, in milliseconds. */
const minSample = 0.3

/**
 * The rounds end after so many in which no algorithm became faster by more than this part. Until an
 * engine has optimised new code, it becomes faster.
 */
const [quietRounds, gain] = [5, 0.05]

/** An algorithm that then takes this many times longer than the fastest leaves. */
const lostFactor = 1.5

/** The runs of an algorithm before the first round: at least so many, for so many milliseconds. */
const [minWarmUps, warmUpTime] = [2, 5]

/** No new round starts after this many milliseconds, but there are at least so many. */
const [mostTime, minRounds] = [400, 2]

/**
 * Measures the problem of these arrays, if its call asks for it and its choice is not known yet.
 * `waits`: whether a backend may take its time.
 */
export function measureFirst(
  plan: Planned,
  operands: Operands,
  waits: boolean,
  turn: Turn | undefined,
): Eventual<void> {
  const { question, known, tuning } = plan
  if (!isMeasured(question) || isLoaded(plan, operands, waits)) return
  const problem = problemOf(question, operands, known?.properties)
  const usesOwn = waits && !haveOneChoice(problem.options.backend)
  const backends = tunedBackends(backendsFor(problem.options.backend, usesOwn), tuning)
  const predicted = decide(problem, backends)
  const name = choiceName(problem, predicted)
  if (tuning.choices.has(name)) return
  const all = candidatesOf(predicted, problem, backends)
  const best = all.find(({ algorithm }) => algorithm === predicted.algorithm)!
  const near = all.filter((c) => c.milliseconds <= nearFactor * best.milliseconds)
  const keep = (measured: Measured): void => void tuning.choices.set(name, measured)
  if (near.length < 2) return keep({ algorithm: predicted.algorithm, milliseconds: {} })
  const load = (algorithm: string): LoadedProgram => {
    const named = { ...problem, options: { ...problem.options, algorithm } }
    const program = notCompiled(named, decide(named, backends), known?.properties, usesOwn)
    return waits && haveOneChoice(problem.options.backend)
      ? finish(whileWaiting(program, plan))
      : program
  }
  const runners = near.map(({ algorithm }): Runner => ({ algorithm, program: load(algorithm) }))
  const samples = sampleOperands(problem, operands)
  const work = measuring(runners, samples)
  return turn === undefined ? keep(atOnce(work)) : inTurns(work, turn).then(keep)
}

interface Runner {
  readonly algorithm: string
  readonly program: LoadedProgram
}

/** The rounds. Yields what a backend returned; the milliseconds are those until it was done. */
function* measuring(
  runners: readonly Runner[],
  samples: Samples,
): Generator<Eventual<void>, Measured> {
  const { operands } = samples
  const rows = runners.map(({ algorithm, program }) => ({
    algorithm,
    executable: executableOf(program),
    calls: 1,
    best: Infinity,
    isOut: false,
  }))
  try {
    const start = performance.now()
    for (const row of rows) {
      yield row.executable.prepare(operands.kernel)
      const from = performance.now()
      let runs = 0
      while (runs < minWarmUps || (performance.now() - from < warmUpTime && runs < 1e5)) {
        yield row.executable.run(operands, true)
        runs++
      }
      row.calls = Math.max(1, Math.ceil((minSample * runs) / (performance.now() - from)))
    }
    let quiet = 0
    for (let round = 1; ; round++) {
      quiet++
      for (const row of rows) {
        if (row.isOut) continue
        const { calls } = row
        const since = timer()
        for (let call = 0; call < calls; call++) yield row.executable.run(operands, true)
        const took = since()
        // The code has become faster since it warmed up. Pages have clocks of coarse steps.
        if (took < minSample) row.calls *= 2
        if (took === 0) {
          quiet = 0
          continue
        }
        const sample = took / calls
        if (sample < row.best * (1 - gain)) quiet = 0
        row.best = Math.min(row.best, sample)
      }
      const fastest = Math.min(...rows.map(({ best }) => best))
      const isTried = (row: { readonly best: number }): boolean =>
        round >= quietRounds && row.best > lostFactor * fastest
      for (const row of rows) row.isOut ||= isTried(row)
      if (quiet >= quietRounds || rows.filter(({ isOut }) => !isOut).length < 2) break
      if (round >= minRounds && performance.now() - start > mostTime) break
    }
  } finally {
    for (const { executable } of rows) executable.dispose()
    for (const array of samples.made) array.release()
  }
  const fastest = rows.reduce((a, b) => (b.best < a.best ? b : a))
  return {
    algorithm: fastest.algorithm,
    milliseconds: Object.fromEntries(rows.map(({ algorithm, best }) => [algorithm, best])),
  }
}

/**
 * Returns a function that returns the milliseconds since now: the elapsed time, or the processor
 * time of this process if the engine tells it and it is shorter. Then another program had the
 * processor in between.
 */
function timer(): () => number {
  const { process } = globalThis as unknown as Engine
  const [start, cpu] = [performance.now(), process?.cpuUsage?.()]
  return () => {
    const elapsed = performance.now() - start
    if (cpu === undefined) return elapsed
    const { user, system } = process!.cpuUsage!(cpu)
    const used = (user + system) / 1000
    // Some systems count it in coarse steps: a short sample then reads 0.
    return used > 0 ? Math.min(elapsed, used) : elapsed
  }
}

interface CpuTime {
  readonly user: number
  readonly system: number
}

interface Engine {
  readonly process?: { cpuUsage?(since?: CpuTime): CpuTime }
}

/** Runs the rounds of a synchronous call, whose backends return no promises. */
function atOnce(work: Generator<Eventual<void>, Measured>): Measured {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    now(step.value)
  }
}

/** The longest time without a turn of the event loop, in milliseconds, besides a single run. */
const turnTime = 4

async function inTurns(
  work: Generator<Eventual<void>, Measured>,
  { signal }: Turn,
): Promise<Measured> {
  let turnStart = performance.now()
  try {
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      if (step.value instanceof Promise) await step.value
      else if (performance.now() - turnStart < turnTime) continue
      else await eventLoopTurn()
      throwIfAborted(signal)
      turnStart = performance.now()
    }
  } finally {
    // Ends the generator, which disposes of the programs.
    work.return(undefined as never)
  }
}

interface Samples {
  readonly operands: Operands
  /** Those that are not the caller's. */
  readonly made: readonly NdArray[]
}

/**
 * Arrays for the runs: those of the call where they have data, new ones for the others, and always
 * a new output.
 */
function sampleOperands({ descriptors }: Problem, operands: Operands): Samples {
  const made: NdArray[] = []
  const make = (x: NdArray): NdArray => {
    const array = arrayLike(x)
    made.push(array)
    return array
  }
  const given = (x: NdArray): NdArray => (x.data.length > 0 ? x : make(x))
  const { input, kernel, bias, output } = operands
  return {
    operands: {
      ...{ input: given(input), kernel: given(kernel), output: make(output) },
      bias: descriptors.bias ? given(bias!) : undefined,
    },
    made,
  }
}

/** A new array in the same place with the same strides. Its values are between −1 and 1. */
function arrayLike(x: NdArray): NdArray {
  const { span, lowest } = memorySpanOf(x)
  const memory = isInBackendMemory(x) ? 'backend' : 'heap'
  const allocated = allocateArray([span], x.dtype, memory)
  const { data } = allocated
  const scale = dtypes[x.dtype].integer ? 1 : 1 / 128
  for (let i = 0; i < span; i++) data[i] = (((i * 89) % 255) - 127) * scale
  return { ...x, data, offset: -lowest, release: () => allocated.release() }
}
