/**
 * Does every algorithm on every backend compute what the definition says? Named cases first, then random geometries.
 *
 * Data are small integers, so every sum is exact in float32 and results are compared with ===. What lies between the elements of an output
 * must stay as it was. An algorithm may refuse: its reason is the reason of the skip. `STRIDEFOLD_SEED=n` replays random cases from n on.
 */

import { afterAll, describe, expect, test } from 'vitest'
import type { Algorithm, Facts } from '../src/algorithms/algorithm.ts'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { jsBackend } from '../src/backends/js/js.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { type ConvGeometry, type GeometryParts, makeGeometry } from '../src/geometry/geometry.ts'
import { type DType, dtypes, toDType } from '../src/ndarray/dtype.ts'
import { elementCount, reach, rowMajorStrides } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import type { Backend, ExternalLayout } from '../src/program/backend.ts'
import { checkProgram } from '../src/program/check.ts'
import { referenceConv } from '../src/reference.ts'
import { layoutOf, type RandomOptions, random, randomCase } from './random-geometry.ts'

const backends: readonly Backend[] = [jsBackend(), wasmBackend({ deterministic: false }), wasmBackend({ deterministic: true })]
const backendNames = ['js', 'wasm', 'wasm, deterministic']

interface Case {
  readonly geometry: ConvGeometry
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly facts: Facts
  output(): NdArray
}

const skips = new Map<string, number>()
let compared = 0

