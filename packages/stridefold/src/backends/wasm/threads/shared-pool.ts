/**
 * The one pool of this realm: when it opens, how many threads it has, and why there is none. Where
 * memory cannot be shared, it is a pool of workers that get boxes by transfer.
 *
 * The pool of threads opens when programs that gain from threads have computed for a while, so that
 * a script with a few small calls starts no workers.
 */

import type { ThreadConfiguration, ThreadLimit } from '../../../program/backend.ts'
import { mayShareMemory } from '../may-share-memory.ts'
import { budget, countAlso } from '../memories.ts'
import { BoxPool } from './box-pool.ts'
import { maxThreads } from './control.ts'
import { eventLoopTurn, hasWorkers, isPage, localWorker, nodeModule, startWorker } from './host.ts'
import { Pool } from './pool.ts'

let pool: Pool | undefined
/** Workers that get boxes by transfer, or the calling thread in place of one. */
let boxPool: BoxPool | undefined
/** Why no worker can start. */
let missing: string | undefined
/** Milliseconds that programs computed on one thread, although more would pay. */
let spent = 0
/** The settings of `configure`. */
let [configured, workerUrl]: [number?, string?] = []

/** Starting workers takes one thread about 30 ms, so that much work should come first. */
const openAfter = 10

/** The most threads that a call may use here, and why not more. */
export function threadLimit(): ThreadLimit {
  if (!hasWorkers())
    return { count: 1, why: 'this engine has no workers here', remote: 'none', workers: 0 }
  if (missing !== undefined) return { count: 1, why: missing, remote: 'turns', workers: 1 }
  const most = Math.min(configured ?? defaultThreads(), maxThreads)
  const notShared = whyNotShared()
  if (notShared !== undefined)
    return { count: 1, why: notShared, remote: 'transfer', workers: most }
  const all = most === 1 ? 'this machine has one processor' : 'as many as processors'
  const why = configured === undefined ? all : `configure() allows ${configured}`
  return { count: most, why, remote: 'shared', workers: 0 }
}

/** Why threads cannot share memory; undefined if they can. */
export function whyNotShared(): string | undefined {
  if (mayShareMemory()) return undefined
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  return crossOriginIsolated === false
    ? 'the page is not cross-origin isolated'
    : 'this engine has no SharedArrayBuffer'
}

/** All processors; in a browser half of them, at most 8, because pages share the machine. */
function defaultThreads(): number {
  const os = nodeModule('node:os') as { availableParallelism?(): number } | undefined
  if (os?.availableParallelism !== undefined) return os.availableParallelism()
  const processors = globalThis.navigator?.hardwareConcurrency ?? 1
  return Math.min(8, Math.max(1, Math.floor(processors / 2)))
}

/**
 * The pool for a synchronous run, if workers are ready to share it. A page may not wait for them.
 */
export function readyPool(): Pool | undefined {
  if (pool?.failure !== undefined) discard(pool)
  return pool !== undefined && pool.ready > 0 && !pool.isBusy && !isPage() ? pool : undefined
}

/** The pool for a run on this many workers alone; undefined if they cannot start. */
export function workersFor(count: number): Pool | undefined {
  if (pool?.failure !== undefined) discard(pool)
  openPool()
  pool?.start(count)
  return pool
}

/** Starts this many workers for a later run, each in a turn of the event loop of its own. */
export async function startWorkers(count: number): Promise<void> {
  for (let size = pool?.size ?? 0; size < count; size++) {
    await eventLoopTurn()
    if (pool === undefined) openPool(1)
    else if (pool.failure === undefined) pool.start(size + 1)
  }
}

/** Counts work that one thread did although more would pay; opens the pool after enough of it. */
export function countWork(milliseconds: number): void {
  spent += milliseconds
  if (spent >= openAfter) openPool()
}

/**
 * Opens the pool now, unless it is open, or cannot be. `workers`: how many start. Default: one less
 * than threads.
 */
export function openPool(workers?: number): void {
  if (pool !== undefined) return
  const { count, remote } = threadLimit()
  if (remote !== 'shared') return
  const opened = new Pool(workerUrl)
  try {
    opened.start(workers ?? count - 1)
    pool = opened
  } catch (error) {
    missing = `workers cannot start here: ${String(error)}`
    void opened.close()
  }
}

/** Lets go of a pool that failed. The next work opens another, if its workers could start. */
function discard(failed: Pool): void {
  if (failed.ready === 0) missing = `workers cannot start here: ${failed.failure}`
  pool = undefined
  void failed.close()
}

/** The pool for boxes. It computes on the calling thread where no worker can start. */
export function poolForBoxes(): BoxPool {
  boxPool ??= new BoxPool(
    missing === undefined ? (listener) => startWorker(workerUrl, listener) : localWorker,
    budget,
  )
  countAlso(() => boxPool?.bytes ?? 0)
  return boxPool
}

/** No worker can start. Later boxes are computed on the calling thread. */
export function giveUpWorkers(why: string): void {
  missing = `workers cannot start here: ${why}`
  void boxPool?.close()
  boxPool = undefined
}

/** Changes the settings that are given. Workers that run end, and start again with the new ones. */
export function configureThreads(change: ThreadConfiguration): void {
  configured = change.threads ?? configured
  workerUrl = change.workerUrl ?? workerUrl
  void closePool()
}

/** The workers let go of a program. */
export function releaseProgram(id: number): void {
  pool?.release(id)
}

/** The workers that compute boxes let go of a program. */
export function releaseBoxProgram(id: number): void {
  boxPool?.release(id)
}

/** Ends all workers. Resolves when they are gone. The next work may open another pool. */
export async function closePool(): Promise<void> {
  const closing = [pool, boxPool]
  pool = undefined
  boxPool = undefined
  missing = undefined
  spent = 0
  await Promise.all(closing.map((open) => open?.close()))
}
