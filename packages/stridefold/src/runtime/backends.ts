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

/** Whether a backend may be chosen for a call that names `name`. `onGpu`: an array lies there. */
const mayTake = (backend: Backend, name: string, onGpu: boolean): boolean =>
  onGpu ? backend.places.includes('gpu') : backend.forOwnArrays !== true || backend.name === name

/**
 * The backends for a call. `onGpu`: whether one of its arrays lies on the GPU. Throws `OptionError`
 * if the call is synchronous and names one that is not, or gives an array on the GPU.
 */
export function backendsFor(name: string, waits: boolean, onGpu = false): readonly Backend[] {
  const { list } = current.get()
  const all = list.all.filter((backend) => mayTake(backend, name, onGpu))
  const synchronous = all.filter((backend) => backend.synchronous)
  if (onGpu && !all.some((backend) => name === 'auto' || backend.name === name))
    throw new OptionError(
      'ON_GPU',
      `backend '${name}' was requested, but an array or the result lies on the GPU. Use backend: ` +
        "'webgpu', or bring the array back: await read(x).",
    )
  if (waits) return all
  if (onGpu && synchronous.length === 0)
    throw new OptionError(
      'ON_GPU',
      'an array lies on the GPU, where a synchronous call cannot compute. Await the call of ' +
        "'stridefold', or bring the array back: await read(x).",
    )
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

/** Whether asynchronous calls that name `name` have the same backends as synchronous ones. */
export const haveOneChoice = (name: string, onGpu = false): boolean =>
  current.get().list.all.every((backend) => backend.synchronous || !mayTake(backend, name, onGpu))

/** The backend of a decision. */
export const backendOf = ({ backend }: Pick<Decision, 'backend'>): Backend =>
  allBackends().find(({ name }) => name === backend)!
