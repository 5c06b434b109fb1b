/**
 * What every engine must print: [1 2 3; 4 5 6; 7 8 9] under [1 2; 3 4], by hand 1·1 + 2·2 + 4·3 +
 * 5·4 = 37 and so on; and once more by each entry point.
 */

import assert from 'node:assert/strict'
import { conv2d, correlate, toNested } from 'stridefold'
import { planBoxes } from 'stridefold/boxes'
import { readNpy, writeNpy } from 'stridefold/npy'
import * as sync from 'stridefold/sync'
import { definition } from 'stridefold/verify'

const x = sync.ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [3, 3])
const k = sync.ndarray(Float32Array.of(1, 2, 3, 4), [2, 2])
const [x4, k4] = [sync.reshape(x, [1, 1, 3, 3]), sync.reshape(k, [1, 1, 2, 2])]
const expected = [
  [37, 47],
  [67, 77],
]
const valid = { mode: 'valid' }

assert.deepEqual(toNested(await correlate(x, k, valid)), expected)
assert.deepEqual(toNested(sync.correlate(x, k, valid)), expected)
assert.deepEqual(toNested(await conv2d(x4, k4)), [[expected]])
assert.deepEqual(toNested(readNpy(writeNpy(sync.correlate(x, k, valid)))), expected)
const { values } = definition(sync.parseCase('3x3 * 2x2'), { input: x4, kernel: k4 })
assert.deepEqual([...values], expected.flat())
const boxes = await planBoxes('correlate', [3, 3], k, valid)
const box = [
  [0, 2],
  [0, 2],
]
assert.deepEqual([...(await boxes.run(box, x.data)).data], expected.flat())
console.log('results')
