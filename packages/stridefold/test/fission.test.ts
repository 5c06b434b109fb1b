/**
 * Has a program the same bits after fission? Every algorithm, on every backend, on random problems
 * whose sums round. Small programs by hand show what it does.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { synchronousBackends as backends } from '../src/backends/list.ts'
import type { ExternalLayouts, SynchronousBackend } from '../src/program/backend.ts'
import { checkProgram } from '../src/program/check.ts'
import { fissioned } from '../src/program/fission.ts'
import { printProgram } from '../src/program/print.ts'
import { byteLength, type Program } from '../src/program/program.ts'
import { withOrders } from '../src/program/sum-order.ts'
import { kinds, withFractions } from './box-cases.ts'
import { externalOf } from './external-layouts.ts'
import { callerBuffer, contract, loops, move, operand, owned, stage } from './programs.ts'
import { type RandomCase, randomCase } from './random-geometry.ts'

const options = { deterministic: false }

function bytesAfter(
  backend: SynchronousBackend,
  program: Program,
  externals: ExternalLayouts,
  { input, kernel, bias, output }: RandomCase,
): Uint8Array {
  const executable = backend.compile(program, externals, options)
  const result = output()
  executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return new Uint8Array(result.data.buffer, result.data.byteOffset, result.data.byteLength)
}

const localBytes = (program: Program): number =>
  program.buffers.reduce((sum, b) => sum + (b.role === 'local' ? byteLength(b) : 0), 0)

const problemsPerKind = 5

describe.each(backends.map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const split = new Set<string>()

  test.each(Object.entries(kinds))('%s', { timeout: 60_000 }, (_, kind) => {
    for (let seed = 500; seed < 500 + problemsPerKind; seed++) {
      const problem = withFractions(randomCase(seed, kind))
      const { geometry, descriptors, input, kernel, bias, output } = problem
      for (const algorithm of allAlgorithms) {
        if (algorithm.unsupportedReason(geometry, descriptors) !== undefined) continue
        const whole = algorithm.program(geometry, descriptors)
        if (backend.unsupportedReason(whole) !== undefined) continue
        const externals = {
          ...{ input: externalOf(input), kernel: externalOf(kernel) },
          ...{ output: externalOf(output()), ...(bias && { bias: externalOf(bias) }) },
        }
        const ordered = withOrders(whole, backend.sumOrders(whole, options))
        for (const limit of [0, localBytes(whole) / 2]) {
          const parts = fissioned(ordered, limit)
          if (parts === ordered) continue
          checkProgram(parts, externals)
          split.add(algorithm.name)
          expect(parts.stages.length).toBeGreaterThanOrEqual(whole.stages.length)
          const where = `${algorithm.name}, seed ${seed}, ${geometry.key}`
          const expected = bytesAfter(backend, ordered, externals, problem)
          expect(bytesAfter(backend, parts, externals, problem), where).toEqual(expected)
        }
      }
    }
  })

  test('the algorithms with local buffers were split', () => {
    const withLocals = ['separable', 'winograd', 'fft', 'im2col']
    expect([...split].filter((name) => withLocals.includes(name)).toSorted()).toEqual(
      withLocals.toSorted(),
    )
  })
})

/** Two items: a row is copied into a local buffer of 3 elements, doubled there, and written. */
const twoSteps: Program = {
  dtype: 'float32',
  buffers: [callerBuffer('input'), callerBuffer('output'), owned('row', 'local', 3)],
  stages: [
    stage(
      'rows',
      [
        move({ x: 3 }, operand('row', 0, 0, 1), operand('input', 0, 3, 1)),
        move({ x: 3 }, operand('output', 0, 3, 1), operand('row', 2, 0, -1)),
      ],
      { grid: loops({ y: 2 }) },
    ),
  ],
}

test('the printed program has a place for every item, and one stage per step', () => {
  expect(printProgram(fissioned(twoSteps, 11))).toBe(
    [
      'program in float32: 3 buffers, 2 stages',
      "  input    input    float32  the caller's",
      "  output   output   float32  the caller's",
      '  all row  scratch  float32  6 elements, 24 bytes',
      "stage 0 'rows, step 1 of 2', for each y 2",
      '  all row[3·y + x] = input[3·y + x]',
      '    over x 3',
      "stage 1 'rows, step 2 of 2', for each y 2",
      '  output[3·y + x] = all row[3·y − x + 2]',
      '    over x 3',
    ].join('\n'),
  )
})

test('a stage whose local buffers fit stays as it is', () => {
  expect(fissioned(twoSteps, 12)).toBe(twoSteps)
})

test('a buffer may stay local in one stage and get places in another', () => {
  const [first] = twoSteps.stages
  const buffers = [...twoSteps.buffers, owned('large', 'local', 100)]
  const both = [
    first!,
    stage(
      'large',
      [
        move({ x: 3 }, operand('row', 0, 0, 0, 1), 1),
        move({ x: 100 }, operand('large', 0, 0, 0, 1), operand('row', 0, 0, 0, 0)),
        contract({}, { x: 100 }, [
          operand('output', 6, 2, 1),
          operand('large', 0, 0, 0, 1),
          operand('large', 0, 0, 0, 1),
        ]),
      ],
      { grid: loops({ n: 3, m: 2 }) },
    ),
  ]
  const program = { ...twoSteps, buffers, stages: both }
  const parts = fissioned(program, 100)
  checkProgram(parts)
  expect(parts.stages[0]).toBe(first)
  expect(parts.stages.map(({ steps }) => steps.length)).toEqual([2, 1, 1, 1])
  expect(parts.buffers.map(({ name, role, length }) => [name, role, length])).toEqual([
    ['input', 'input', 0],
    ['output', 'output', 0],
    ['row', 'local', 3],
    ['all row', 'scratch', 18],
    ['all large', 'scratch', 600],
  ])
})

test('a local operand that moves along the grid moves inside the place of its item', () => {
  const program: Program = {
    ...twoSteps,
    buffers: [callerBuffer('output'), owned('row', 'local', 3)],
    stages: [
      stage(
        'rows',
        [
          move({}, operand('row', 0, 1), 7),
          move({}, operand('output', 0, 1), operand('row', 0, 1)),
        ],
        { grid: loops({ y: 3 }) },
      ),
    ],
  }
  const [step] = fissioned(program, 0).stages[0]!.steps
  expect(step).toMatchObject({ to: { buffer: 'all row', offset: 0, strides: [4] } })
})

test('weights that are prepared through local buffers are prepared in one stage per step', () => {
  const program: Program = {
    dtype: 'float32',
    buffers: [callerBuffer('kernel'), owned('tap', 'local', 1), owned('packed', 'prepared', 2)],
    stages: [
      stage(
        'pack',
        [
          move({}, operand('tap', 0, 0), operand('kernel', 0, 1)),
          move({}, operand('packed', 0, 1), operand('tap', 0, 0)),
        ],
        { grid: loops({ f: 2 }), prepare: true },
      ),
    ],
  }
  const parts = fissioned(program, 0)
  checkProgram(parts)
  expect(parts.stages.map(({ prepare }) => prepare)).toEqual([true, true])
})
