/** Gives back everything that the library keeps. */

import { backends } from '../backends/list.ts'
import { forgetAll } from './state.ts'
import { untilIdle } from './turns.ts'

/**
 * Waits for the calls that run, then gives back everything that the library keeps: plans, compiled
 * modules, packed weights and the memories of its backends. Use it before a page or a worker that
 * stays open goes on without convolutions, and in tests that look for leaks.
 *
 * The library can be used again at once: the next call opens it anew, which takes a few
 * milliseconds. Plans that are still held run again. Arrays in backend memory stay readable, and
 * count as ordinary ones: calls copy them. Their memory is freed with the last of them.
 *
 * @example
 * await close()
 */
export async function close(): Promise<void> {
  await untilIdle()
  forgetAll()
  for (const backend of backends) backend.close()
}
