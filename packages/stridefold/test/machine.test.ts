/**
 * The sizes of caches are one record. A machine with small caches computes smaller blocks, and the
 * same bits: whatever decides bits does not depend on the machine.
 */

import { parseCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { synchronousBackends as backends } from '../src/backends/list.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { iterations } from '../src/ndarray/loops.ts'
import type { Backend } from '../src/program/backend.ts'
import { type Machine, nominalMachine } from '../src/program/machine.ts'
import { byteLength, type Program } from '../src/program/program.ts'
import { kinds, withFractions } from './box-cases.ts'
import { algorithmNamed, programOf } from './case-program.ts'
import { randomCase } from './random-geometry.ts'
import { bytesOf, decidedFor, runWhole } from './run-boxes.ts'

/** Caches so small that every block has its smallest size. */
const small: Machine = { l1Bytes: 2 ** 8, l2Bytes: 2 ** 10, l3Bytes: 2 ** 12 }

describe.each(backends.map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const otherPrograms: Record<string, number> = {}

  test.each(Object.keys(kinds))('the same bits with small caches: %s', async (kind) => {
    for (let seed = 2000; seed < 2008; seed++) {
      const problem = withFractions(randomCase(seed, kinds[kind]))
      for (const { name } of allAlgorithms) {
        const whole = decidedFor(problem, name, backend)
        if (whole === undefined) continue
        // It reads arrays where they are, so it does not cut problems into boxes.
        const onSmall: Backend = { ...backend, machine: small, places: ['heap', 'backend'] }
        const blocks = decidedFor(problem, name, onSmall)!
        const differs = isOther(whole.decision.program, blocks.decision.program)
        otherPrograms[name] = (otherPrograms[name] ?? 0) + Number(differs)
        const expected = bytesOf(await runWhole(whole, problem, backend))
        const actual = bytesOf(await runWhole(blocks, problem, backend))
        expect(
          expected.findIndex((byte, i) => byte !== actual[i]),
          `${name}, seed ${seed}, ${problem.geometry.key}`,
        ).toBe(-1)
      }
    }
  })

  test('algorithms with blocks had other programs', () => {
    const changed = Object.keys(otherPrograms).filter((name) => otherPrograms[name]! > 0)
    expect(changed.toSorted()).toEqual(['fft', 'separable', 'winograd'])
  })
})

/** Whether two programs differ in more than the order of their sums, which one of them is given. */
const isOther = (a: Program, b: Program): boolean => textOf(a) !== textOf(b)

const textOf = (program: Program): string =>
  JSON.stringify(program, (name, value) => (name === 'order' ? undefined : value))

const layer = '1x32x800x800 * 32x32x5x5 p2'

test.each(['winograd', 'fft'])('blocks of %s are half as large with half the caches', (name) => {
  const half = {
    l1Bytes: nominalMachine.l1Bytes / 2,
    l2Bytes: nominalMachine.l2Bytes / 2,
    l3Bytes: nominalMachine.l3Bytes / 2,
  }
  const [whole, halved] = [nominalMachine, half].map((machine) =>
    programOf(name, layer, { machine }),
  )
  expect(localBytes(halved!)).toBeLessThan(0.7 * localBytes(whole!))
  expect(localBytes(halved!)).toBeGreaterThan(0.3 * localBytes(whole!))
  expect(itemsOf(halved!)).toBeGreaterThan(1.4 * itemsOf(whole!))
  expect(programOf(name, layer)).toEqual(whole)
})

const localBytes = ({ buffers }: Program): number =>
  buffers.filter(({ role }) => role === 'local').reduce((sum, b) => sum + byteLength(b), 0)

const itemsOf = ({ stages }: Program): number =>
  stages.filter(({ name }) => name === 'tiles').reduce((sum, { grid }) => sum + iterations(grid), 0)

test('a given tile stays, whatever the machine', () => {
  for (const name of ['winograd', 'fft']) {
    const tiles = algorithmNamed(name).tiles!(parseCase(layer))
    const program = programOf(name, layer, { tiles, machine: small })
    expect(program).toEqual(programOf(name, layer, { machine: small }))
    expect(elementCount(Object.values(tiles)[0]!.sizes)).toBeGreaterThan(1)
  }
})
