/**
 * `stridefold bench`: results are checked before timing, every algorithm has a row, and two saved
 * runs are compared with their noise.
 */

import { describe, expect, test } from 'vitest'
import { world } from './helpers/world.ts'

describe('bench', () => {
  test('every algorithm has a row or a reason, and the choice of auto is shown', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout } = await world().run(['bench', '12x12 * 3x3 same', '--json'])
    expect(code).toBe(0)
    const answer = JSON.parse(stdout.toString())
    expect(answer).toMatchObject({ schemaVersion: 1, verb: 'bench' })
    const text = JSON.stringify(answer)
    for (const name of ['strided', 'im2col', 'naive', 'toeplitz'])
      expect(text).toContain(`"${name}"`)
    expect(text).toContain('too few channels to sum')
    expect(text).toMatch(/"cores":\d+/)
  })

  test('saved runs are compared', { timeout: 60_000 }, async () => {
    const w = world()
    for (const name of ['a.json', 'b.json']) {
      expect(
        (await w.run(['bench', '8x8 * 3x3', '--algorithm', 'strided', '--save', name])).code,
      ).toBe(0)
    }
    const { code, stdout } = await w.run(['bench', '--compare', 'a.json', 'b.json'])
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(
      /^8x8 \* 3x3 +strided( +[\d.]+ (ns|µs)){2} +[\d.]+ % .* (slower|faster|no different)/m,
    )
  })

  test('Ctrl-C keeps the finished measurements, on the screen and in the file', {
    timeout: 60_000,
  }, async () => {
    const argv = [
      'bench',
      '8x8 * 3x3',
      '9x9 * 3x3',
      '--algorithm',
      'strided',
      '--samples',
      '1000000',
      '--seconds',
      '600',
      '--save',
      'a.json',
    ]
    // So many samples that only the interrupt ends the run. It waits for the first one, which comes
    // after the peak and the bandwidth of the machine are measured.
    const interrupted = async (milliseconds: number) => {
      const interrupt = new AbortController()
      const w = world(interrupt.signal)
      setTimeout(() => interrupt.abort(), milliseconds)
      return { w, ...(await w.run(argv)) }
    }
    let run = await interrupted(1500)
    for (let wait = 5000; run.stdout.length === 0 && wait < 60_000; wait *= 2)
      run = await interrupted(wait)
    const { w, code, stdout, stderr } = run
    expect(code).toBe(130)
    expect(stderr).toContain('the finished measurements are shown and saved to a.json')
    expect(stdout.toString()).toMatch(/8x8 \* 3x3[\s\S]*strided +[\d.]+ (ns|µs)/)
    expect(stdout.toString()).not.toContain('9x9 * 3x3')
    const saved = JSON.parse(w.bytes('a.json').toString())
    expect(saved.interrupted).toBe(true)
    expect(saved.cases.map((benchCase: { name: string }) => benchCase.name)).toEqual(['8x8 * 3x3'])
    expect(saved.cases[0].rows[0].samples.length).toBeGreaterThan(0)
    expect(w.names()).toEqual(['a.json'])
  })

  test('an interrupt before the first sample prints nothing and saves a marked file', {
    timeout: 60_000,
  }, async () => {
    const w = world(AbortSignal.abort())
    const { code, stdout } = await w.run(['bench', '8x8 * 3x3', '--save', 'a.json'])
    expect(code).toBe(130)
    expect(stdout.toString()).toBe('')
    expect(JSON.parse(w.bytes('a.json').toString())).toMatchObject({ interrupted: true, cases: [] })
  })

  test('a budget that is too small is an error that says what to do', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout, stderr } = await world().run([
      'bench',
      '64x64 * 5x5',
      '--seconds',
      '0.000001',
    ])
    expect(code).toBe(1)
    expect(stdout.toString()).toContain('no algorithm was timed')
    expect(stderr).toMatch(
      /timed on 64x64 \* 5x5 within 0\.000001 s\. Give more time with --seconds/,
    )
  })

  test('an existing file is not overwritten', async () => {
    const w = world()
    w.put('a.json', 'mine')
    const { code, stderr } = await w.run(['bench', '8x8 * 3x3', '--save', 'a.json'])
    expect(code).toBe(1)
    expect(stderr).toContain('--force')
    expect(w.bytes('a.json').toString()).toBe('mine')
  })

  test.each([
    [['bench', '8x8 * 3x3', '--samples', '0'], /Give a whole number of samples/],
    [['bench', '8x8 * 3x3', '--samples', '2.5'], /Give a whole number of samples/],
    [['bench', '8x8 * 3x3', '--seconds', '0'], /more than 0/],
    [['bench', '8x8 * 3x3', '--threads', '0'], /whole numbers from 1/],
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
