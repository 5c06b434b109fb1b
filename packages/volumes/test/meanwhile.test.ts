/**
 * A .npy file gets its name when it is whole. Here another copy of its job ends between any two
 * calls of the file system that a run makes. Neither may fail, and the result is whole.
 */

import fs from 'node:fs/promises'
import { join } from 'node:path'
import { correlate, kernelByName } from 'stridefold'
import { expect, onTestFinished, test } from 'vitest'
import { type Job, jobStatus, planJob, runJob } from '../src/index.ts'
import { bitsOf, putVolume, randomArray, samplesOf, temporaryFolder } from './helpers/arrays.ts'

const names = ['access', 'lstat', 'mkdir', 'open', 'readFile', 'rename', 'rm', 'stat'] as const

/** A file system that does something else before one call on a path, and counts the calls. */
class Meanwhile {
  calls = 0
  readonly #path: string
  readonly #before: number
  readonly #work: () => Promise<unknown>
  #isWorking = false

  constructor(path: string, before: number, work: () => Promise<unknown>) {
    this.#path = path
    this.#before = before
    this.#work = work
  }

  /** Returns a function that brings the real file system back. */
  install(): () => void {
    const real = names.map((name) => [name, fs[name]] as const)
    for (const [name, call] of real) {
      const watched = async (...args: readonly unknown[]): Promise<unknown> => {
        if (args.some((arg) => typeof arg === 'string' && arg.startsWith(this.#path)))
          await this.#call()
        const result = await (call as (...args: readonly unknown[]) => Promise<unknown>)(...args)
        return name === 'open' ? this.#watchWrites(result as fs.FileHandle) : result
      }
      Object.assign(fs, { [name]: watched })
    }
    return () => Object.assign(fs, Object.fromEntries(real))
  }

  #watchWrites(file: fs.FileHandle): fs.FileHandle {
    const write = file.write.bind(file) as (...args: readonly unknown[]) => Promise<unknown>
    const watched = async (...args: readonly unknown[]): Promise<unknown> => {
      await this.#call()
      return write(...args)
    }
    return Object.assign(file, { write: watched })
  }

  async #call(): Promise<void> {
    if (this.#isWorking) return
    if (this.calls++ !== this.#before) return
    this.#isWorking = true
    await this.#work()
    this.#isWorking = false
  }
}

interface Planned {
  readonly job: Job
  readonly whole: Uint8Array
}

async function planned(): Promise<Planned> {
  const folder = temporaryFolder()
  const x = randomArray([12, 9], 'float32', 1)
  await putVolume(join(folder, 'in.zarr'), x, [12, 9])
  const options = { chunks: [4, 9], box: [1, 1] } as const
  const job = await planJob(join(folder, 'in.zarr'), 'box:size=3', join(folder, 'out.npy'), options)
  const { algorithm } = job.plan
  return { job, whole: bitsOf(await correlate(x, kernelByName('box:size=3'), { algorithm })) }
}

/** Runs `work` once for each of its calls, while `other` runs before that call. */
async function atEachCall(
  work: (job: Job) => Promise<{ readonly isWhole: boolean }>,
  other: (job: Job) => Promise<unknown>,
  mayBeUnfinished = false,
): Promise<number> {
  let restore = (): void => {}
  onTestFinished(() => restore())
  for (let before = 0; ; before++) {
    const { job, whole } = await planned()
    const meanwhile = new Meanwhile(job.result.address, before, () => other(job))
    restore = meanwhile.install()
    const { isWhole } = await work(job)
    restore()
    if (meanwhile.calls <= before) return before
    if (!mayBeUnfinished) expect(isWhole, `before call ${before}`).toBe(true)
    expect(await runJob(job)).toMatchObject({ computed: 0, skipped: 3, isWhole: true })
    expect((await jobStatus(job)).isWhole).toBe(true)
    expect(Buffer.compare(bitsOf(await samplesOf(job.result.address)), whole)).toBe(0)
  }
}

test('another copy runs before any call', async () => {
  const calls = await atEachCall(runJob, runJob)
  expect(calls).toBeGreaterThan(10)
})

test('a copy ends while its status is read', async () => {
  const calls = await atEachCall(jobStatus, runJob, true)
  expect(calls).toBeGreaterThan(0)
})

test('its status is read at any moment', async () => {
  await atEachCall(runJob, async (job) => {
    const { boxes } = await jobStatus(job)
    expect(boxes.done + boxes.missing).toBe(3)
  })
})
