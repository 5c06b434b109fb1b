// Jest resolves `require` by itself, and takes the CommonJS build.

const { correlate } = require('stridefold')
const sync = require('stridefold/sync')
const { writeNpy, readNpy } = require('stridefold/npy')

test('both entry points compute', async () => {
  const y = await correlate([1, 2, 3, 4], [1, 1], { mode: 'valid' })
  expect([...y.data]).toEqual([3, 5, 7])
  const z = sync.correlate([1, 2, 3, 4], [1, 1], { mode: 'valid' })
  expect([...readNpy(writeNpy(z)).data]).toEqual([3, 5, 7])
})
