/**
 * Products of complex numbers have code of their own in WebAssembly. It adds the terms in the order
 * of the step, as the code of other contractions does. So the choice of the code decides no bit: a
 * box may have other strides, filters and lanes than the whole problem.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pricedProgram } from '../src/backends/wasm/priced.ts'
import { registersFor } from '../src/backends/wasm/registers.ts'
import { wasmBackend as backend } from '../src/backends/wasm/wasm.ts'
import { view } from '../src/ndarray/ndarray.ts'
import type { Program } from '../src/program/program.ts'
import type { Contraction } from '../src/program/steps.ts'
import { withOrders } from '../src/program/sum-order.ts'
import { callerBuffer, contract, operand, stage } from './programs.ts'

interface Sizes {
  readonly filters: number
  readonly channels: number
  readonly rows: number
  readonly points: number
  /** Gaps behind the rows and behind the channels of samples and of results. */
  readonly gaps: readonly [row: number, channel: number]
}

/** to[part, f, p] = Σ_c Σ_of a[of, c, p] · b[part − of, f, c, p], as spectrum.ts has it. */
function product({ filters: f, channels: c, rows, points, gaps }: Sizes): {
  readonly step: Contraction
  readonly lengths: readonly [a: number, b: number, to: number]
} {
  const row = points + gaps[0]
  const channel = row * rows + gaps[1]
  const spectrum = rows * points
  const part = f * c * spectrum
  const to = operand('output', 0, row, 1, f * channel + gaps[1], channel)
  const a = operand('input', 0, row, 1, 0, 0, c * channel, channel)
  const b = operand('kernel', part, points, 1, part, c * spectrum, -part, spectrum)
  return {
    step: contract({ y: rows, x: points, part: 2, f }, { of: 2, c }, [to, a, b], {
      sumName: 'products',
    }),
    lengths: [2 * c * channel, 3 * part, 2 * f * channel + gaps[1]],
  }
}

const programOf = (step: Contraction): Program => ({
  dtype: 'float32',
  buffers: [callerBuffer('input'), callerBuffer('kernel'), callerBuffer('output')],
  stages: [stage('only', [step])],
})

const kindOf = (program: Program): string | undefined =>
  pricedProgram(program, registersFor(false)).forms[0]![0]?.kind

/** Fractions: their sums depend on the order. Every fourth sample is zero, with either sign. */
const values = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) =>
    i % 4 === 0 ? [0, -0][(i % 3) & 1]! : Math.fround((((i + seed) * 37) % 101) / 7 - 7),
  )

function run(program: Program, lengths: readonly [number, number, number]): Int32Array {
  const [a, b, to] = [values(lengths[0], 3), values(lengths[1], 8), new Float32Array(lengths[2])]
  const array = (data: Float32Array) => view(data, [data.length], { writable: true })
  const span = ({ length }: Float32Array) => ({ span: length, lowest: 0, inBackendMemory: false })
  const executable = backend.compile(
    program,
    { input: span(a), kernel: span(b), output: span(to) },
    { deterministic: false },
  )
  executable.run({ input: array(a), kernel: array(b), output: array(to) }, false)
  executable.dispose()
  return new Int32Array(to.buffer)
}

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
const sizes: fc.Arbitrary<Sizes> = fc.record({
  ...{ filters: size(4), channels: size(5), rows: size(3) },
  points: fc.integer({ min: 4, max: 13 }),
  gaps: fc.tuple(fc.constantFrom(0, 0, 3), fc.constantFrom(0, 0, 5)),
})

test('a product that the backend orders has the bits of plain loops in that order', () => {
  fc.assert(
    fc.property(sizes, (of) => {
      const { step, lengths } = product(of)
      const free = programOf(step)
      expect(kindOf(free)).toBe('complex')
      const ordered = withOrders(free, backend.sumOrders(free, { deterministic: false }))
      const [inOrder] = ordered.stages[0]!.steps as [Contraction]
      expect(inOrder.order?.loops).toHaveLength(2)
      expect(kindOf(ordered)).toBe('complex')
      const plain = programOf({ ...inOrder, tile: 'scalar' })
      expect(kindOf(plain)).toBe('scheduled')
      const expected = run(plain, lengths)
      expect(run(ordered, lengths)).toEqual(expected)
      expect(run(free, lengths)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['parts first', [0, 1]],
  ['channels first', [1, 0]],
])('a given order is kept, whatever the strides: %s', (_name, loops) => {
  fc.assert(
    fc.property(sizes, (of) => {
      const { step, lengths } = product(of)
      const given = { ...step, order: { loops } }
      expect(kindOf(programOf(given))).toBe('complex')
      const plain = programOf({ ...given, tile: 'scalar' })
      expect(run(programOf(given), lengths)).toEqual(run(plain, lengths))
    }),
    { numRuns: 60 },
  )
})

test('the two orders have different bits', () => {
  const { step, lengths } = product({
    ...{ filters: 2, channels: 5, rows: 3, points: 12, gaps: [0, 0] },
  })
  const [parts, channels] = [
    [0, 1],
    [1, 0],
  ].map((loops) => run(programOf({ ...step, order: { loops } }), lengths))
  expect(parts).not.toEqual(channels)
})
