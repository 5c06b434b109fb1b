/**
 * A process of its own for one run: how much of the library's WebAssembly memory is in use
 * afterwards that was free before? Started by memory.ts; answers with a message.
 */

import process from 'node:process'
import { type NdArray, planCase, zeros } from 'stridefold/sync'
import { problem } from '../measure/problem.ts'

/** Smallest piece that is looked for. */
const piece = 4096

/** Bytes of the library's memory that are in use: its size, less what can be had of it before it has to grow. */
function usedBytes(): number {
  const one = (): NdArray => zeros([piece], 'uint8', { memory: 'backend' })
  const taken = [one()]
  const size = taken[0]!.data.buffer.byteLength
  while (taken.at(-1)!.data.buffer.byteLength === size) taken.push(one())
  for (const x of taken) x.release?.()
  return size - (taken.length - 1) * piece
}

const [, , text = '', algorithm = ''] = process.argv
const p = problem(text)
const before = usedBytes()
const plan = planCase(text, { algorithm })
plan.runSync(p.x, p.k)
const used = usedBytes() - before
plan.dispose()
process.send?.(used, () => process.exit(0))
