/**
 * Which backends may compute a call? A synchronous call takes only those that compute before they
 * return; an asynchronous call takes all of them. The list may be replaced by a test.
 */

import { backends as standard } from '../backends/list.ts'
import { OptionError } from '../errors.ts'
import type { Decision } from '../planner/decision.ts'
import type { Backend } from '../program/backend.ts'
import { kept } from './state.ts'
import type { Turn } from './turns.ts'

interface BackendList {
  readonly all: readonly Backend[]
  readonly synchronous: readonly Backend[]
  /** Whether asynchronous calls may run other programs. Found at the first of them. */
  mayWait: boolean | undefined
}

const listOf = (all: readonly Backend[]): BackendList => ({
  all,
  synchronous: all.filter(({ synchronous }) => synchronous),
  mayWait: undefined,
})

const current = kept(() => ({ list: listOf(standard) }))

/** All backends, in the order of preference. */
export const allBackends = (): readonly Backend[] => current.get().list.all

/**
 * Replaces the list of backends until `close()`. For tests: call it before the first plan, or after
 * `close()`.
 */
export function useBackends(backends: readonly Backend[]): void {
  current.get().list = listOf(backends)
}

/**
 * Whether a call may run another program than a synchronous call: it may wait (it has a turn), and
 * some backend needs that, or has workers.
 */
export function mayWait(turn: Turn | undefined): boolean {
  if (turn === undefined) return false
  const { list } = current.get()
  list.mayWait ??= list.all.some(
    (backend) => !backend.synchronous || backend.threadLimit().remote !== 'none',
  )
  return list.mayWait
}

/**
 * The backends for a call. Throws `OptionError` if the call is synchronous and names one that is
 * not.
 */
export function backendsFor(name: string, waits: boolean): readonly Backend[] {
  const { all, synchronous } = current.get().list
  if (waits) return all
  const isAsynchronous = all.some((backend) => backend.name === name && !backend.synchronous)
  if (!isAsynchronous) return synchronous
  const others = synchronous.map((backend) => `'${backend.name}'`)
  throw new OptionError(
    'BACKEND_ASYNCHRONOUS',
    `backend '${name}' was requested, but it computes asynchronously, so a synchronous call ` +
      "cannot use it. Await the call of 'stridefold', or run() of the plan; or use backend: " +
      `${[...others, "'auto'"].join(' or ')}.`,
  )
}

/** Whether asynchronous calls have the same backends as synchronous ones. */
export function haveOneChoice(): boolean {
  const { all, synchronous } = current.get().list
  return all.length === synchronous.length
}

/** The backend of a decision. */
export const backendOf = ({ backend }: Pick<Decision, 'backend'>): Backend =>
  allBackends().find(({ name }) => name === backend)!
