/** `doctor --calibrate`, and how verbs use what it wrote. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { close, saveTuning } from 'stridefold/sync'
import { afterEach, describe, expect, test } from 'vitest'
import { calibrationPath, saveCalibration, useCalibration } from '../src/calibration.ts'
import type { Io } from '../src/io.ts'
import { run } from '../src/run.ts'
import { world } from './helpers/world.ts'

afterEach(() => close())

/** A world whose folder is the folder for caches, too. */
function worldWithCache() {
  const { folder, io } = world()
  const here = () => {
    const { io: inner, ran } = io()
    return { io: { ...inner, env: { XDG_CACHE_HOME: folder } } satisfies Io, ran }
  }
  const runHere = async (...argv: string[]) => {
    const { io: inner, ran } = here()
    return ran(await run(argv, inner))
  }
  return { folder, io: here().io, run: runHere }
}

const withSpeeds = (speeds: object): string =>
  JSON.stringify({ ...(JSON.parse(saveTuning()) as object), speeds, choices: {} })
const case64 = '5000 * 64 same'

test.each([
  ['linux', { XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/stridefold'],
  ['linux', { HOME: '/h' }, '/h/.cache/stridefold'],
  ['darwin', { HOME: '/h' }, '/h/Library/Caches/stridefold'],
  ['win32', { LOCALAPPDATA: '/l', HOME: '/h' }, '/l/stridefold'],
])('on %s with %j it lies in %s', (platform, env, folder) => {
  expect(dirname(calibrationPath({ env } as unknown as Io, platform)!)).toBe(join(folder))
})

test('without a folder for caches there is none, and saving says so', () => {
  const io = { env: {} } as unknown as Io
  expect(calibrationPath(io)).toBeUndefined()
  expect(() => saveCalibration('{}', io)).toThrow('neither XDG_CACHE_HOME nor HOME')
})

describe('a verb', () => {
  test('uses the calibration of this machine', async () => {
    const { io, run } = worldWithCache()
    const before = await run('plan', case64)
    saveCalibration(withSpeeds({ wasm: { transforms: 0.02, spectra: 0.02 } }), io)
    const after = await run('plan', case64)
    expect(after.stderr).toBe('')
    expect(before.stdout.toString()).toContain('→ fft')
    expect(after.stdout.toString()).not.toContain('→ fft')
  })

  test.each([
    ['a damaged one', () => '{"version":', 'is no JSON'],
    ['an empty one', () => '', 'is no JSON'],
    [
      'one of another machine',
      () => withSpeeds({}).replace('"processor":"', '"processor":"Z'),
      'Z',
    ],
    ['one with impossible speeds', () => withSpeeds({ wasm: { sums: -1 } }), "'sums'"],
  ])('does not use %s, and tells', async (_, text, what) => {
    const { io, run } = worldWithCache()
    const without = await run('plan', case64)
    const path = saveCalibration(withSpeeds({}), io)
    writeFileSync(path, text())
    const { code, stdout, stderr } = await run('plan', case64)
    expect(code).toBe(0)
    expect(stdout.toString()).toBe(without.stdout.toString())
    expect(stderr).toContain(path)
    expect(stderr).toContain('is not used')
    expect(stderr).toContain(what)
    expect(stderr).toContain('stridefold doctor --calibrate')
  })

  test('that plans nothing does not read it', async () => {
    const { io, run } = worldWithCache()
    writeFileSync(saveCalibration('{}', io), 'damaged')
    expect((await run('kernels')).stderr).toBe('')
  })
})

test('a file is replaced as a whole', () => {
  const { io } = worldWithCache()
  const path = saveCalibration('{"a":1}', io)
  expect(saveCalibration('{"b":2}', io)).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe('{"b":2}\n')
  expect(readdirSync(dirname(path))).toHaveLength(1)
  expect(statSync(path).mode & 0o077).toBe(0)
})

test('doctor --calibrate measures, writes the file, and the next verb uses it', async () => {
  const { io, run } = worldWithCache()
  expect(JSON.parse((await run('doctor', '--json')).stdout.toString())).toMatchObject({
    calibration: { used: false },
  })
  const { code, stdout, stderr } = await run('doctor', '--calibrate', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { calibration } = JSON.parse(stdout.toString()) as {
    calibration: {
      path: string
      errorBefore: number
      errorAfter: number
      speeds: Readonly<Record<string, number>>
    }
  }
  expect(calibration.path).toBe(calibrationPath(io))
  expect(calibration.errorAfter).toBeGreaterThanOrEqual(1)
  for (const speed of Object.values(calibration.speeds)) {
    expect(speed).toBeGreaterThanOrEqual(1 / 8)
    expect(speed).toBeLessThanOrEqual(8)
  }
  await close()
  expect(await useCalibration(io)).toBe(true)
  expect(JSON.parse(saveTuning())).toMatchObject({ speeds: { wasm: calibration.speeds } })
  expect((await run('doctor')).stdout.toString()).toContain(`in use: ${calibration.path}`)
}, 240_000)
