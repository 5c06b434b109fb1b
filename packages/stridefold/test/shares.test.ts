/**
 * Large stages have enough grid items for several workers. Items may run in any order and on any
 * worker: the bits are those of the program without shares.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { synchronousBackends as backends } from '../src/backends/list.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { canonicalShapes } from '../src/geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import { parseCase } from '../src/geometry/notation.ts'
import type { KernelProperties, OperandDescriptors } from '../src/geometry/operands.ts'
import type { DType } from '../src/ndarray/dtype.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { denseStridesLike } from '../src/ndarray/layout.ts'
import { iterations } from '../src/ndarray/loops.ts'
import { memorySpanOf } from '../src/ndarray/memory.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import type { Bindings } from '../src/program/backend.ts'
import type { Program } from '../src/program/program.ts'
import { withShares } from '../src/program/shares.ts'
import { traffic } from '../src/program/traffic.ts'

import { kinds } from './box-cases.ts'
import { randomCase } from './random-geometry.ts'
import { runItemsOnJs, runItemsOnWasm } from './shared-programs.ts'

const options = { deterministic: false }
const exactly = { deterministic: true }

/** The predicted milliseconds of the stages of a program, with their numbers of items. */
function stageTimes(program: Program): { name: string; ms: number; items: number }[] {
  // Those that are the same on every machine.
  const rates = wasmBackend.rates(exactly)
  const predicted = wasmBackend.seconds(program, options, rates)!
  const { perStep } = traffic(program)
  return program.stages.map(({ name, grid, steps }, s) => {
    const seconds = steps.map((_, index) => {
      const { bytesRead, bytesWritten, bytesLocal } = perStep[s]![index]!
      const bytes = bytesRead + bytesWritten - bytesLocal
      return Math.max(predicted[s]![index]!, bytes / rates.stream / 1e9)
    })
    const ms = seconds.reduce((sum, time) => sum + time, 0) * 1e3
    return { name, ms, items: iterations(grid) }
  })
}

interface Layout {
  readonly channelsLast?: boolean
  readonly input?: DType
  readonly output?: DType
  readonly values?: KernelProperties
}

function descriptorsOf(
  g: ConvGeometry,
  { channelsLast = false, input = 'float32', output = 'float32', values }: Layout,
): OperandDescriptors {
  const shapes = canonicalShapes(g)
  const layout = (shape: readonly number[], dtype: DType, last: boolean) => {
    const order = shape.map((_, axis) => (last && axis === 1 ? 0.5 : shape.length - axis))
    const [outer, channel, ...axes] = denseStridesLike(shape, order)
    return { dtype, outer: outer!, channel: channel!, axes }
  }
  return {
    input: layout(shapes.input, input, channelsLast),
    kernel: layout(shapes.kernel, 'float32', false),
    output: layout(shapes.output, output, channelsLast),
    ...{ bias: false, offset: 0 },
    ...(values && { values }),
  }
}

const separableBy = (...lengths: readonly number[]): KernelProperties => ({
  separable: {
    terms: [lengths.map((length) => Array.from({ length }, (_, i) => 1 + (i % 3)))],
    residual: 0,
  },
})

