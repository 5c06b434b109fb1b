/**
 * How much of a core does a stream take, and how long is its longest call? `npm run bench:streams`.
 *
 * The work of a stream repeats after the largest block. So the time of each call of such a period
 * is the shortest of many periods, which other processes cannot shorten; the longest of these is
 * the longest call. `all` is the longest time of any call, with everything that the machine did.
 */

import process from 'node:process'
import { createStream } from 'stridefold/sync'

const [rate, block] = [48_000, 128]
/** Calls after which the work repeats: blocks of at most 16384 samples. */
const period = 16_384 / block

const noise = (length: number): Float32Array =>
  Float32Array.from({ length }, () => Math.random() * 2 - 1)

for (const seconds of [0.1, 1, 10, 60]) {
  const taps = rate * seconds
  const shape = [2, taps]
  const kernel = { data: noise(2 * taps), shape }
  const stream = createStream(kernel)
  const samples = [noise(block), noise(block)]
  for (let call = 0; call < 30 * period; call++) stream.process(samples)
  const shortest = new Float64Array(period).fill(Infinity)
  const periods = 60
  let all = 0
  const before = process.cpuUsage()
  for (let call = 0; call < periods * period; call++) {
    const start = performance.now()
    stream.process(samples)
    const time = performance.now() - start
    all = Math.max(all, time)
    shortest[call % period] = Math.min(shortest[call % period]!, time)
  }
  const { user, system } = process.cpuUsage(before)
  const signalSeconds = (periods * period * block) / rate
  const share = ((user + system) / 1e6 / signalSeconds) * 100
  stream.setKernel(kernel)
  stream.process(samples)
  const start = process.cpuUsage().user
  stream.setKernel(kernel)
  const setKernel = (process.cpuUsage().user - start) / 1e3
  console.log(
    `${seconds} s: ${share.toFixed(2)} % of a core, longest call ` +
      `${Math.max(...shortest).toFixed(3)} ms (all: ${all.toFixed(3)}), setKernel ` +
      `${setKernel.toFixed(0)} ms CPU`,
  )
  stream.dispose()
}
