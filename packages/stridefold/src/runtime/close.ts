/** Gives back everything that the library keeps. */

import { allBackends } from './backends.ts'
import { forgetAll, kept } from './state.ts'
import { whenIdle } from './turns.ts'

/**
 * Gives back everything that the library keeps, after the calls that run: plans, compiled modules,
 * packed weights, the memories of its backends, and what was measured (`saveTuning` keeps it).
 * Returns a promise that resolves then. Use it before a page or a worker that stays open goes on
 * without convolutions, and in tests that look for leaks.
 *
 * The library can be used again at once: the next call opens it anew, which takes a few
 * milliseconds. Plans that are still held run again. Arrays in backend memory stay readable, and
 * count as ordinary ones: calls copy them. Their memory is freed with the last of them. Never
 * rejects.
 *
 * @example
 * await close() // undefined
 */
export function close(): Promise<void> {
  const waiting = closing.get()
  waiting.promise ??= whenIdle(() => {
    const backends = allBackends()
    forgetAll()
    return Promise.all(backends.map((backend) => backend.close()))
  })
  return waiting.promise
}

/** The promise of a `close()` that waits for calls. Later calls of `close()` share it. */
const closing = kept(() => ({ promise: undefined as Promise<void> | undefined }))
