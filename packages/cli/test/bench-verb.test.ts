/**
 * `stridefold bench`: what it measures is checked first, every algorithm has its line, and two saved runs are compared by their noise.
 */

import { describe, expect, test } from 'vitest'
import { world } from './helpers/world.ts'

describe('bench', () => {
  test('every algorithm has a line or a reason; auto says what it chose', { timeout: 60_000 }, async () => {
    const { code, stdout } = await world().run(['bench', '12x12 * 3x3 same', '--json'])
    expect(code).toBe(0)
    const answer = JSON.parse(stdout.toString())
    expect(answer).toMatchObject({ schemaVersion: 1, verb: 'bench' })
    const text = JSON.stringify(answer)
    for (const name of ['strided', 'im2col', 'naive', 'toeplitz']) expect(text).toContain(`"${name}"`)
    expect(text).toContain('too few channels to sum')
    expect(text).toMatch(/"cores":\d+/)
  })

  test('saved runs are compared', { timeout: 60_000 }, async () => {
    const w = world()
    for (const name of ['a.json', 'b.json']) {
      expect((await w.run(['bench', '8x8 * 3x3', '--algorithm', 'strided', '--save', name])).code).toBe(0)
    }
    const { code, stdout } = await w.run(['bench', '--compare', 'a.json', 'b.json'])
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(/^8x8 \* 3x3 +strided +[\d.]+ (ns|µs) +[\d.]+ (ns|µs) +[\d.]+ % .* (slower|faster|no different)/m)
  })

  test.each([
    [['bench', 'nonsense'], /There is no suite 'nonsense'/],
    [['bench', '64x * 3'], /character 3/],
    [['bench', '8x8 * 3x3', '--algorithm', 'fastest'], /fastest/],
    [['bench', '--compare', 'none.json', 'none.json'], /none\.json/],
  ])('%j is told what to do', async (argv, message) => {
    const { code, stderr } = await world().run(argv)
    expect(code).toBeGreaterThan(1)
    expect(stderr).toMatch(message)
  })
})
