/**
 * Is a process that used threads a good neighbour? It ends by itself, takes no processor time while
 * it waits, and may itself be a worker. The packed library runs in processes of its own.
 */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProject } from './installed.ts'

/** Computes a layer until workers share it, and for a while after that. */
const work = `
import { readdirSync } from 'node:fs'
import { configure, ndarray, plan } from 'stridefold/sync'

const threads = () => readdirSync('/proc/self/task').length
configure({ threads: 3 })
const shape = [1, 32, 96, 96]
const weights = [32, 32, 3, 3]
const values = (shape, seed) => {
  const data = new Float32Array(shape.reduce((n, extent) => n * extent))
  return ndarray(data.map((_, i) => ((i * seed) % 31) / 7 - 2), shape)
}
const [x, k] = [values(shape, 13), values(weights, 5)]
const sums = (threads) => {
  const p = plan('conv2d', shape, weights, { padding: 1, threads }).prepare(k)
  const start = performance.now()
  let y
  do y = p.runSync(x)
  while (performance.now() - start < (threads === 1 ? 0 : 600))
  return y
}
const before = threads()
const alone = sums(1)
const shared = sums('auto')
export const result = {
  started: threads() - before,
  differences: shared.data.filter((v, i) => !Object.is(v, alone.data[i])).length,
}
`

const scripts: Readonly<Record<string, string>> = {
  'work.mjs': work,
  'exit.mjs': `import { result } from './work.mjs'\nconsole.log(JSON.stringify(result))\n`,
  'idle.mjs': `
import { setTimeout as sleep } from 'node:timers/promises'
import './work.mjs'
await sleep(1500)
const start = process.cpuUsage()
await sleep(1000)
const { user, system } = process.cpuUsage(start)
console.log(JSON.stringify({ milliseconds: (user + system) / 1000 }))
`,
  'close.mjs': `
import { readdirSync } from 'node:fs'
import { close } from 'stridefold/sync'
import { result } from './work.mjs'
const before = readdirSync('/proc/self/task').length
await close()
console.log(JSON.stringify({ ended: before - readdirSync('/proc/self/task').length, ...result }))
`,
  'asynchronous.mjs': `
import { configure, conv2d, conv2dSync, zeros } from 'stridefold'
const fill = (x) => {
  x.data.forEach((_, i) => { x.data[i] = ((i * 7) % 31) / 7 - 2 })
  return x
}
configure({ threads: 2 })
const [x, k] = [fill(zeros([1, 64, 112, 112])), fill(zeros([64, 64, 3, 3]))]
const differences = (y, z) => y.data.filter((v, i) => !Object.is(v, z.data[i])).length
const expected = conv2dSync(x, k, { padding: 1 })
let turns = 0
const timer = setInterval(() => turns++, 1)
const results = await Promise.all(Array.from({ length: 10 }, () => conv2d(x, k, { padding: 1 })))
clearInterval(timer)
// A synchronous call while workers compute, with other weights for the same plan.
const other = fill(zeros([64, 64, 3, 3]))
other.data.reverse()
const expectedOther = conv2dSync(x, other, { padding: 1 })
const pending = conv2d(x, k, { padding: 1 })
await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const between = conv2dSync(x, other, { padding: 1 })
results.push(await pending)
const controller = new AbortController()
// Large enough to be under way, even if this thread is not scheduled for a while.
const large = fill(zeros([16, 64, 112, 112]))
const aborted = conv2d(large, k, { padding: 1, signal: controller.signal })
setImmediate(() => setImmediate(() => controller.abort(new Error('enough'))))
const reason = await aborted.then(() => 'none', (error) => error.message)
results.push(await conv2d(x, k, { padding: 1 }))
console.log(JSON.stringify({
  differences: results.reduce((sum, y) => sum + differences(y, expected), 0),
  inBetween: differences(between, expectedOther),
  turns,
  aborted: Number(reason === 'enough'),
}))
`,
  'nested.mjs': `
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
if (isMainThread) {
  new Worker(new URL(import.meta.url)).on('message', (found) => console.log(JSON.stringify(found)))
} else parentPort.postMessage((await import('./work.mjs')).result)
`,
}

let project: Awaited<ReturnType<typeof makeProject>>
beforeAll(async () => {
  project = await makeProject(scripts)
}, 60_000)
afterAll(() => project.remove())

/** What a script printed. Fails if it does not end by itself. */
async function printed(script: string): Promise<Record<string, number>> {
  const run = promisify(execFile)(process.execPath, [join(project.folder, script)], {
    timeout: 20_000,
  })
  return JSON.parse((await run).stdout)
}

describe.skipIf(process.platform !== 'linux')('a process with threads', () => {
  test('ends by itself; its results have the bits of one thread', async () => {
    const { started, differences } = await printed('exit.mjs')
    expect(started).toBeGreaterThanOrEqual(2)
    expect(differences).toBe(0)
  })

  test('has an event loop that goes on while workers compute', async () => {
    const { turns, ...found } = await printed('asynchronous.mjs')
    expect(found).toEqual({ differences: 0, inBetween: 0, aborted: 1 })
    expect(turns).toBeGreaterThan(10)
  })

  test('takes no processor time while it waits', async () => {
    expect((await printed('idle.mjs')).milliseconds).toBeLessThan(20)
  })

  test('has fewer threads after close()', async () => {
    const { ended, started } = await printed('close.mjs')
    expect(ended).toBe(started)
  })

  test('may be a worker', async () => {
    const { started, differences } = await printed('nested.mjs')
    expect(started).toBeGreaterThanOrEqual(2)
    expect(differences).toBe(0)
  })
})
