/**
 * Do copies between transposed layouts move every element to its place? The sizes lie around the
 * length of a vector, with bounds on either loop. The expected results come from plain loops.
 */

import { describe, expect, test } from 'vitest'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import type { Program } from '../src/program/program.ts'
import type { BoundsCheck } from '../src/program/steps.ts'
import { wasmBackend } from './backends.ts'

const [wide, high] = [21, 19]

interface Copy {
  readonly p: number
  readonly q: number
  readonly bounds: readonly BoundsCheck[]
  readonly outside: number | 'skip'
}

/**
 * Copies two transposed rectangles, one after the other, and computes the expected result.
 * Formula: to[wide·high·n + wide·p + q] = from[3·n + p + high·q].
 */
function copyTransposed(
  { p, q, bounds, outside }: Copy,
  type: 'float32' | 'int32',
): { actual: number[]; expected: number[] } {
  const loops = [
    { name: 'n', extent: 2 },
    { name: 'p', extent: p },
    { name: 'q', extent: q },
  ]
  const [to, from] = [
    [wide * high, wide, 1],
    [3, 1, high],
  ]
  const program: Program = {
    dtype: 'float32',
    buffers: [
      { name: 'input', role: 'input', dtype: type, length: 0 },
      { name: 'kernel', role: 'kernel', dtype: 'float32', length: 0 },
      { name: 'output', role: 'output', dtype: type, length: 0 },
    ],
    stages: [
      {
        name: 'transpose',
        prepare: false,
        grid: [],
        steps: [
          {
            kind: 'move',
            loops,
            to: { buffer: 'output', offset: 0, strides: to },
            from: { buffer: 'input', offset: 0, strides: from },
            bounds,
            outside,
          },
        ],
      },
    ],
  }
  const array = type === 'int32' ? Int32Array : Float32Array
  const data = Array.from({ length: wide * high + 8 }, (_, i) =>
    type === 'int32' ? 0x7fa00000 + i : i + 1,
  )
  const input: NdArray = view(array.from(data), [data.length])
  // The gap between the rectangles must keep its values.
  const half = wide * high
  const output: NdArray = view(new array(2 * half + 1).fill(-7), [2, half], {
    strides: [half + 1, 1],
  })
  const kernel: NdArray = view(new Float32Array(1), [1])
  const external = (x: NdArray): { span: number; lowest: number; inBackendMemory: boolean } => ({
    span: x.data.length,
    lowest: 0,
    inBackendMemory: false,
  })
  const executable = wasmBackend({ deterministic: false }).compile(program, {
    input: external(input),
    kernel: external(kernel),
    output: external(output),
  })
  const expected = Array.from(output.data)
  executable.run({ input, kernel, output }, false)
  executable.dispose()
  for (let n = 0; n < 2; n++) {
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < q; j++) {
        const inside = bounds.every((b) => {
          const at = b.offset + [n, i, j].reduce((sum, v, l) => sum + v * b.strides[l]!, 0)
          return at >= 0 && at < b.extent
        })
        const at = n * to[0]! + i * to[1]! + j
        if (inside) expected[at] = data[n * from[0]! + i + j * high]!
        else if (outside !== 'skip') expected[at] = outside
      }
    }
  }
  return { actual: Array.from(output.data), expected }
}

const sizes = [4, 5, 7, 8, 9, 12, 17]
const pairs = sizes.flatMap((p) => sizes.map((q) => [p, q] as const))
const bound = (loop: 'p' | 'q', extent: number): BoundsCheck => ({
  extent,
  offset: -2,
  strides: [1, loop === 'p' ? 1 : 0, loop === 'q' ? 1 : 0],
})

describe('transposed copies', () => {
  test.each(pairs)('%i × %i', (p, q) => {
    for (const type of ['float32', 'int32'] as const) {
      for (const bounds of [
        [],
        [bound('p', p - 3)],
        [bound('q', q - 3)],
        [bound('p', 2), bound('q', 2)],
      ]) {
        for (const outside of [9, 'skip'] as const) {
          const { actual, expected } = copyTransposed({ p, q, bounds, outside }, type)
          expect(actual).toEqual(expected)
        }
      }
    }
  })
})
