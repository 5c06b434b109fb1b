/**
 * What if a worker fails in the middle of a run? The run must be rejected with the reason, never
 * hang, and the next one must work. The programs here are modules that fail on purpose.
 */

import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FunctionBody } from '../src/backends/wasm/assembler/body.ts'
import { ModuleBuilder } from '../src/backends/wasm/assembler/module.ts'
import type { ProgramMessage } from '../src/backends/wasm/threads/messages.ts'
import { Pool } from '../src/backends/wasm/threads/pool.ts'
import type { Run, SharedStages } from '../src/backends/wasm/threads/share.ts'

const items = 64
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
const words = new Int32Array(memory.buffer)
let programs = 0

/** A program of one stage, whose function has this body on the workers. */
function programOf(write: (f: FunctionBody, self: number) => void): ProgramMessage {
  const builder = new ModuleBuilder({ initial: 1, maximum: 1, shared: true })
  builder.func(['i32', 'i32'], [], (f) => write(f, 0), 's0')
  return {
    ...{ kind: 'program', id: ++programs, memory, threads: 8, addressCount: 0 },
    module: new WebAssembly.Module(builder.build()),
    stages: [{ entry: 's0', items, groupEnd: 1, start: 0, count: 0 }],
    addresses: new Int32Array(new SharedArrayBuffer(0)),
  }
}

/** Counts its grid items in the first word of the memory. */
const counting = programOf((f) => {
  f.block((done) => {
    f.loop((again) => {
      f.get(0).get(1).op('i32.ge_s').brIf(done)
      // Only one worker runs it at a time here.
      f.i32(0).i32(0).mem('i32.load').i32(1).op('i32.add').mem('i32.store')
      f.get(0).i32(1).op('i32.add').set(0).br(again)
    })
  })
})
const trapping = programOf((f) => f.op('unreachable'))
const recursing = programOf((f, self) => f.get(0).get(1).call(self))
const endless = programOf((f) => f.loop((again) => f.br(again)))

/** The part of the caller: slow, so that workers take chunks. */
const slowly = (
  run: SharedStages['run'] = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3),
): SharedStages => ({ items: [items], groupEnds: [1], run, onOver() {} })

const runOf = ({ id }: ProgramMessage, threads: number, isRemote: boolean): Run => ({
  ...{ program: id, first: 0, end: 1, threads, isRemote },
})

async function openPool(workers: number): Promise<Pool> {
  const pool = new Pool(undefined)
  onTestFinished(() => pool.close())
  pool.start(workers)
  while (pool.ready < workers) await sleep(2)
  return pool
}

/** Runs the counting program: all items, on one worker. */
async function expectItCounts(pool: Pool): Promise<void> {
  words[0] = 0
  pool.load(counting)
  await pool.runLater(runOf(counting, 1, true), slowly(), undefined)
  expect(words[0]).toBe(items)
}

const failures = [
  ['throws', trapping, /unreachable/],
  ['has no stack left', recursing, /stack/],
] as const

describe.each(failures)('a worker that %s', (_, program, message) => {
  test('while the caller blocks', async () => {
    const pool = await openPool(1)
    pool.load(program)
    expect(() => pool.run(runOf(program, 2, false), slowly())).toThrow(message)
    await expectItCounts(pool)
  })

  test('while the event loop goes on', async () => {
    const pool = await openPool(2)
    pool.load(program)
    const run = pool.runLater(runOf(program, 2, true), slowly(), undefined)
    await expect(run).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(message),
    })
    await expectItCounts(pool)
  })
})

describe('a worker that is killed', () => {
  test('while the caller blocks', async () => {
    let fault: unknown
    // On a busy machine the worker may begin later. Then the caller computes all, and waits longer.
    for (let wait = 50; fault === undefined && wait < 10_000; wait *= 2) {
      const pool = await openPool(1)
      pool.load(endless)
      let begun = false
      const stages = slowly(() => {
        // The worker is in an endless loop by then. Nothing tells the caller, which never returns.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait)
        if (!begun) void pool.close()
        begun = true
      })
      try {
        pool.run(runOf(endless, 2, false), stages)
      } catch (error) {
        fault = error
        expect(pool.failure).toBeDefined()
      }
    }
    expect(String(fault)).toMatch(/failed/)
  })

  test('while the event loop goes on', async () => {
    const pool = await openPool(2)
    pool.load(endless)
    const run = pool.runLater(runOf(endless, 2, true), slowly(), undefined)
    setTimeout(() => void pool.close(), 50)
    await expect(run).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  })
})

test('an error of the caller reaches the caller as it is', async () => {
  const pool = await openPool(1)
  pool.load(counting)
  const error = new RangeError('from the caller')
  const stages = slowly(() => {
    throw error
  })
  expect(() => pool.run(runOf(counting, 2, false), stages)).toThrow(error)
  await expectItCounts(pool)
})

describe('an aborted run', () => {
  test('ends after the chunks in progress, and the pool goes on', async () => {
    const pool = await openPool(1)
    pool.load(counting)
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    const run = pool.runLater(runOf(counting, 1, true), slowly(), controller.signal)
    await expect(run).rejects.toThrow('enough')
    await expectItCounts(pool)
  })

  test('ends within 100 ms even in an endless chunk', async () => {
    const times: number[] = []
    // A machine with other work may take longer once, but not always.
    while (Math.min(...times) >= 500 && times.length < 5) {
      const pool = await openPool(2)
      pool.load(endless)
      const controller = new AbortController()
      const run = pool.runLater(runOf(endless, 2, true), slowly(), controller.signal)
      run.catch(() => undefined)
      await sleep(30)
      const start = performance.now()
      controller.abort(new Error('enough'))
      await expect(run).rejects.toThrow('enough')
      times.push(performance.now() - start)
      expect(pool.failure).toBeDefined()
    }
    expect(Math.min(...times)).toBeLessThan(500)
  })
})

test('1,000 pools leave no thread', async () => {
  const threads = (): number => readdirSync('/proc/self/task').length
  const before = threads()
  for (let batch = 0; batch < 50; batch++) {
    const pools = Array.from({ length: 20 }, () => new Pool(undefined))
    for (const pool of pools) pool.start(1)
    await Promise.all(pools.map((pool) => pool.close()))
  }
  expect(threads()).toBeLessThanOrEqual(before + 1)
})
