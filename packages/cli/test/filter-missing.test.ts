/** `filter --missing nan` and `--boundary missing`: arrays with holes, and what is refused. */

import { expect, test } from 'vitest'
import { readNpy, writeNpy } from '../src/npy.ts'
import { world } from './helpers/world.ts'

const holes = writeNpy(Float32Array.of(1, NaN, 3, NaN, NaN, NaN, 9), [7])

test('the mean of the others under the kernel stands for a missing sample', async () => {
  const w = world()
  w.put('in.npy', holes)
  const result = async (...args: string[]): Promise<number[]> => {
    const { code, stderr } = await w.run([
      ...['filter', 'in.npy', '-k', '1 1 1', '-o', 'out.npy', '--force', ...args],
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'The kernel is 1×3.\n' })
    return [...readNpy(w.bytes('out.npy'), 'out.npy').data]
  }
  const missing = ['--missing', 'nan', '--boundary', 'missing']
  expect(await result(...missing)).toEqual([3, 6, 9, 9, NaN, 27, 27])
  expect(await result(...missing, '--minimum-present', '0.5')).toEqual([
    ...[NaN, 6, NaN, NaN, NaN, NaN, NaN],
  ])
  expect(await result('--missing', 'nan', '--boundary', 'edge')).toEqual([
    ...[3, 6, 9, 9, NaN, 27, 27],
  ])
})

test('input without NaN is refused', async () => {
  const w = world()
  w.put('bytes.npy', writeNpy(Uint8Array.of(1, 2, 3), [3]))
  w.put('image.pgm', Buffer.from('P5 2 2 255\n....'))
  for (const [name, what] of [
    ['bytes.npy', 'integers'],
    ['image.pgm', 'samples of 8 bits'],
  ] as const) {
    const args = ['filter', name, '-k', 'box', '-o', 'out.npy', '--missing', 'nan']
    const { code, stderr } = await w.run(args)
    expect(code).toBe(2)
    expect(stderr).toContain(`--missing nan: ${name} holds ${what}, which has no NaN.`)
  }
  const { code, stderr } = await w.run([
    ...['filter', 'bytes.npy', '-k', '1 1', '-o', 'out.npy', '--missing', 'zero'],
  ])
  expect(code).toBe(2)
  expect(stderr).toContain('Allowed choices are nan, nodata.')
})

test('an image has no dark rim with the border missing', async () => {
  const w = world()
  w.put('image.pgm', Buffer.from('P5 3 2 255\nZZZZZZ'))
  const { code } = await w.run([
    ...['filter', 'image.pgm', '-k', 'box:size=3', '-o', 'out.pgm', '--boundary', 'missing'],
  ])
  expect(code).toBe(0)
  expect([...w.bytes('out.pgm')].slice(-6)).toEqual([90, 90, 90, 90, 90, 90])
})
