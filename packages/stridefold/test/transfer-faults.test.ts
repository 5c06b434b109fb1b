/**
 * What if a worker fails that shares no memory? The run must be rejected with the reason, never
 * hang, and the next one must work. The programs here are modules that fail on purpose.
 */

import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FunctionBody } from '../src/backends/wasm/assembler/body.ts'
import { ModuleBuilder } from '../src/backends/wasm/assembler/module.ts'
import type { BoxBuffer, BoxProgramMessage } from '../src/backends/wasm/threads/box-messages.ts'
import { BoxPool, type BoxTask } from '../src/backends/wasm/threads/box-pool.ts'
import { localWorker, startWorker, type WorkerHandle } from '../src/backends/wasm/threads/host.ts'
import type { Boxes } from '../src/program/backend.ts'

const buffer = (role: string, offset: number, bytes: number): BoxBuffer => ({
  ...{ name: role, role, offset, bytes, isPrivate: false, elementOffset: 0 },
  ...{ bytesPerElement: 4, values: undefined },
})
let programs = 0

/** A program that reads one word and writes one: its function gets both addresses. */
function programOf(
  write: (f: FunctionBody, self: number) => void,
  arenaBytes = 256,
): BoxProgramMessage {
  const builder = new ModuleBuilder({ initial: 1, maximum: 65536, shared: false })
  builder.func(['i32', 'i32', 'i32', 'i32'], [], (f) => write(f, 0), 's0')
  return {
    ...{ kind: 'box program', id: ++programs, module: builder.build() },
    stages: [{ entry: 's0', items: 1, prepare: false, buffers: [0, 1] }],
    buffers: [buffer('input', 0, 4), buffer('output', 64, 4)],
    ...{ arenaBytes, privateBytes: 0 },
  }
}

const taskOf = (program: BoxProgramMessage): BoxTask => ({
  ...{ program, version: 1, bias: undefined },
  weights: async () => ({
    ...{ kind: 'box weights', id: program.id, kernel: new ArrayBuffer(0), constants: [] },
  }),
})

/** Adds one. */
const adding = taskOf(
  programOf((f) => {
    f.get(3).get(2).mem('i32.load').i32(1).op('i32.add').mem('i32.store')
  }),
)
const trapping = taskOf(programOf((f) => f.op('unreachable')))
const recursing = taskOf(programOf((f, self) => f.get(0).get(1).get(2).get(3).call(self)))
const endless = taskOf(programOf((f) => f.loop((again) => f.br(again))))
const large = taskOf(programOf((f) => f.op('unreachable'), 2 ** 24))

/** Boxes of one word: 10, 11, …  */
function words(count = 20): Boxes & { readonly results: number[] } {
  const results: number[] = []
  return {
    ...{ count, inputBytes: 4, outputBytes: 4, results },
    offsets: () => ({ input: 0, output: 0 }),
    *copyIn(i, to) {
      new Int32Array(to)[0] = 10 + i
      yield
    },
    *copyOut(i, from) {
      results[i] = new Int32Array(from)[0]!
      yield
    },
  }
}

interface Opened {
  readonly pool: BoxPool
  readonly handles: WorkerHandle[]
}

function openPool(mostBytes = Infinity): Opened {
  const handles: WorkerHandle[] = []
  const pool = new BoxPool(
    (listener) => {
      const handle = startWorker(undefined, listener)
      handles.push(handle)
      return handle
    },
    () => mostBytes,
  )
  onTestFinished(() => pool.close())
  return { pool, handles }
}

async function expectItAdds(pool: BoxPool): Promise<void> {
  const boxes = words()
  expect(await pool.run(adding, boxes, 2, undefined)).toBe(false)
  expect(boxes.results).toEqual(Array.from({ length: 20 }, (_, i) => 11 + i))
}

test.each([
  ['throws', trapping, /unreachable/],
  ['has no stack left', recursing, /stack/],
])('a worker that %s rejects the run, and the next one works', async (_, task, message) => {
  const { pool } = openPool()
  await expectItAdds(pool)
  await expect(pool.run(task, words(), 2, undefined)).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringMatching(message),
  })
  await expectItAdds(pool)
})

