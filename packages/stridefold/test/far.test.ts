/**
 * Do programs stay small for padding, stride and dilation of any size? A program must have few
 * steps, store only the samples that it reads, and give the result of the definition. The
 * definition here loops over outputs and taps only, so large distances take no extra time.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { type Boundary, isConstant } from '../src/geometry/boundary.ts'
import { type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { plan, planCase } from '../src/index.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { checkProgram } from '../src/program/check.ts'
import type { Program } from '../src/program/program.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { conv1d, correlate } from '../src/sync.ts'
import { jsBackend, wasmBackend } from './backends.ts'
import { random } from './random-geometry.ts'

const borders: readonly Boundary[] = [
  'zero',
  { constant: 3 },
  'edge',
  'reflect',
  'symmetric',
  'wrap',
]
const backends = [jsBackend(), wasmBackend({ deterministic: false })]

/** The sample that coordinate i reads. Undefined if the border there is a constant. */
function coordinate(i: number, n: number, border: Boundary): number | undefined {
  if (i >= 0 && i < n) return i
  if (isConstant(border)) return undefined
  if (border === 'edge') return i < 0 ? 0 : n - 1
  if (n === 1) return 0
  const period = border === 'wrap' ? n : border === 'symmetric' ? 2 * n : 2 * n - 2
  const j = ((i % period) + period) % period
  return j < n ? j : border === 'symmetric' ? period - 1 - j : period - j
}

/** The definition for one channel and one filter. */
function definition(g: ConvGeometry, x: readonly number[], k: readonly number[]): number[] {
  const shapes = {
    x: g.axes.map((a) => a.input),
    k: g.axes.map((a) => a.kernel),
    y: g.axes.map((a) => a.output),
  }
  const every = (shape: readonly number[]): number[][] =>
    shape.reduce<number[][]>(
      (all, e) => all.flatMap((i) => Array.from({ length: e }, (_, j) => [...i, j])),
      [[]],
    )
  const at = (index: readonly number[], shape: readonly number[]): number =>
    index.reduce((sum, i, a) => sum * shape[a]! + i, 0)
  return every(shapes.y).map((q) =>
    every(shapes.k).reduce((sum, t) => {
      const samples = g.axes.map((axis, a) =>
        coordinate(
          q[a]! * axis.stride + t[a]! * axis.dilation - axis.before,
          axis.input,
          g.boundary[a]!,
        ),
      )
      const outside = samples.indexOf(undefined)
      const border = g.boundary[outside]
      const value =
        outside < 0
          ? x[at(samples as number[], shapes.x)]!
          : typeof border === 'object'
            ? border.constant
            : 0
      return sum + value * k[at(t, shapes.k)]!
    }, 0),
  )
}

interface Far {
  readonly geometry: ConvGeometry
  readonly x: readonly number[]
  readonly k: readonly number[]
  readonly factors: readonly (readonly number[])[]
}

/** A random geometry with few outputs. Its windows may be far from the input. */
function farCase(seed: number, steps: readonly number[]): Far {
  const next = random(seed)
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const rank = 1 + next(2)
  const axes = Array.from({ length: rank }, () => {
    const [input, kernel, outputs] = [1 + next(9), 1 + next(4), 1 + next(4)]
    const [stride, dilation] = [pick([1, 2, 3, ...steps]), pick([1, 2, 3, ...steps])]
    const span = (outputs - 1) * stride + (kernel - 1) * dilation + 1
    // `under` puts the input under one tap of one output. The other values put the windows around
    // the input or far away from it.
    const under = next(outputs) * stride + next(kernel) * dilation - next(input)
    const before = pick([
      under,
      under,
      Math.floor(span / 2),
      span - input,
      0,
      pick(steps),
      -pick(steps),
    ])
    return { input, kernel, stride, dilation, before, after: span - input - before }
  })
  const same = pick(borders)
  const geometry = makeGeometry({
    axes,
    boundary: axes.map(() => (next(3) === 0 ? pick(borders) : same)),
  })
  const integers = (n: number): number[] => Array.from({ length: n }, () => next(9) - 4)
  const factors = axes.map(({ kernel }) => integers(kernel))
  return {
    geometry,
    x: integers(axes.reduce((n, a) => n * a.input, 1)),
    k: factors.reduce<number[]>((all, f) => all.flatMap((v) => f.map((w) => v * w)), [1]),
    factors,
  }
}

