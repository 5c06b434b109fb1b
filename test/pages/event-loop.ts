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

/** Delays of the event loop while `work` runs, in milliseconds. */
async function delaysWhile(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  const start = performance.now()
  monitor.enable()
  await work()
  monitor.disable()
  const delay = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1)
  return {
    took: performance.now() - start,
    ...{ p50: delay(monitor.percentile(50)), p99: delay(monitor.percentile(99)) },
    longest: delay(monitor.max),
  }
}

const filterAll = (): Promise<unknown> =>
  Promise.all(images.map((image) => correlate(image, kernel, { boundary: 'reflect' })))
const first = await delaysWhile(filterAll)
await new Promise((resolve) => setTimeout(resolve, 200))
const later = await delaysWhile(filterAll)
process.stdout.write(JSON.stringify({ first, later }))
