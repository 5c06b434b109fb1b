/**
 * Does any algorithm read or write outside its arrays? Guard values lie around every array and
 * between its elements. They are NaN with a bit pattern of their own: a guard that is read makes
 * the result NaN, and a guard that is written changes. The test covers every algorithm on every
 * backend, arrays on the heap and in backend memory, small and large gaps, and strides of both
 * signs.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { userMemory } from '../src/backends/wasm/memories.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { dtypes, epsilon } from '../src/ndarray/dtype.ts'
import { memoryBounds } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import type { ExternalLayout } from '../src/program/backend.ts'
import { compareWithDefinition, definition } from '../src/reference/compare.ts'
import { jsBackend, wasmBackend } from './backends.ts'
import { casesHere } from './random-count.ts'
import { random, randomCase } from './random-geometry.ts'
import { indices } from './random-views.ts'

type Next = (below: number) => number

const margin = 512
const guardBits = 0x7fc5a5a5

const bitsOf = ({ data }: NdArray): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4)

/**
 * Returns strides that give every index its own element: axes in any order and direction, gaps up
 * to `widest` elements.
 */
function strides(shape: readonly number[], next: Next, widest: number): number[] {
  const order = shape.map((_, axis) => axis).sort(() => next(3) - 1)
  const result = shape.map(() => 0)
  let step = 1 + next(2)
  for (const axis of order) {
    result[axis] = next(3) === 0 ? -step : step
    step = step * shape[axis]! + next(widest)
  }
  return result
}

/** Returns the same elements with guards around them, in backend memory if `inBackend`. */
function guarded(
  x: NdArray,
  next: Next,
  widest: number,
  inBackend: boolean,
): { array: NdArray; free: () => void } {
  const layout = strides(x.shape, next, widest)
  const [first, last] = memoryBounds(x.shape, layout, 0)
  const { bytes, create } = dtypes[x.dtype]
  const length = last - first + 1 + 2 * margin
  const start = inBackend ? userMemory().allocate(length * bytes) : 0
  const data = inBackend ? create(userMemory().memory.buffer, start, length) : create(length)
  const array = view(data, x.shape, { strides: layout, offset: margin - first })
  bitsOf(array).fill(guardBits)
  for (const index of indices(x.shape)) data[at(array, index)] = x.data[at(x, index)]!
  return { array, free: () => inBackend && userMemory().free(start, length * bytes) }
}

const at = (x: NdArray, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * x.strides[axis]!, x.offset)

function externalOf({ shape, strides }: NdArray, inBackendMemory: boolean): ExternalLayout {
  const [first, last] = memoryBounds(shape, strides, 0)
  return { span: last - first + 1, lowest: first, inBackendMemory: inBackendMemory }
}

// Memory that is not shared detaches its arrays when it grows. It is therefore large enough from
// the start.
userMemory().free(userMemory().allocate(2 ** 26), 2 ** 26)

const rounding = new Set(['winograd', 'fft'])

describe.each([
  ['js', jsBackend(), false, 3],
  ['js, far apart', jsBackend(), false, 9000],
  ['wasm, copies', wasmBackend({ deterministic: false }), false, 3],
  ['wasm, copies, far apart', wasmBackend({ deterministic: false }), false, 9000],
  ['wasm, in place', wasmBackend({ deterministic: false }), true, 3],
  ['wasm, in place, far apart', wasmBackend({ deterministic: false }), true, 9000],
] as const)('%s', (_, backend, inBackend, widest) => {
  test.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
    '%s',
    (_, algorithm) => {
      let runs = 0
      const kinds = [{}, { separable: true }, { tiled: true }] as const
      for (let seed = 1; seed <= (widest > 3 ? 9 : Math.max(9, casesHere(30))); seed++) {
        const c = randomCase(seed, {
          ...kinds[seed % 3]!,
          dtype: seed % 5 === 0 ? 'float64' : 'float32',
        })
        const { geometry, bias } = c
        if (
          geometry.axes.some(({ output }) => output === 0 || output > 40) ||
          c.input.shape.includes(0)
        )
          continue
        const next = random(seed)
        const placed = [c.input, c.kernel, c.output()].map((x) =>
          guarded(x, next, widest, inBackend),
        )
        const [input, kernel, output] = placed.map(({ array }) => array) as [
          NdArray,
          NdArray,
          NdArray,
        ]
        const { activation: _, ...plain } = c.descriptors
        const descriptors: OperandDescriptors = {
          ...plain,
          offset: 0,
          input: layoutOf(input),
          kernel: layoutOf(kernel),
          output: layoutOf(output),
        }
        const unsupported =
          algorithm.unsupportedReason(geometry, descriptors) !== undefined ||
          input.data.length + output.data.length > 2 ** 20
        const program = unsupported ? undefined : algorithm.program(geometry, descriptors)
        if (program !== undefined && backend.unsupportedReason(program) === undefined) {
          const expected = definition(geometry, { input: c.input, kernel: c.kernel, bias })
          const before = [input, kernel].map((x) => bitsOf(x).slice())
          const optional = bias === undefined ? {} : { bias: externalOf(bias, false) }
          const externals = {
            input: externalOf(input, inBackend),
            kernel: externalOf(kernel, inBackend),
            output: externalOf(output, inBackend),
          }
          const executable = backend.compile(program, { ...externals, ...optional })
          executable.run({ input, kernel, output, ...(bias === undefined ? {} : { bias }) }, false)
          executable.dispose()
          const where = `${geometry.key}, seed ${seed}`
          expect(compare(bitsOf(input), before[0]!), where).toBe(true)
          expect(compare(bitsOf(kernel), before[1]!), where).toBe(true)
          const errorBound = rounding.has(algorithm.name)
            ? epsilon[geometry.dtype] * algorithm.errorBoundFactor(geometry, descriptors)
            : 0
          const { fault } = compareWithDefinition(expected, output, { errorBound })
          expect(fault, where).toBeUndefined()
          const places = indices(output.shape).map((index) => at(output, index))
          // All elements outside the output must still be guards.
          const words = output.data.BYTES_PER_ELEMENT / 4
          const bits = bitsOf(output)
          for (const place of places) bits.fill(guardBits, place * words, (place + 1) * words)
          expect(
            bits.findIndex((word) => word !== guardBits),
            where,
          ).toBe(-1)
          runs++
        }
        for (const { free } of placed) free()
      }
      expect(runs).toBeGreaterThan(0)
    },
  )
})

const compare = (a: Uint32Array, b: Uint32Array): boolean =>
  a.length === b.length && a.every((word, i) => word === b[i])
