/** The packages beside the library: a filter over a file, and the check of a measurement. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { check } from '@stridefold/measure'
import { filterVolume, openVolume } from '@stridefold/volumes'
import { writeNpy } from 'stridefold/npy'
import { correlate, ndarray } from 'stridefold/sync'

const x = ndarray(
  Float32Array.from({ length: 24 * 24 * 24 }, (_, i) => i % 17),
  [24, 24, 24],
)
writeFileSync('in.npy', writeNpy(x))
const { isWhole } = await filterVolume('in.npy', 'gaussian:sigma=1', 'out.npy', {
  memoryLimit: 256 * 2 ** 20,
})
assert.equal(isWhole, true)
const result = await openVolume('out.npy')
assert.deepEqual([...result.shape], [24, 24, 24])
assert.equal(typeof check, 'function')
assert.equal(correlate([1, 2], [1]).data.length, 2)
console.log('volumes')
