/**
 * What belongs to one run of a plan, beside its operands? The last argument of a run is a record of
 * options, or the array for the result alone. An array has `data` or `buffer`, or is a typed array
 * or a list; every other object is a record.
 */

import { OptionError } from '../errors.ts'
import { validateOption } from '../geometry/check-options.ts'
import type { MemoryKind } from '../ndarray/memory.ts'
import { isOptionsObject, validateOptions } from '../ndarray/options.ts'
import { isSignal } from '../problem/question.ts'

/** Options of one run of a plan. `Out` is the type of `out`. */
export interface PlanRunOptions<Out extends object = object> {
  /** The array that receives the result, as in the call. Default: a new array. */
  readonly out?: Out
  /** Where a new result lies, as in the call. Default: as in the plan. Throws with `out`. */
  readonly memory?: MemoryKind
  /**
   * Aborts the run. Default: none. `run` rejects if the signal is aborted before the computation
   * begins, or while workers compute. `runSync` and `timeSync` throw if it is aborted already.
   */
  readonly signal?: AbortSignal
  /**
   * Replaces the bias of the plan in this run: a number for signals; for layers one number per
   * output channel. Default: the bias of the plan. Another number for signals compiles another
   * program, which is kept for a while.
   */
  readonly bias?: number | object
}

/** Returns the options of a run of this call. Throws `OptionError` as the call does. */
export function readRunOptions(call: string, last: unknown): PlanRunOptions {
  if (last === undefined) return {}
  if (!isRecord(last)) return { out: last as object }
  const given = validateOptions<PlanRunOptions>('run', last, ['out', 'memory', 'signal', 'bias'])
  if (given.out !== undefined && given.memory !== undefined) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `run: memory ('${given.memory}') and out cannot be used together. Leave one out.`,
    )
  }
  // The rules of the call accepted each value.
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, validateOption(call, name, value)]),
  ) as PlanRunOptions
}

const isRecord = (value: unknown): value is object =>
  isOptionsObject(value) && !['data', 'dataSync', 'buffer'].some((name) => name in value)

/** The bias of a run as a number, if the call has such a bias; undefined if none is given. */
export const offsetOf = (call: string, { bias }: PlanRunOptions): number | undefined =>
  isSignal(call) ? (bias as number | undefined) : undefined