const dense = (values: readonly number[], shape: readonly number[]): NdArray =>
  view(Float32Array.from(values), [1, 1, ...shape])

const movesOf = (program: Program): number =>
  program.stages.flatMap(({ steps }) => steps).filter(({ kind }) => kind === 'move').length
const lengthOf = (program: Program): number =>
  program.buffers.reduce((n, { length }) => n + length, 0)

/** Runs an algorithm on a backend. Returns its error as text, the number of Moves and the size. */
function runCase(
  far: Far,
  name: string,
  backend: (typeof backends)[number],
): { wrong?: string; moves: number; length: number } {
  const { geometry: g, x, k, factors } = far
  const algorithm = allAlgorithms.find((a) => a.name === name)!
  const shapes = [
    g.axes.map((a) => a.input),
    g.axes.map((a) => a.kernel),
    g.axes.map((a) => a.output),
  ]
  const [input, kernel, output] = [
    dense(x, shapes[0]!),
    dense(k, shapes[1]!),
    dense(new Array(shapes[2]!.reduce((n, e) => n * e, 1)).fill(77), shapes[2]!),
  ]
  const descriptors: OperandDescriptors = {
    ...{
      input: layoutOf(input),
      kernel: layoutOf(kernel),
      output: layoutOf(output),
      bias: false,
      offset: 0,
    },
    values: { separable: { terms: [factors], residual: 0 } },
  }
  const reason = algorithm.unsupportedReason(g, descriptors)
  if (reason !== undefined) return { moves: 0, length: 0 }
  const program = algorithm.program(g, descriptors)
  const counts = { moves: movesOf(program), length: lengthOf(program) }
  if (backend.unsupportedReason(program) !== undefined) return counts
  const external = (
    array: NdArray,
  ): { span: number; lowest: number; inBackendMemory: boolean } => ({
    span: array.data.length,
    lowest: 0,
    inBackendMemory: false,
  })
  const externals = { input: external(input), kernel: external(kernel), output: external(output) }
  checkProgram(program, externals)
  const executable = backend.compile(program, externals)
  executable.prepare(kernel)
  executable.run({ input, kernel, output }, true)
  executable.dispose()
  const expected = definition(g, x, k)
  const at = expected.findIndex(
    (want, i) => Math.abs(output.data[i]! - want) > (name === 'fft' ? 1e-3 : 0),
  )
  return at < 0
    ? counts
    : { ...counts, wrong: `element ${at} is ${output.data[at]} and not ${expected[at]}` }
}

const names = allAlgorithms.map(({ name }) => name)

