/**
 * Carries what was measured on this machine to another process: as JSON, for the same processor,
 * engine and version.
 */

import { OptionError } from '../errors.ts'
import { algorithmNames } from '../geometry/algorithm-names.ts'
import { formatValue } from '../geometry/format-value.ts'
import type { Measured } from '../planner/decision.ts'
import { allBackends } from './backends.ts'
import { engineName, processorName } from './machine-name.ts'
import { forgetAll } from './state.ts'
import { currentTuning, type Speeds, setTuning, type Tuning, tuningOf } from './tuning.ts'
import { isIdle } from './turns.ts'
import { version } from './version.ts'

/** Where a tuning was made. It serves only where all three are the same. */
interface Origin {
  readonly version: string
  readonly engine: string
  readonly processor: string
}

const origin = (): Origin => ({
  version,
  engine: engineName(),
  processor: processorName(),
})

/**
 * Returns everything that was measured on this machine, as JSON: the choices of calls with
 * `tune: 'measure'`, and the calibration of `stridefold doctor --calibrate` if one is loaded. Use
 * it before a process ends; the next one gives the text to `loadTuning` and measures nothing again.
 * `close()` forgets what was measured, so save it first.
 *
 * The text is an object with `version`, `engine` and `processor`, for which it is valid; `speeds`:
 * for each backend how many times faster than its built-in table it is, by the name of the rate;
 * and `choices`: for each problem the fastest `algorithm`, and the `milliseconds` of all that ran.
 *
 * Never throws.
 *
 * @example
 * JSON.parse(saveTuning()).choices // {}
 */
export function saveTuning(): string {
  const { speeds, choices } = currentTuning()
  return JSON.stringify({ ...origin(), speeds, choices: Object.fromEntries(choices) })
}

/**
 * Replaces what was measured on this machine by what `saveTuning` saved, or by a calibration. Later
 * calls of both entry points use it; plans that are held keep the tuning with which they were made.
 *
 * - `json`: the text. It must come from the same processor, engine and version.
 *
 * A calibration changes the predictions of all calls, so calls with `deterministic` then throw
 * `OPTION_CONFLICT`. Choices serve calls with `tune: 'measure'`. `close()` forgets both.
 *
 * Throws `OptionError` for a text that is damaged (`TUNING_INVALID`) or from elsewhere
 * (`TUNING_FOREIGN`), and while calls of 'stridefold' wait or run (`CALLS_RUNNING`). After an error
 * nothing has changed.
 *
 * @example
 * loadTuning(saveTuning()) // undefined
 */
export function loadTuning(json: string): void {
  const tuning = readTuning(json)
  if (!isIdle()) {
    throw new OptionError(
      'CALLS_RUNNING',
      'loadTuning: calls are waiting or running. Await them first.',
    )
  }
  // The plans were made with another tuning.
  forgetAll()
  setTuning(tuning)
}

function readTuning(json: unknown): Tuning {
  if (typeof json !== 'string') {
    throw invalid(`the tuning is ${formatValue(json)}; the text of saveTuning() is needed`)
  }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw invalid('the text is no JSON', cause)
  }
  if (!isRecord(value)) throw invalid('the text holds no object')
  for (const [name, here] of Object.entries(origin())) {
    if (typeof value[name] !== 'string') throw invalid(`it has no '${name}'`)
    if (value[name] === here) continue
    throw new OptionError(
      'TUNING_FOREIGN',
      `loadTuning: the tuning was made with ${name} ${formatValue(value[name])}, but this is ` +
        `${formatValue(here)}. Measure again here.`,
    )
  }
  return tuningOf(readSpeeds(value.speeds), readChoices(value.choices))
}

/** A backend is at most so many times faster or slower than its table, in any of its rates. */
const mostSpeed = 100

function readSpeeds(value: unknown): Tuning['speeds'] {
  if (!isRecord(value)) throw invalid("it has no 'speeds'")
  const entries = Object.entries(value).map(([name, speeds]): [string, Speeds] => {
    const backend = allBackends().find((known) => known.name === name)
    if (backend === undefined) throw invalid(`there is no backend ${formatValue(name)}`)
    if (!isRecord(speeds)) throw invalid(`the speeds of ${name} are ${formatValue(speeds)}`)
    const known = backend.rates({ deterministic: false })
    for (const [rate, speed] of Object.entries(speeds)) {
      if (!Object.hasOwn(known, rate)) throw invalid(`there is no rate ${formatValue(rate)}`)
      if (!(typeof speed === 'number' && speed >= 1 / mostSpeed && speed <= mostSpeed))
        throw invalid(`the speed '${rate}' of ${name} is ${formatValue(speed)}`)
    }
    return [name, Object.freeze({ ...speeds })]
  })
  return Object.fromEntries(entries)
}

function readChoices(value: unknown): [string, Measured][] {
  if (!isRecord(value)) throw invalid("it has no 'choices'")
  return Object.entries(value).map(([problem, measured]) => {
    const { algorithm, milliseconds } = isRecord(measured) ? measured : {}
    const isTime = ([name, time]: [string, unknown]): boolean =>
      isAlgorithm(name) && typeof time === 'number' && time >= 0
    const isValid =
      typeof algorithm === 'string' &&
      isAlgorithm(algorithm) &&
      isRecord(milliseconds) &&
      Object.entries(milliseconds).every(isTime)
    if (!isValid) throw invalid(`the choice for ${formatValue(problem)} is damaged`)
    const times = milliseconds as Readonly<Record<string, number>>
    return [problem, { algorithm, milliseconds: { ...times } }]
  })
}

const isAlgorithm = (name: string): boolean => algorithmNames.some((known) => known === name)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (what: string, cause?: unknown): OptionError =>
  new OptionError('TUNING_INVALID', `loadTuning: ${what}. Measure again.`, { cause })
