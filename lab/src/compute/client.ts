/**
 * Runs tasks in a worker. Some browsers and some pages refuse workers; the tasks then run on the
 * page, in slices.
 *
 * The worker runs one job at a time. A cancelled job that still waits is dropped. One that runs is
 * given a moment to end, because a new worker has to load the library again.
 */

import type { Running } from './later.ts'
import { runInSlices } from './slices.ts'
import type { TaskName, Tasks } from './tasks.ts'
import type { Answer, Job } from './worker.ts'

interface Waiting extends Job {
  isCancelled: boolean
  take(reply: unknown): void
  refuse(reason: Error): void
}

const graceMs = 500

let worker: Worker | undefined
let isRefused = false
let running: Waiting | undefined
const queue: Waiting[] = []
let jobCount = 0

export function compute<Name extends TaskName>(
  name: Name,
  request: Tasks[Name]['request'],
): Running<Tasks[Name]['reply']> {
  let job: Waiting | undefined
  const result = new Promise<Tasks[Name]['reply']>((resolve, reject) => {
    job = {
      id: jobCount++,
      name,
      request,
      isCancelled: false,
      take: (reply) => resolve(reply as Tasks[Name]['reply']),
      refuse: reject,
    }
    queue.push(job)
    runNext()
  })
  return { result, cancel: () => cancel(job!) }
}

function cancel(job: Waiting): void {
  job.isCancelled = true
  const place = queue.indexOf(job)
  if (place >= 0) queue.splice(place, 1)
  if (running !== job) return
  setTimeout(() => {
    if (running !== job || !worker) return
    worker.terminate()
    worker = undefined
    running = undefined
    runNext()
  }, graceMs)
}

function runNext(): void {
  if (running) return
  const job = queue.shift()
  if (!job) return
  running = job
  if (!isRefused) worker ??= startWorker()
  if (worker) worker.postMessage({ id: job.id, name: job.name, request: job.request })
  else void runOnPage(job)
}

async function runOnPage(job: Waiting): Promise<void> {
  try {
    job.take(await runInSlices(job.name, job.request, () => job.isCancelled))
  } catch (error) {
    job.refuse(error instanceof Error ? error : new Error(String(error)))
  }
  running = undefined
  runNext()
}

/** Undefined if the browser refuses workers. */
function startWorker(): Worker | undefined {
  try {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    started.addEventListener('message', ({ data }: MessageEvent<Answer>) => onAnswer(data))
    // The file of the worker did not load, or a policy forbids it.
    started.addEventListener('error', (event) => {
      event.preventDefault()
      if (started === worker) giveUp()
    })
    return started
  } catch {
    isRefused = true
    return undefined
  }
}

function onAnswer({ id, reply, fault }: Answer): void {
  const job = running
  if (!job || job.id !== id) return
  running = undefined
  if (fault === undefined) job.take(reply)
  else job.refuse(new Error(fault))
  runNext()
}

/** From now on the tasks run on the page. */
function giveUp(): void {
  isRefused = true
  worker?.terminate()
  worker = undefined
  const job = running
  running = undefined
  if (job) queue.unshift(job)
  runNext()
}