const table: readonly (readonly [string, Layout?, (readonly string[])?])[] = [
  ['1x64x56x56 * 64x64x3x3 p1'],
  ['1x64x56x56 * 64x64x3x3 p1', { channelsLast: true }],
  ['1x128x28x28 * 128x128x3x3 p1'],
  ['1x256x14x14 * 256x256x3x3 p1', { channelsLast: true }],
  ['1x512x7x7 * 512x512x3x3 p1'],
  ['1x3x224x224 * 64x3x7x7 s2 p3'],
  ['8x32x28x28 * 32x32x3x3 p1'],
  ['3x16x61x59 * 13x16x3x3 p1'],
  ['1x64x56x56 * 256x64x1x1'],
  ['1x1024x14x14 * 256x1024x1x1', { channelsLast: true }],
  ['1x32x112x112 * 32x1x3x3 p1 g32'],
  ['1x32x112x112 * 32x1x3x3 p1 g32', { channelsLast: true }],
  ['1x256x28x28 * 256x8x3x3 p1 g32'],
  ['1x64x56x56 * 32x64x4x4 i2 p2'],
  ['2160x3840 * 3x3 same'],
  ['2160x3840 * 5x5 same reflect'],
  ['2160x3840 * 15x15 same wrap'],
  ['2160x3840 * 5x5 same', { input: 'uint8', output: 'uint8' }],
  ['2161x3847 * 7x7 same edge', { input: 'uint8' }],
  ['509x521 * 9x9 same'],
  ['2160x3840 * 9x9 same', { values: separableBy(9, 9) }, ['separable']],
  ['509x521 * 31x31 same', { values: separableBy(31, 31) }, ['separable']],
  ['1000000 * 64 same'],
  ['1x16x8000 * 32x16x5 p2'],
  ['1x1x96x96x96 * 1x1x7x7x7 p3'],
  ['1x16x32x32x32 * 16x16x3x3x3 p1'],
  // Gradients of weights, as convolutions: the channels are the batch, and the kernel is large.
  ['64x1x56x56 * 64x1x56x56 p1', {}, ['strided']],
  ['1x1x2162x3842 * 1x1x2160x3840', {}, ['strided']],
  ['3x1x1087x1921 * 4x1x1083x1917', {}, ['strided']],
  ['1x64x500x500 * 1x64x498x498', {}, ['strided']],
]

const cutHere = ['strided', 'naive', 'im2col', 'toeplitz']

/**
 * The cases of the table with the algorithms that support them. Programs with winograd and fft have
 * grids of their own.
 */
const programs = table.flatMap(([text, layout = {}, names = cutHere]) =>
  allAlgorithms
    .filter(({ name }) => names.includes(name))
    .flatMap((algorithm) => {
      const g = parseCase(text)
      const descriptors = descriptorsOf(g, layout)
      const why = algorithm.unsupportedReason(g, descriptors)
      const title = `${text} ${JSON.stringify(layout).slice(0, 40)}, ${algorithm.name}`
      return why === undefined ? [[title, () => algorithm.program(g, descriptors)] as const] : []
    }),
)

test.each(programs)('enough items: %s', (_, program) => {
  const times = stageTimes(program())
  expect(times.some(({ items }) => items >= 8)).toBe(true)
  expect(times.filter(({ ms, items }) => ms > 0.25 && items < 8)).toEqual([])
})

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  '%s',
  (name, backend) => {
    test.each(Object.keys(kinds))('shares have the bits of the whole: %s', (kind) => {
      let shares = 0
      for (let seed = 300; seed < 330; seed++) {
        const problem = randomCase(seed, kinds[kind])
        const { geometry, descriptors, input, kernel, bias, output } = problem
        for (const data of [input.data, kernel.data])
          if (!dtypes[input.dtype].integer)
            for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.1 + ((i * 7) % 13) / 9
        const externals = {
          input: memorySpanOf(input),
          kernel: memorySpanOf(kernel),
          output: memorySpanOf(output()),
          ...(bias && { bias: memorySpanOf(bias) }),
        }
        for (const algorithm of allAlgorithms) {
          if (algorithm.unsupportedReason(geometry, descriptors) !== undefined) continue
          const whole = algorithm.program(geometry, descriptors)
          const shared = withShares(whole, { isLarge: () => true, minItems: 2 + (seed % 4) })
          if (backend.unsupportedReason(whole) !== undefined) continue
          if (shared === whole) continue
          shares++
          const bindings = (): Bindings & { readonly output: NdArray } => ({
            ...{ input, kernel, bias, output: output() },
          })
          const [expected, inOrder, anyOrder] = [bindings(), bindings(), bindings()]
          for (const [program, arrays] of [
            [whole, expected],
            [shared, inOrder],
          ] as const) {
            const executable = backend.compile(program, externals, exactly)
            executable.run(arrays, false)
            executable.dispose()
          }
          if (name === 'js') runItemsOnJs(shared, anyOrder, seed)
          else runItemsOnWasm(shared, externals, anyOrder, seed)
          const place = `${algorithm.name}, seed ${seed}: ${geometry.key}`
          expect(inOrder.output.data, place).toEqual(expected.output.data)
          expect(anyOrder.output.data, place).toEqual(expected.output.data)
        }
      }
      expect(shares).toBeGreaterThan(30)
    })
  },
)