afterAll(() => {
  const lines = [...skips].sort(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count} × ${reason}`)
  console.info([`${compared} runs compared, skipped:`, ...lines].join('\n'))
})

/** The reason of a refusal, counted. */
function refusal(algorithm: Algorithm, backend: Backend, { geometry, facts }: Case): string | undefined {
  const reason = algorithm.refuse(geometry, facts) ?? backend.refuse(algorithm.program(geometry, facts))
  if (reason === undefined) return undefined
  const line = `${algorithm.name}: ${reason.replaceAll(/\d[\d.e+]*/g, '#')}`
  skips.set(line, (skips.get(line) ?? 0) + 1)
  return reason
}

/** What the definition gives, row-major, with the tail and the type of the result applied. */
function truth({ geometry, input, kernel, bias, facts }: Case): number[] {
  return Array.from(referenceConv(geometry, input, kernel, bias ?? 0), (sum) => {
    const shifted = sum + facts.offset
    const { activation } = facts
    const value = activation?.kind === 'clamp' ? Math.min(Math.max(shifted, activation.min), activation.max) : shifted
    return toDType(value, facts.output.dtype)
  })
}

function externalOf(x: NdArray): ExternalLayout {
  if (x.shape.includes(0)) return { span: 0, lowest: 0, adopted: false }
  const [first, last] = reach(x.shape, x.strides, 0)
  return { span: last - first + 1, lowest: first, adopted: false }
}

/** Positions in memory of an array's elements, row-major. */
function positions({ shape, strides, offset }: NdArray): number[] {
  let all = [offset]
  for (const [axis, extent] of shape.entries()) {
    all = all.flatMap((start) => Array.from({ length: extent }, (_, i) => start + i * strides[axis]!))
  }
  return all
}

/** Runs a case and says what is wrong; undefined where nothing is. Twice, the second time with prepared weights. */
function mistake(algorithm: Algorithm, backend: Backend, c: Case, wanted: readonly number[]): string | undefined {
  const { geometry, input, kernel, bias } = c
  const output = c.output()
  const expected = Array.from(output.data)
  for (const [i, at] of positions(output).entries()) expected[at] = wanted[i]!
  const before = output.data.slice()
  const program = algorithm.program(geometry, c.facts)
  const optional = bias === undefined ? {} : { bias: externalOf(bias) }
  const externals = { input: externalOf(input), kernel: externalOf(kernel), output: externalOf(output), ...optional }
  checkProgram(program, externals)
  const executable = backend.compile(program, externals)
  const bindings = { input, kernel, output, ...(bias === undefined ? {} : { bias }) }
  try {
    for (const prepared of [false, true]) {
      output.data.set(before as never)
      if (prepared) executable.prepare(kernel)
      executable.run(bindings, prepared)
      const at = expected.findIndex((value, i) => output.data[i] !== value)
      if (at >= 0) return `element ${at} of memory is ${output.data[at]}, not ${expected[at]}${prepared ? ', with prepared weights' : ''}`
    }
  } finally {
    executable.dispose()
  }
  compared++
  return undefined
}

interface Named extends GeometryParts {
  readonly name: string
  readonly inputDType?: DType
  readonly outputDType?: DType
  readonly bias?: boolean
  readonly offset?: number
  readonly clamp?: readonly [min: number, max: number]
  /** Strides over [batch or filter, channel, ...axes]; dense where left out. */
  readonly inputStrides?: readonly number[]
  readonly kernelStrides?: readonly number[]
  readonly outputStrides?: readonly number[]
  /** Kernel = product of these, known to the algorithms. */
  readonly factors?: readonly (readonly number[])[]
  readonly inputValues?: readonly number[]
  readonly kernelValues?: readonly number[]
  /** Known from outside; row-major. */
  readonly result?: readonly number[]
}

function placed(shape: readonly number[], dtype: DType, strides: readonly number[], value: (i: number) => number): NdArray {
  if (elementCount(shape) === 0) return view(dtypes[dtype].create(0), shape)
  const [first, last] = reach(shape, strides, 0)
  const data = dtypes[dtype].create(last - first + 1)
  for (let i = 0; i < data.length; i++) data[i] = value(i)
  return view(data, shape, { strides, offset: -first })
}

function caseOf(named: Named): Case {
  const geometry = makeGeometry(named)
  const { dtype } = geometry
  const next = random(named.name.length)
  const { inputDType = dtype, outputDType = dtype } = named
  const inputShape = [geometry.batch, geometry.channels, ...geometry.axes.map((axis) => axis.input)]
  const kernelShape = [geometry.filters, geometry.channels / geometry.groups, ...geometry.axes.map((axis) => axis.kernel)]
  const outputShape = [geometry.batch, geometry.filters, ...geometry.axes.map((axis) => axis.output)]
  const product = named.factors?.reduce<readonly number[]>((all, f) => all.flatMap((v) => f.map((w) => v * w)), [1])
  const kernelValues = product ?? named.kernelValues
  const lowest = dtypes[inputDType].min === 0 ? 0 : -4
  const input = placed(
    inputShape,
    inputDType,
    named.inputStrides ?? rowMajorStrides(inputShape),
    (i) => named.inputValues?.[i] ?? lowest + next(9),
  )
  const kernel = placed(kernelShape, dtype, named.kernelStrides ?? rowMajorStrides(kernelShape), (i) => kernelValues?.[i] ?? next(9) - 4)
  const output = (): NdArray => placed(outputShape, outputDType, named.outputStrides ?? rowMajorStrides(outputShape), () => 77)
  const bias = named.bias ? placed([geometry.filters], dtype, [1], (i) => i - 3) : undefined
  const facts: Facts = {
    input: layoutOf(input),
    kernel: layoutOf(kernel),
    output: layoutOf(output()),
    bias: bias !== undefined,
    offset: named.offset ?? 0,
    ...(named.clamp === undefined ? {} : { activation: { kind: 'clamp', min: named.clamp[0], max: named.clamp[1] } as const }),
    ...(named.factors === undefined ? {} : { values: { separable: { terms: [named.factors], residual: 0 } } }),
  }
  return { geometry, input, kernel, bias, facts, output }
}

const square = (input: number, kernel: number, more: object = {}): { input: number; kernel: number }[] => [
  { input, kernel, ...more },
  { input, kernel, ...more },
]
const borders = ['zero', { constant: 3 }, 'edge', 'reflect', 'symmetric', 'wrap'] as const
const borderName = (border: (typeof borders)[number]): string => (typeof border === 'string' ? border : 'constant 3')
const around = { before: 1, after: 1 }
const emboss = [-2, -1, 0, -1, 1, 1, 0, 1, 2]

const cases: readonly Named[] = [
  {
    name: 'article 1: 3×3 by 2×2, its sums without the bias 0.06, which float32 rounds',
    axes: square(3, 2),
    inputValues: [3, 9, 0, 2, 8, 1, 1, 4, 8],
    kernelValues: [8, 9, 4, 4],
    result: [145, 108, 108, 121],
  },
  {
    name: 'article 1 with a whole bias',
    axes: square(3, 2),
    inputValues: [3, 9, 0, 2, 8, 1, 1, 4, 8],
    kernelValues: [8, 9, 4, 4],
    offset: 2,
    result: [147, 110, 110, 123],
  },
  {
    name: 'article 2: emboss on 5×7×3, slice by slice',
    batch: 3,
    axes: [
      { input: 5, kernel: 3, ...around },
      { input: 7, kernel: 3, ...around },
    ],
    kernelValues: emboss,
    inputStrides: [1, 0, 21, 3],
    outputStrides: [1, 0, 21, 3],
  },
  {
    name: 'article 2: emboss on bytes, to bytes',
    batch: 3,
    axes: square(9, 3, around),
    kernelValues: emboss,
    inputStrides: [1, 0, 27, 3],
    outputStrides: [1, 0, 27, 3],
    inputDType: 'uint8',
    outputDType: 'uint8',
  },
  { name: 'article 2: summed over channels, H×W×C with kH×kW×C', axes: [...square(6, 3, around), { input: 3, kernel: 3 }] },
  { name: '1-D', axes: [{ input: 11, kernel: 3 }], flip: true },
  { name: '1-D, full', axes: [{ input: 11, kernel: 4, before: 3, after: 3 }], flip: true },
  {
    name: '3-D',
    channels: 2,
    filters: 3,
    axes: [
      { input: 4, kernel: 2 },
      { input: 5, kernel: 3, ...around },
      { input: 6, kernel: 3 },
    ],
    bias: true,
  },
  { name: 'extent 1 everywhere', axes: square(1, 1) },
  { name: 'extent 1, padded', axes: square(1, 3, around), bias: true },
  ...[1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33].map((input) => ({
    name: `rows of ${input}`,
    axes: [
      { input: 3, kernel: 2 },
      { input, kernel: 3, ...around },
    ],
  })),
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17].map((filters) => ({
    name: `${filters} filters, channels last`,
    channels: 3,
    filters,
    axes: square(4, 3, around),
    outputStrides: [16 * filters, 1, 4 * filters, filters],
    inputStrides: [48, 1, 12, 3],
    bias: true,
  })),
  ...Array.from({ length: 17 }, (_, c) => ({ name: `${c + 1} channels`, channels: c + 1, filters: 4, axes: square(5, 3, around) })),
  {
    name: 'rectangular kernel',
    axes: [
      { input: 9, kernel: 1 },
      { input: 10, kernel: 5, before: 2, after: 2 },
    ],
  },
  {
    name: 'tall kernel',
    axes: [
      { input: 9, kernel: 7, before: 3, after: 3 },
      { input: 10, kernel: 2 },
    ],
  },
  { name: 'even kernel, longer after', axes: square(8, 4, { before: 1, after: 2 }) },
  { name: 'even kernel, longer before', axes: square(8, 4, { before: 2, after: 1 }), flip: true },
  { name: 'kernel larger than input', axes: square(3, 7, { before: 3, after: 3 }) },
  { name: 'kernel larger than input, wrap', axes: square(3, 8, { before: 3, after: 4 }), boundary: 'wrap' },
  { name: 'empty batch', batch: 0, channels: 2, filters: 2, axes: square(4, 3) },
  { name: 'no channels, bias only', channels: 0, filters: 2, axes: square(4, 3), bias: true },
  {
    name: 'prime sizes',
    batch: 2,
    channels: 5,
    filters: 7,
    axes: [
      { input: 13, kernel: 3, stride: 2 },
      { input: 11, kernel: 5, stride: 3, before: 2 },
    ],
  },
  { name: 'stride larger than input', axes: square(5, 3, { stride: 1000, ...around }) },
  {
    name: 'stride of 2^20 in one row',
    axes: [
      { input: 5, kernel: 1 },
      { input: 9, kernel: 3, stride: 2 ** 20 },
    ],
  },
  { name: 'dilation beyond the input', axes: square(4, 3, { dilation: 7, before: 7, after: 7 }) },
  { name: 'dilation beyond the input, reflect', axes: square(4, 3, { dilation: 9, before: 9, after: 9 }), boundary: 'reflect' },
  { name: 'input dilation', channels: 2, filters: 3, axes: square(5, 3, { inputDilation: 2, before: 2, after: 2 }) },
  {
    name: 'input dilation, stride and dilation',
    channels: 2,
    filters: 3,
    axes: square(5, 3, { inputDilation: 3, stride: 2, dilation: 2, before: 2, after: 5 }),
  },
  { name: 'input dilation, wrap', axes: square(5, 3, { inputDilation: 2, before: 4, after: 3 }), boundary: 'wrap' },
  { name: 'groups', channels: 6, filters: 9, groups: 3, axes: square(5, 3, around), bias: true },
  { name: 'depthwise', channels: 7, filters: 7, groups: 7, axes: square(6, 3, around) },
  {
    name: 'depthwise, channels last',
    channels: 7,
    filters: 7,
    groups: 7,
    axes: square(6, 3, around),
    inputStrides: [252, 1, 42, 7],
    outputStrides: [252, 1, 42, 7],
  },
  { name: 'depthwise with multiplier 2', channels: 5, filters: 10, groups: 5, axes: square(6, 3, around) },
  { name: 'flip', channels: 2, filters: 2, axes: square(6, 3, around), flip: true },
  {
    name: 'flip, uneven padding',
    axes: [
      { input: 6, kernel: 4, before: 3, after: 0 },
      { input: 6, kernel: 2, before: 0, after: 1 },
    ],
    flip: true,
  },
  ...borders.map((boundary) => ({ name: `border ${borderName(boundary)}`, boundary, channels: 2, filters: 2, axes: square(5, 3, around) })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)}, pads of 17 on 4`,
    boundary,
    axes: square(4, 3, { before: 17, after: 13 }),
  })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)} on extent 1`,
    boundary,
    axes: square(1, 3, { before: 4, after: 2 }),
  })),
  ...borders.map((boundary) => ({
    name: `border ${borderName(boundary)}, stride 3, dilation 2, 1-D`,
    boundary,
    axes: [{ input: 19, kernel: 4, stride: 3, dilation: 2, before: 5, after: 4 }],
  })),
  {
    name: 'a border for each axis',
    boundary: ['wrap', { constant: -2 }, 'reflect'],
    axes: [{ input: 3, kernel: 3, ...around }, ...square(4, 3, around)],
  },
  { name: 'two constants that meet in the corners', boundary: [{ constant: 5 }, { constant: 7 }], axes: square(3, 3, around) },
  { name: 'negative padding', axes: square(9, 3, { before: -2, after: -1 }), boundary: 'edge' },
  { name: 'negative padding past the array', axes: [{ input: 4, kernel: 2, before: -6, after: 5 }], boundary: 'wrap' },
  { name: 'input reversed', axes: square(6, 3, around), inputStrides: [36, 36, -6, -1] },
  { name: 'input broadcast along rows', axes: square(6, 3, around), inputStrides: [0, 0, 0, 1] },
  { name: 'input broadcast along columns', axes: square(6, 3, around), inputStrides: [0, 0, 1, 0] },
  { name: 'input with odd strides', channels: 2, axes: square(6, 3, around), inputStrides: [1000, 331, 37, 5] },
  {
    name: 'input transposed',
    axes: [
      { input: 6, kernel: 3 },
      { input: 4, kernel: 2 },
    ],
    inputStrides: [24, 24, 1, 6],
  },
  { name: 'overlapping input', axes: square(6, 3), inputStrides: [1, 1, 1, 1] },
  { name: 'kernel reversed, transposed, with gaps', channels: 2, filters: 3, axes: square(6, 3), kernelStrides: [-90, 40, 2, 7] },
  { name: 'one weight for the whole kernel', channels: 2, filters: 3, axes: square(6, 3), kernelStrides: [1, 0, 0, 0] },
  { name: 'output with gaps', filters: 2, axes: square(6, 3), outputStrides: [200, 100, 17, 3] },
  { name: 'output reversed', filters: 2, axes: square(6, 3), outputStrides: [32, 16, -4, -1] },
  { name: 'output transposed', filters: 2, axes: square(6, 3), outputStrides: [32, 1, 2, 8] },
  { name: 'float64', channels: 3, filters: 5, axes: square(7, 3, around), dtype: 'float64', bias: true, offset: -1 },
  {
    name: 'float64, channels last',
    channels: 3,
    filters: 5,
    axes: square(7, 3, around),
    dtype: 'float64',
    inputStrides: [147, 1, 21, 3],
    outputStrides: [245, 1, 35, 5],
  },
  ...(['int8', 'uint8', 'uint8c', 'int16', 'uint16'] as const).map((type) => ({
    name: `${type} in and out, saturating`,
    channels: 4,
    filters: 3,
    axes: square(7, 5, { before: 2, after: 2 }),
    inputDType: type,
    outputDType: type,
    offset: 100,
  })),
  ...(['int8', 'uint8', 'uint8c', 'int16', 'uint16', 'int32'] as const).map((type) => ({
    name: `float64 sums to ${type}`,
    axes: square(7, 3),
    dtype: 'float64' as const,
    outputDType: type,
    offset: 0.5,
  })),
  { name: 'int32 in and out', channels: 2, axes: square(7, 3), dtype: 'float64', inputDType: 'int32', outputDType: 'int32' },
  { name: 'float64 in, float32 sums', axes: square(7, 3, around), inputDType: 'float64' },
  { name: 'clamped', filters: 3, axes: square(7, 3, around), bias: true, clamp: [-5, 6] },
  {
    name: 'separable 3×3',
    axes: square(9, 3, around),
    factors: [
      [1, 2, 1],
      [1, 0, -1],
    ],
  },
  {
    name: 'separable 3×5, reflect, batch',
    batch: 3,
    axes: [
      { input: 9, kernel: 3, ...around },
      { input: 17, kernel: 5, before: 2, after: 2 },
    ],
    boundary: 'reflect',
    factors: [
      [1, 2, 1],
      [1, 4, 0, 4, 1],
    ],
  },
  {
    name: 'separable, flipped, asymmetric, strided',
    axes: square(11, 3, { stride: 2, dilation: 2, before: 3, after: 1 }),
    flip: true,
    factors: [
      [1, 2, 3],
      [-1, 0, 2],
    ],
  },
  {
    name: 'separable 3-D, two constants',
    axes: [{ input: 4, kernel: 2, ...around }, ...square(5, 3, around)],
    boundary: [{ constant: 2 }, 'zero', { constant: -1 }],
    factors: [
      [1, 2],
      [1, 2, 1],
      [3, 0, -1],
    ],
  },
]

describe.each(backendNames.map((name, i) => [name, backends[i]!] as const))('%s', (_, backend) => {
  describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))('%s', (_, algorithm) => {
    test.each(cases.map((named) => [named.name, named] as const))('%s', (_, named) => {
      const c = caseOf(named)
      const wanted = truth(c)
      if (named.result !== undefined) expect(wanted).toEqual(named.result)
      const reason = refusal(algorithm, backend, c)
      if (reason === undefined) expect(mistake(algorithm, backend, c, wanted)).toBeUndefined()
      else expect(reason).not.toBe('')
    })
  })
})

test('naive and one other algorithm take every named case but those they must refuse', () => {
  for (const named of cases) {
    const { geometry, facts } = caseOf(named)
    expect(allAlgorithms.at(-1)!.refuse(geometry, facts), named.name).toBeUndefined()
    expect(allAlgorithms.filter((a) => a.refuse(geometry, facts) === undefined).length, named.name).toBeGreaterThanOrEqual(2)
  }
})

const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
const given = process?.env?.STRIDEFOLD_SEED
const firstSeed = given === undefined ? Date.now() % 2 ** 31 : Number(given)

const kinds: readonly (readonly [name: string, options: RandomOptions, count: number])[] = [
  ['any', {}, 90],
  ['many channels', { larger: true }, 50],
  ['separable', { separable: true }, 50],
  ['float64', { dtype: 'float64' }, 30],
  ['bytes in and out', { dtype: 'float32', inputDType: 'uint8', outputDType: 'uint8' }, 30],
  ['int16 in, int8 out', { dtype: 'float32', inputDType: 'int16', outputDType: 'int8' }, 20],
  ['int32 in and out', { dtype: 'float64', inputDType: 'int32', outputDType: 'int32' }, 20],
]
const largestOutput = 3000

test.each(kinds)(`random: %s, from seed ${firstSeed}`, (_, options, count) => {
  const before = compared
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const c = randomCase(seed, options)
    if (c.geometry.axes.some((axis) => axis.output > largestOutput)) continue
    const wanted = truth(c)
    for (const algorithm of allAlgorithms) {
      for (const [i, backend] of backends.entries()) {
        if (refusal(algorithm, backend, c) !== undefined) continue
        const where = `STRIDEFOLD_SEED=${seed}: ${algorithm.name} on ${backendNames[i]}, ${c.geometry.key}`
        expect(mistake(algorithm, backend, c, wanted), where).toBeUndefined()
      }
    }
  }
  expect(compared).toBeGreaterThan(before)
})
