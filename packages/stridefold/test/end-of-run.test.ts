/**
 * When may the next run begin? As soon as the last one can be seen to be over, which may be before
 * the thread that ended it has done anything more. So that thread must write nothing more then.
 */

import { afterEach, expect, test, vi } from 'vitest'
import { isOpen, newControl, SEQUENCE } from '../src/backends/wasm/threads/control.ts'
import {
  awaitChange,
  beginRun,
  type SharedStages,
  takeChunks,
} from '../src/backends/wasm/threads/share.ts'

const isShared = typeof SharedArrayBuffer === 'function'
const load = Atomics.load

afterEach(() => void vi.restoreAllMocks())

/** Calls `onWrite` after each write to shared words. */
function watchWrites(onWrite: () => void): void {
  for (const name of ['store', 'add', 'sub', 'or', 'and', 'exchange', 'compareExchange'] as const) {
    const original = Atomics[name] as (...given: unknown[]) => unknown
    vi.spyOn(Atomics, name).mockImplementation(((...given: unknown[]) => {
      const result = original(...given)
      onWrite()
      return result
    }) as never)
  }
}

const run = (stages: number, threads: number) =>
  ({ program: 1, first: 0, end: stages, threads, isRemote: true }) as const

function stagesOf(items: readonly number[], computed: number[]): SharedStages {
  return {
    items,
    groupEnds: items.map((_, stage) => stage + 1),
    run: (stage, first, end) => {
      computed[stage] = (computed[stage] ?? 0) + end - first
    },
    onOver: () => undefined,
  }
}

test.skipIf(!isShared).each([
  [[5], 1],
  [[5, 0, 3], 2],
  [[100, 1], 3],
  [[0], 2],
])('items %j, threads %i: nothing is written after the end', (items, threads) => {
  const control = newControl()
  const computed: number[] = []
  const stages = stagesOf(items, computed)
  let writes = 0
  watchWrites(() => {
    if (!isOpen(load(control, SEQUENCE))) writes++
  })
  for (let repeat = 0; repeat < 3; repeat++) {
    computed.length = 0
    beginRun(control, run(items.length, threads), stages)
    writes = isOpen(load(control, SEQUENCE)) ? 0 : 1
    while (isOpen(load(control, SEQUENCE))) takeChunks(control, 1, load(control, SEQUENCE), stages)
    expect(items.map((_, stage) => computed[stage] ?? 0)).toEqual(items)
    // The write that ends the run, and the state of the thread, which is its own.
    expect(writes).toBeLessThanOrEqual(2)
  }
})

test.skipIf(!isShared)('a run that begins as soon as the last one is over loses nothing', () => {
  const control = newControl()
  const computed: number[] = []
  const stages = stagesOf([4, 4], computed)
  let begun = 1
  let isBeginning = false
  // The next run begins in the middle of the end of the last one, as another thread would.
  watchWrites(() => {
    if (isBeginning || isOpen(load(control, SEQUENCE)) || begun === 20) return
    begun++
    isBeginning = true
    beginRun(control, run(2, 2), stages)
    isBeginning = false
  })
  isBeginning = true
  beginRun(control, run(2, 2), stages)
  isBeginning = false
  for (let turn = 0; turn < 1000 && isOpen(load(control, SEQUENCE)); turn++)
    takeChunks(control, 1, load(control, SEQUENCE), stages)
  expect(begun).toBe(20)
  expect(isOpen(load(control, SEQUENCE))).toBe(false)
  expect(computed).toEqual([80, 80])
  expect(awaitChange(control, -1)).toBe(true)
})
