/**
 * How does an asynchronous call differ from the synchronous one? It checks and copies its options
 * at once, and computes in a later turn of the event loop. Everything that the synchronous call
 * throws rejects the promise.
 */

import type { RunOptions } from './geometry/options.ts'
import type { Eventual } from './runtime/eventual.ts'
import { runInTurn, type Turn } from './runtime/turns.ts'

/**
 * Returns a promise of `compute(options)`, with checked options.
 *
 * - `check`: returns a copy of valid options, throws for others.
 * - `call`: the name of the call, for messages.
 */
export async function computeLater<
  Name extends string,
  Options extends Pick<RunOptions, 'signal'>,
  Result,
>(
  check: (call: Name, options: unknown) => Pick<RunOptions, 'signal'>,
  call: Name,
  options: Options | undefined,
  compute: (options: Options, turn: Turn) => Eventual<Result>,
): Promise<Result> {
  // The checked options of a call have the type that the call declares.
  const checkedOptions = check(call, options) as Options
  return runInTurn((turn) => compute(checkedOptions, turn), checkedOptions.signal)
}
