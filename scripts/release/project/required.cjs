// Node from 20.19 reads the ES modules with require, and so has one runtime in a process.

const assert = require('node:assert/strict')
const { correlate, correlateSync } = require('stridefold')
const sync = require('stridefold/sync')

assert.equal(sync.correlate, correlateSync)
assert.deepEqual(
  [...sync.correlate([1, 2, 3, 4], [1, 1], { mode: 'valid', dtype: 'int32' }).data],
  [3, 5, 7],
)
import('stridefold').then(async (imported) => {
  assert.equal(imported.correlate, correlate)
  const y = await correlate([1, 2, 3, 4], [1, 1], { mode: 'valid' })
  assert.deepEqual([...y.data], [3, 5, 7])
  console.log('required')
})
