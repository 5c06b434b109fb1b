/**
 * How long does Node's event loop wait while eight images of 12 megapixels are filtered at once?
 * Runs in a process of its own, and prints what it found as JSON.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { correlate, kernels, ndarray } from 'stridefold'

const [height, width] = [3000, 4000]
const images = Array.from({ length: 8 }, (_, n) => {
  const data = new Float32Array(height * width)
  for (let i = 0; i < data.length; i++) data[i] = ((i * 7 + n) % 31) / 8 - 2
  return ndarray(data, [height, width])
})
const kernel = kernels.gaussian({ size: 15, sigma: 2.5 })

interface Process {
  /** Processor time of this thread in microseconds. Since Node 23.9. */
  threadCpuUsage?(): { readonly user: number; readonly system: number }
}

/** Processor time of this thread, in milliseconds: other processes do not change it. */
const cpuTime = (): number => {
  const { user, system } = (process as Process).threadCpuUsage?.() ?? { user: NaN, system: NaN }
  return (user + system) / 1e3
}

/** Delays of the event loop while `work` runs, and the processor time of its turns, in ms. */
async function delaysWhile(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  const turns: number[] = []
  let last = cpuTime()
  let isOver = false
  const onTurn = (): void => {
    const now = cpuTime()
    turns.push(now - last)
    last = now
    if (!isOver) setImmediate(onTurn)
  }
  setImmediate(onTurn)
  const start = performance.now()
  monitor.enable()
  await work()
  monitor.disable()
  isOver = true
  turns.sort((a, b) => a - b)
  const delay = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1)
  return {
    took: performance.now() - start,
    ...{ p50: delay(monitor.percentile(50)), p99: delay(monitor.percentile(99)) },
    longest: delay(monitor.max),
    ...(Number.isNaN(last) ? {} : { longestCpu: turns.at(-1)! }),
  }
}

const filterAll = (): Promise<unknown> =>
  Promise.all(images.map((image) => correlate(image, kernel, { boundary: 'reflect' })))
const first = await delaysWhile(filterAll)
await new Promise((resolve) => setTimeout(resolve, 200))
const later = await delaysWhile(filterAll)
process.stdout.write(JSON.stringify({ first, later }))
