/**
 * Are results correct for strides, dilations and paddings near 2³¹, 2³² and above? The windows
 * still reach samples. Every algorithm on every backend must give the result of a definition in
 * BigInt, or reject the geometry. No position may overflow.
 */

import { conv1d, planCase, toNested, zeros } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { type AxisParts, type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { jsBackend, wasmBackend } from './backends.ts'
import { casesHere } from './random-count.ts'
import { random } from './random-geometry.ts'

const geometries = casesHere(400)
const backends = [jsBackend(), wasmBackend({ deterministic: false })]

const dense = (shape: readonly number[], value: (i: number) => number): NdArray => {
  const data = new Float32Array(elementCount(shape)).map((_, i) => value(i))
  return view(data, shape)
}

/** An axis with few outputs. The window of at least one output reaches a sample. */
function extremeAxis(next: (below: number) => number): AxisParts {
  const extreme = (): number => {
    const kind = next(4)
    if (kind === 0) return 1 + next(3)
    return 2 ** [20, 28, 29, 30, 31, 32, 33, 40, 46][next(9)]! + (kind === 1 ? 0 : next(5) - 2)
  }
  const [input, kernel, output] = [1 + next(5), 1 + next(3), 1 + next(4)]
  const [stride, dilation] = [extreme(), extreme()]
  const met = next(output) * stride + next(kernel) * dilation
  const before = met - next(input)
  const after = (output - 1) * stride + dilation * (kernel - 1) + 1 - input - before
  return { input, kernel, stride, dilation, before, after }
}

/** The definition, computed with BigInt positions. Borders are zero or a constant. */
function definition(g: ConvGeometry, x: NdArray, k: NdArray): number[] {
  const outputs = g.axes.map((axis) => axis.output)
  const taps = g.axes.map((axis) => axis.kernel)
  const indices = (extents: readonly number[]): number[][] =>
    extents.reduce<number[][]>(
      (heads, extent) =>
        heads.flatMap((head) => Array.from({ length: extent }, (_, i) => [...head, i])),
      [[]],
    )
  const flat = (index: readonly number[], extents: readonly number[]): number =>
    index.reduce((at, i, a) => at * extents[a]! + i, 0)
  const inputs = g.axes.map((axis) => axis.input)
  const [border] = g.boundary
  const fill = typeof border === 'object' ? border.constant : 0
  const sample = (c: number, o: readonly number[], t: readonly number[]): number => {
    const at = g.axes.map(
      ({ stride, dilation, before }, a) =>
        BigInt(o[a]!) * BigInt(stride) + BigInt(t[a]!) * BigInt(dilation) - BigInt(before),
    )
    const isOutside = at.some((i, a) => i < 0n || i >= BigInt(inputs[a]!))
    return isOutside ? fill : x.data[flat([c, ...at.map(Number)], [g.channels, ...inputs])]!
  }
  return indices([g.filters, ...outputs]).map(([f, ...o]) => {
    let sum = 0
    for (let c = 0; c < g.channels; c++) {
      for (const t of indices(taps))
        sum += sample(c, o, t) * k.data[flat([f!, c, ...t], [g.filters, g.channels, ...taps])]!
    }
    return sum
  })
}

test('every algorithm on every backend gives the correct result or rejects the geometry', () => {
  const runCounts = new Map<string, number>()
  for (let seed = 1; seed <= geometries; seed++) {
    const next = random(seed)
    const rank = 1 + next(2)
    const geometry = makeGeometry({
      channels: 1 + next(2),
      filters: 1 + next(2),
      axes: Array.from({ length: rank }, () => extremeAxis(next)),
      boundary: next(3) === 0 ? { constant: 3 } : 'zero',
    })
    const { channels, filters, axes } = geometry
    const input = dense([1, channels, ...axes.map((axis) => axis.input)], (i) => 1 + (i % 7))
    const kernel = dense(
      [filters, channels, ...axes.map((axis) => axis.kernel)],
      (i) => 1 + (i % 5),
    )
    const outputShape = [1, filters, ...axes.map((axis) => axis.output)]
    const expected = definition(geometry, input, kernel)
    for (const algorithm of allAlgorithms) {
      const output = dense(outputShape, () => 77)
      const descriptors: OperandDescriptors = {
        input: layoutOf(input),
        kernel: layoutOf(kernel),
        output: layoutOf(output),
        bias: false,
        offset: 0,
      }
      if (algorithm.unsupportedReason(geometry, descriptors) !== undefined) continue
      const program = algorithm.program(geometry, descriptors)
      for (const backend of backends) {
        if (backend.unsupportedReason(program) !== undefined) continue
        // Skips programs with large buffers: this test is not about copies with their border.
        if (program.buffers.some(({ length }) => length > 2 ** 16)) continue
        const external = ({ data }: NdArray) => ({
          span: data.length,
          lowest: 0,
          inBackendMemory: false,
        })
        const executable = backend.compile(program, {
          input: external(input),
          kernel: external(kernel),
          output: external(output),
        })
        executable.run({ input, kernel, output }, false)
        executable.dispose()
        const where = `seed ${seed}: ${algorithm.name} on ${backend.name}, ${geometry.key}`
        const bound = algorithm.name === 'fft' || algorithm.name === 'winograd' ? 1e-2 : 0
        const wrongIndex = expected.findIndex(
          (value, i) => !(Math.abs(output.data[i]! - value) <= bound),
        )
        expect(wrongIndex, `${where}: ${output.data} instead of ${expected}`).toBe(-1)
        runCounts.set(backend.name, (runCounts.get(backend.name) ?? 0) + 1)
      }
    }
  }
  expect(runCounts.get('js')).toBeGreaterThan(geometries * 0.75)
  expect(runCounts.get('wasm')).toBeGreaterThan(geometries / 8)
})

test.each(['auto', 'wasm', 'js'] as const)(
  'windows 2³² samples apart, %s: no position overflows',
  (backend) => {
    const call = (algorithm: string) =>
      conv1d([[[1, 2, 3, 4, 5]]], [[[1, 1, 1]]], {
        padding: 2 ** 32,
        stride: 2 ** 32,
        backend,
        algorithm,
      })
    for (const algorithm of ['auto', 'naive', 'strided', 'im2col'])
      expect(toNested(call(algorithm))).toEqual([[[0, 6, 0]]])
  },
)

test('a backend rejects positions that it cannot represent, with the reason', () => {
  expect(() => planCase(`5 * 3 i${2 ** 32} p1`, { backend: 'wasm' }).decision).toThrow(/counts to/)
})

const largest = Number.MAX_SAFE_INTEGER

test.each([
  `5 * 3 i${largest}`,
  `5 * 3 d${largest}`,
  `5 * 3 p${largest}`,
  `5 * 3 p${2 ** 52}`,
  `${largest} * ${largest}`,
  `${2 ** 26}x${2 ** 26} * 3x3`,
  `${2 ** 27}x${2 ** 27} * 3x3`,
  `1x${2 ** 26}x5 * ${2 ** 26}x${2 ** 26}x3`,
  `1x1x9x9 * 1x1x3x3 p${2 ** 31} reflect`,
])('too large for exact integers: %s', (text) => {
  expect(() => planCase(text).decision).toThrow(
    expect.objectContaining({ code: 'GEOMETRY_TOO_LARGE' }),
  )
})

test.each([
  `5 * 3 s${largest} p${2 ** 51}`,
  `1x1x5x5 * 1x1x3x3 s${2 ** 45} p${2 ** 46}`,
  `5 * 3 d${2 ** 52 - 1} p${2 ** 51}`,
  `5 * 3 p${2 ** 40}`,
  `1x1x${2 ** 40} * 1x1x${2 ** 39}`,
  '100000x100000 * 100000x100000',
])(
  'a geometry with exact integer positions has a plan, even if a run takes very long: %s',
  (text) => expect(planCase(text).backend).toMatch(/js|wasm/),
)

test('a shape too large for exact integers is invalid, also if it is empty', () => {
  for (const shape of [
    [2 ** 27, 2 ** 27],
    [0, 2 ** 27, 2 ** 27],
  ]) {
    expect(() => zeros(shape)).toThrow(expect.objectContaining({ code: 'SHAPE_INVALID' }))
  }
})
