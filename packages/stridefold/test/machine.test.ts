/**
 * The sizes of caches are one record. A machine with small caches computes smaller blocks, and the
 * same bits: whatever decides bits does not depend on the machine.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { backends } from '../src/backends/list.ts'
import { type AxisGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { elementCount, rowMajorStrides } from '../src/ndarray/layout.ts'
import { iterations } from '../src/ndarray/loops.ts'
import { type Machine, nominalMachine } from '../src/program/machine.ts'
import { byteLength, type Program } from '../src/program/program.ts'
import { bytesOf, decidedFor, kinds, runWhole, withFractions } from './box-cases.ts'
import { randomCase } from './random-geometry.ts'

/** Caches so small that every block has its smallest size. */
const small: Machine = { l1Bytes: 2 ** 8, l2Bytes: 2 ** 10, l3Bytes: 2 ** 12 }

describe.each(backends.map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const otherPrograms: Record<string, number> = {}

  test.each(Object.keys(kinds))('the same bits with small caches: %s', (kind) => {
    for (let seed = 2000; seed < 2008; seed++) {
      const problem = withFractions(randomCase(seed, kinds[kind]))
      for (const { name } of allAlgorithms) {
        const whole = decidedFor(problem, name, backend)
        if (whole === undefined) continue
        const onSmall = { ...backend, machine: small }
        const blocks = decidedFor(problem, name, onSmall)!
        const differs = isOther(whole.decision.program, blocks.decision.program)
        otherPrograms[name] = (otherPrograms[name] ?? 0) + Number(differs)
        const [expected, actual] = [whole, blocks].map((decided) =>
          bytesOf(runWhole(decided, problem, backend)),
        )
        expect(
          expected!.findIndex((byte, i) => byte !== actual![i]),
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

const axis: AxisGeometry = {
  ...{ input: 256, kernel: 5, stride: 1, dilation: 1, inputDilation: 1 },
  ...{ before: 2, after: 2, output: 256 },
}
const layer = makeGeometry({ channels: 32, filters: 32, axes: [axis, axis] })
const layout = (shape: readonly number[]): OperandDescriptors['input'] => {
  const [outer, channel, ...axes] = rowMajorStrides(shape)
  return { dtype: 'float32', outer: outer!, channel: channel!, axes }
}
const descriptors: OperandDescriptors = {
  input: layout([1, 32, 256, 256]),
  kernel: layout([32, 32, 5, 5]),
  output: layout([1, 32, 256, 256]),
  bias: false,
  offset: 0,
}

test.each(['winograd', 'fft'])('blocks of %s are half as large with half the caches', (name) => {
  const algorithm = allAlgorithms.find((a) => a.name === name)!
  const half = {
    l1Bytes: nominalMachine.l1Bytes / 2,
    l2Bytes: nominalMachine.l2Bytes / 2,
    l3Bytes: nominalMachine.l3Bytes / 2,
  }
  const [whole, halved] = [nominalMachine, half].map((machine) =>
    algorithm.program(layer, descriptors, { machine }),
  )
  expect(localBytes(halved!)).toBeLessThan(0.7 * localBytes(whole!))
  expect(localBytes(halved!)).toBeGreaterThan(0.3 * localBytes(whole!))
  expect(itemsOf(halved!)).toBeGreaterThan(1.4 * itemsOf(whole!))
  expect(algorithm.program(layer, descriptors)).toEqual(whole)
})

const localBytes = ({ buffers }: Program): number =>
  buffers.filter(({ role }) => role === 'local').reduce((sum, b) => sum + byteLength(b), 0)

const itemsOf = ({ stages }: Program): number =>
  stages.filter(({ name }) => name === 'tiles').reduce((sum, { grid }) => sum + iterations(grid), 0)

test('a given tile stays, whatever the machine', () => {
  for (const name of ['winograd', 'fft']) {
    const algorithm = allAlgorithms.find((a) => a.name === name)!
    const tiles = algorithm.tiles!(layer)
    const program = algorithm.program(layer, descriptors, { tiles, machine: small })
    expect(program).toEqual(algorithm.program(layer, descriptors, { machine: small }))
    expect(elementCount(Object.values(tiles)[0]!.sizes)).toBeGreaterThan(1)
  }
})
