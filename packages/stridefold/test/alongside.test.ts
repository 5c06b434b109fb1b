/**
 * Stages that may run at the same time: the regions of an image whose border is copied apart, sums
 * in place, and shares of one step. Their items have the same bits in any order, and on threads.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configureThreads, openPool, readyPool } from '../src/backends/wasm/threads/shared-pool.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { canonicalShapes } from '../src/geometry/canonical-shapes.ts'
import { parseCase } from '../src/geometry/notation.ts'
import { denseStridesLike, elementCount } from '../src/ndarray/layout.ts'
import { memorySpanOf } from '../src/ndarray/memory.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { withShares } from '../src/program/shares.ts'
import { algorithmNamed } from './case-program.ts'
import { random } from './random-geometry.ts'
import { groupsOf, runItemsOnJs } from './shared-programs.ts'

const options = { deterministic: true }

beforeAll(async () => {
  configureThreads({ threads: 3 })
  openPool()
  while ((readyPool()?.ready ?? 0) < 2) await sleep(5)
})

afterAll(() => wasmBackend.close())

/** An array of random numbers, channels innermost. */
function randomArray(shape: readonly number[], next: (below: number) => number): NdArray {
  const order = shape.map((_, axis) => (axis === 1 ? 0.5 : shape.length - axis))
  const values = Float32Array.from({ length: elementCount(shape) }, () => next(1000) / 7 - 60)
  return view(values, shape, { strides: denseStridesLike(shape, order) })
}

/** `most`: the largest number of stages that may run at the same time. */
const cases: readonly (readonly [string, boolean, number])[] = [
  ['1x1x520x531 * 1x1x3x3 p1', false, 6],
  ['1x1x521x530 * 1x1x5x4 p2:2,1:2 reflect', false, 5],
  ['1x64x66x69 * 64x1x3x3 p1 g64', false, 5],
  ['1x16x21x23 * 16x1x3x3 p1 g16', false, 9],
  ['1x2x9x8 * 3x2x3x3 p1 edge', true, 3],
]

test.each(cases)('%s, in place: %s', (text, inPlace, most) => {
  const g = parseCase(text)
  const shapes = canonicalShapes(g)
  const next = random(elementCount(shapes.input))
  const input = randomArray(shapes.input, next)
  const kernel = view(
    Float32Array.from({ length: elementCount(shapes.kernel) }, () => next(100) / 9 - 5),
    shapes.kernel,
  )
  const result = (): NdArray => randomArray(shapes.output, () => NaN)
  const program = withShares(
    algorithmNamed('strided').program(g, {
      ...{ input: layoutOf(input), kernel: layoutOf(kernel), output: layoutOf(result()) },
      ...{ bias: false, offset: 0, inPlace },
    }),
  )
  const groups = groupsOf(program.stages.filter(({ prepare }) => !prepare))
  expect(Math.max(...groups.map(({ length }) => length))).toBe(most)
  const spans = {
    ...{ input: memorySpanOf(input), kernel: memorySpanOf(kernel) },
    output: memorySpanOf(result()),
  }
  const firstDifference = (x: NdArray, y: NdArray): number =>
    x.data.findIndex((value, i) => !Object.is(value, y.data[i]))
  const bitsWith = (threadCount: number): NdArray => {
    const output = result()
    const executable = wasmBackend.compile(program, spans, { ...options, threadCount })
    executable.run({ input, kernel, output }, false)
    executable.dispose()
    return output
  }
  const alone = bitsWith(1)
  expect(alone.data.some(Number.isNaN)).toBe(false)
  for (const threadCount of [2, 3]) expect(firstDifference(bitsWith(threadCount), alone)).toBe(-1)
  const inOrder = result()
  const items = program.stages.map(({ alongside, ...stage }) => stage)
  runItemsOnJs({ ...program, stages: items }, { input, kernel, output: inOrder }, 0)
  for (let seed = 1; seed < 3; seed++) {
    const output = result()
    runItemsOnJs(program, { input, kernel, output }, seed)
    expect(firstDifference(output, inOrder)).toBe(-1)
  }
})
