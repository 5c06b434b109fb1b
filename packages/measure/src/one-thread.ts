/**
 * Times code that runs on one thread, also on a busy machine.
 */

import process from 'node:process'

/**
 * Milliseconds of `calls` calls: the elapsed time, or the processor time of this process if that is
 * shorter, as where another program had the processor in between.
 */
export function timeOnOneThread(run: () => unknown, calls: number): number {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  for (let i = 0; i < calls; i++) run()
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const used = (user + system) / 1000
  // Some systems count processor time in coarse steps: a short sample then reads 0.
  return used > 0 ? Math.min(elapsed, used) : elapsed
}
