/** Do several threads start, and give the bits of one? Counts the workers that the engine makes. */

import assert from 'node:assert/strict'
import process from 'node:process'
import { correlate, ndarray } from 'stridefold'

let started = 0
const threads = process.getBuiltinModule('node:worker_threads')
const { Worker } = threads
threads.Worker = class extends Worker {
  constructor(...given) {
    super(...given)
    started++
  }
}
const size = 1500
const x = ndarray(
  Float32Array.from({ length: size * size }, (_, i) => (i * 2654435761) % 1021),
  [size, size],
)
const k = ndarray(
  Float32Array.from({ length: 121 }, (_, i) => (i * 40503) % 97),
  [11, 11],
)
const options = { algorithm: 'strided', boundary: 'reflect' }
const alone = await correlate(x, k, { ...options, threads: 1 })
for (let run = 0; run < 3; run++) {
  const shared = await correlate(x, k, { ...options, threads: 3 })
  assert.deepEqual(new Uint8Array(shared.data.buffer), new Uint8Array(alone.data.buffer))
}
assert.ok(started >= 2, `${started} workers started`)
console.log('threads')