describe('windows far from the input', () => {
  const near = [5, 17, 2 ** 10]
  const far = [2 ** 20, 2 ** 20 + 1, 2 ** 20 - 3]
  const farthest = [2 ** 30, 2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 40]

  test.each([
    ['distances of some samples', near],
    ['distances of a million samples', far],
    ['distances that need more than 32 bits', farthest],
  ])('%s', { timeout: 60_000 }, (_, steps) => {
    let maxMoves = 0
    for (let seed = 0; seed < 60; seed++) {
      const farCaseOfSeed = farCase(seed, steps)
      for (const name of names) {
        for (const backend of backends) {
          const { wrong, moves, length } = runCase(farCaseOfSeed, name, backend)
          const title = `${name} on ${backend.name}: ${farCaseOfSeed.geometry.key} (seed ${seed})`
          expect(wrong, title).toBeUndefined()
          maxMoves = Math.max(maxMoves, name === 'fft' ? 0 : moves)
          expect(length, title).toBeLessThan(2 ** 21)
        }
      }
    }
    expect(maxMoves).toBeLessThanOrEqual(40)
  })

  const x = Float32Array.of(1, 2, 3)
  const ones = Float32Array.of(1, 1, 1)

  // 2²⁰ is 1 modulo 3, 0 modulo 4 (the period of reflect) and 4 modulo 6 (that of symmetric).
  test.each([
    ['zero', [1, 2, 3]],
    ['edge', [1 + 1 + 3, 1 + 2 + 3, 1 + 3 + 3]],
    ['reflect', [3, 6, 9]],
    ['wrap', [6, 6, 6]],
    ['symmetric', [3 + 1 + 2, 3 + 2 + 1, 2 + 3 + 1]],
  ] as const)('three taps 2²⁰ apart over three samples, %s', (boundary, expected) => {
    expect([...correlate(x, ones, { dilation: 2 ** 20, boundary }).data]).toEqual(expected)
    expect(
      plan('correlate', [3], [3], { dilation: 2 ** 20, boundary }).workspaceBytes,
    ).toBeLessThan(4096)
    expect([
      ...referenceConv(
        plan('correlate', [3], [3], { dilation: 2 ** 20, boundary }).geometry,
        view(x, [1, 1, 3]),
        view(ones, [1, 1, 3]),
      ),
    ]).toEqual(expected)
  })

  test.each([
    ['zero', [0, 6, 0]],
    ['edge', [3, 6, 15]],
    ['wrap', [5 + 1 + 2, 1 + 2 + 3, 2 + 3 + 4]],
  ] as const)('padding and stride of 2³² around five samples, %s', (boundary, expected) => {
    // −2³² is 4 modulo 5, 2³² is 1.
    const five = Float32Array.of(1, 2, 3, 4, 5)
    for (const algorithm of ['auto', 'naive', 'strided', 'im2col'] as const) {
      for (const backend of ['js', 'wasm'] as const) {
        const options = { padding: 2 ** 32, stride: 2 ** 32, boundary, algorithm, backend }
        const y = conv1d(view(five, [1, 1, 5]), view(ones, [1, 1, 3]), options)
        expect([...y.data], `${algorithm} on ${backend}`).toEqual(expected)
      }
    }
  })

  test.each(borders)('a plan has few steps and stores only what it reads: %j', (border) => {
    const options = {
      boundary: border,
      padding: [
        [2 ** 20, 2 ** 20 + 1],
        [3, 2 ** 31],
      ],
      stride: [2 ** 19, 2 ** 30],
    } as const
    const p = plan('conv2d', [1, 2, 5, 7], [2, 2, 3, 3], options)
    expect(p.candidates.filter(({ refused }) => refused === undefined).length).toBeGreaterThan(2)
    expect(p.program.split('\n').length).toBeLessThan(60)
    expect(p.workspaceBytes).toBeLessThan(2 ** 16)
    // The padding is hundreds of times larger than the image, as for a wide Gaussian.
    const wide = plan('correlate', [2, 2], [2001, 2001], { boundary: border })
    expect(wide.program.split('\n').length).toBeLessThan(60)
  })

  test(
    'without workspace every border needs a separate sum; too many sums are rejected with ' +
      'the reason',
    () => {
      const options = { boundary: 'reflect', memoryLimit: 0, backend: 'js' } as const
      expect([...correlate(x, ones, options).data]).toEqual([5, 6, 7])
      expect([
        ...correlate(x, ones, { ...options, boundary: 'zero', dilation: 2 ** 31 }).data,
      ]).toEqual([1, 2, 3])
      expect([
        ...correlate(x, ones, { ...options, boundary: 'edge', padding: 2 ** 31, stride: 2 ** 31 })
          .data,
      ]).toEqual([3, 6, 9])
      expect(() => plan('correlate', [2, 2], [2001, 2001], options)).toThrow(/separate sums/)
    },
  )

  test('too many pieces at distances above 32 bits are rejected with the reason', () => {
    const far = '1x1x5 * 1x1x100 s2147483647 d2147483646 p212600881053'
    expect(() => planCase(far)).toThrow(
      /no algorithm can compute .*its windows reach more than 1073741824 samples/,
    )
    expect(planCase(`${far} wrap`).workspaceBytes).toBeLessThan(4096)
  })

  test('a case in text notation has a short program too', () => {
    expect(
      planCase('1x1x3 * 1x1x3 d1048576 p1048576 reflect').program.split('\n').length,
    ).toBeLessThan(20)
  })
})