test('a worker that is killed rejects the run, and the next one works', async () => {
  const { pool, handles } = openPool()
  await expectItAdds(pool)
  const run = pool.run(endless, words(), 2, undefined)
  setTimeout(() => void handles[1]!.terminate(), 30)
  await expect(run).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  await expectItAdds(pool)
  // Both were ended: one by the test, the other because it did not end its box.
  expect(handles).toHaveLength(4)
})

test('a worker that may not have the memory says so', async () => {
  const { pool } = openPool(2 ** 22)
  await expect(pool.run(large, words(), 2, undefined)).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringMatching(/memoryBytes/),
  })
  await expectItAdds(pool)
  expect(pool.bytes).toBeGreaterThanOrEqual(2 ** 20)
  expect(pool.bytes).toBeLessThan(2 ** 22)
})

test('a run that is open when the pool closes is rejected', async () => {
  const { pool } = openPool()
  const run = pool.run(endless, words(), 2, undefined)
  setTimeout(() => void pool.close(), 50)
  await expect(run).rejects.toMatchObject({ code: 'WORKER_FAILED' })
})

test('an error of the caller reaches the caller as it is', async () => {
  const { pool } = openPool()
  const error = new RangeError('from the caller')
  const boxes: Boxes = {
    ...words(),
    // biome-ignore lint/correctness/useYield: it fails before its first piece.
    *copyOut() {
      throw error
    },
  }
  await expect(pool.run(adding, boxes, 2, undefined)).rejects.toBe(error)
  await expectItAdds(pool)
})

describe('an aborted run', () => {
  test('ends, and its workers go on', async () => {
    const { pool, handles } = openPool()
    await expectItAdds(pool)
    const controller = new AbortController()
    const boxes = words(1000)
    const copyOut = boxes.copyOut
    boxes.copyOut = (i, from) => {
      if (i === 100) controller.abort(new Error('enough'))
      return copyOut(i, from)
    }
    await expect(pool.run(adding, boxes, 2, controller.signal)).rejects.toThrow('enough')
    expect(boxes.results.length).toBeLessThan(110)
    await expectItAdds(pool)
    expect(handles).toHaveLength(2)
  })

  test('ends within 100 ms even in an endless box', async () => {
    const { pool } = openPool()
    await expectItAdds(pool)
    const times: number[] = []
    // A machine with other work may take longer once, but not always.
    while (Math.min(...times) >= 500 && times.length < 5) {
      const controller = new AbortController()
      const run = pool.run(endless, words(), 2, controller.signal)
      run.catch(() => undefined)
      await sleep(30)
      const start = performance.now()
      controller.abort(new Error('enough'))
      await expect(run).rejects.toThrow('enough')
      times.push(performance.now() - start)
      await expectItAdds(pool)
    }
    expect(Math.min(...times)).toBeLessThan(500)
  })
})

test('where no worker starts, the run says why, and the caller can take its place', async () => {
  const pool = new BoxPool(
    (listener) => {
      setTimeout(() => listener.onEnd('forbidden'), 5)
      return { post() {}, hold() {}, async terminate() {} }
    },
    () => Infinity,
  )
  expect(await pool.run(adding, words(), 2, undefined)).toBe('forbidden')
  // Some engines throw at once.
  const throwing = new BoxPool(
    () => {
      throw new Error('forbidden')
    },
    () => Infinity,
  )
  expect(await throwing.run(adding, words(), 2, undefined)).toBe('Error: forbidden')
  const caller = new BoxPool(localWorker, () => Infinity)
  await expectItAdds(caller)
})

test('closed pools leave no thread', async () => {
  const threads = (): number => readdirSync('/proc/self/task').length
  const before = threads()
  for (let i = 0; i < 20; i++) {
    const { pool } = openPool()
    await expectItAdds(pool)
    await pool.close()
  }
  expect(threads()).toBeLessThanOrEqual(before + 1)
})
