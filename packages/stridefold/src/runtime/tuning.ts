/**
 * What was measured on this machine: how fast its backends are, and which algorithms were the
 * fastest. It lives until `close()`, or until another tuning is loaded. Plans keep the tuning with
 * which they were made.
 */

import { OptionError } from '../errors.ts'
import type { Decision, Measured } from '../planner/decision.ts'
import { textOf } from '../problem/key.ts'
import type { Problem, Question } from '../problem/problem.ts'
import type { BackendDescription, BackendName, Rates } from '../program/backend.ts'
import { kept } from './state.ts'

/** How many times faster than in the built-in table, for each rate that was measured. */
export type Speeds = Readonly<Partial<Record<keyof Rates, number>>>

export interface Tuning {
  /** The calibration. */
  readonly speeds: Readonly<Partial<Record<BackendName, Speeds>>>
  /** Measured choices, under the text of their problem. Grows with every new measurement. */
  readonly choices: Map<string, Measured>
  /** The backends with these speeds, made once for each. */
  readonly described: WeakMap<BackendDescription, BackendDescription>
}

export const tuningOf = (
  speeds: Tuning['speeds'],
  choices: Iterable<readonly [string, Measured]>,
): Tuning => ({ speeds, choices: new Map(choices), described: new WeakMap() })

const current = kept(() => ({ tuning: tuningOf({}, []) }))

export const currentTuning = (): Tuning => current.get().tuning

export function setTuning(tuning: Tuning): void {
  current.get().tuning = tuning
}

const isCalibrated = ({ speeds }: Tuning): boolean => Object.keys(speeds).length > 0

/**
 * Throws `OptionError` (`OPTION_CONFLICT`) if results must not depend on the machine, but the
 * choice of their algorithm would.
 */
export function checkDeterministic(call: string, deterministic: boolean, tuning: Tuning): void {
  if (!deterministic || !isCalibrated(tuning)) return
  throw new OptionError(
    'OPTION_CONFLICT',
    `${call}: deterministic: true was given while a calibration of this machine is loaded, with ` +
      'which choices differ from those of other machines. Leave it out, or forget the ' +
      'calibration: await close().',
  )
}

/** These backends, with the measured speeds. */
export const tunedBackends = <B extends BackendDescription>(
  backends: readonly B[],
  tuning: Tuning,
): readonly B[] =>
  isCalibrated(tuning) ? backends.map((backend) => tunedBackend(backend, tuning)) : backends

/** The same backend, with the measured speeds. */
export function tunedBackend<B extends BackendDescription>(
  backend: B,
  { speeds, described }: Tuning,
): B {
  const own = speeds[backend.name]
  if (own === undefined) return backend
  const known = described.get(backend)
  if (known !== undefined) return known as B
  const tuned: B = { ...backend, rates: (options) => withSpeeds(backend.rates(options), own) }
  described.set(backend, tuned)
  return tuned
}

/** Costs are times, all other rates are speeds. */
const costs: readonly string[] = ['wake', 'run', 'stage'] satisfies (keyof Rates)[]

const withSpeeds = (rates: Rates, speeds: Speeds): Rates =>
  Object.fromEntries(
    Object.entries(rates).map(([name, rate]: [string, number]) => {
      const speed = speeds[name as keyof Rates] ?? 1
      return [name, costs.includes(name) ? rate / speed : rate * speed]
    }),
  ) as unknown as Rates

/** Whether a measurement chooses the algorithm of a problem. */
export const isMeasured = ({ options }: Question): boolean =>
  options.tune === 'measure' && options.algorithm === 'auto'

/**
 * The text under which the choice for a problem is kept: everything that decides how long its
 * algorithms take. `predicted`: the decision of the planner for it. The flops of its candidates
 * tell kernels apart whose values allow different programs.
 */
export function choiceName(
  { geometry, descriptors, spans, options, resultDType }: Problem,
  predicted: Decision,
): string {
  const { values: _, ...layouts } = descriptors
  const { accuracy, backend, threads, memoryLimit } = options
  const places = [spans.input, spans.kernel, spans.output].map((span) => span.inBackendMemory)
  const candidates = predicted.compared
    .filter(({ refusal }) => refusal === undefined)
    .map(({ algorithm, flops }) => `${algorithm} ${flops}`)
  const text = textOf({ ...layouts, accuracy, backend, threads, memoryLimit, places })
  return `${geometry.key} ${resultDType} ${candidates} ${text}`
}
