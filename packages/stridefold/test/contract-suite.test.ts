/**
 * Does every algorithm on every backend give the results of the float64 definition? Named cases
 * come first, then random geometries.
 *
 * Data are small integers, so every sum is exact in float32 and results are compared with ===.
 * Memory between the elements of an output must not change. If an algorithm does not support a
 * case, the suite skips it with the reason. Every run has new random cases. `STRIDEFOLD_SEED=n`
 * runs those from seed n.
 */

import { afterAll, describe, expect, test } from 'vitest'
import type { Algorithm } from '../src/algorithms/algorithm.ts'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { latticeProperties } from '../src/geometry/exact-sums.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { type DType, dtypes, epsilon, toDType } from '../src/ndarray/dtype.ts'
import { elementCount, memoryBounds, rowMajorStrides } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { checkProgram } from '../src/program/check.ts'
import { compareWithDefinition, type Definition, definition } from '../src/reference/compare.ts'
import { jsBackend, slowTestBackend, type TestBackend, wasmBackend } from './backends.ts'
import { cases, type Named } from './contract-cases.ts'
import { externalOf } from './external-layouts.ts'
import { casesHere } from './random-count.ts'
import {
  type RandomCase as Case,
  type RandomOptions,
  random,
  randomCase,
} from './random-geometry.ts'

const slow = slowTestBackend(Date.now() % 1000)
const backends: readonly TestBackend[] = [
  jsBackend(),
  wasmBackend({ deterministic: false }),
  wasmBackend({ deterministic: true }),
  slow,
]
const backendNames = ['js', 'wasm', 'wasm, deterministic', 'slow']

function placed(
  shape: readonly number[],
  dtype: DType,
  strides: readonly number[],
  value: (i: number) => number,
): NdArray {
  if (elementCount(shape) === 0) return view(dtypes[dtype].create(0), shape)
  const [first, last] = memoryBounds(shape, strides, 0)
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
  const kernelShape = [
    geometry.filters,
    geometry.channels / geometry.groups,
    ...geometry.axes.map((axis) => axis.kernel),
  ]
  const outputShape = [
    geometry.batch,
    geometry.filters,
    ...geometry.axes.map((axis) => axis.output),
  ]
  const product = named.factors?.reduce<readonly number[]>(
    (all, f) => all.flatMap((v) => f.map((w) => v * w)),
    [1],
  )
  const kernelValues = product ?? named.kernelValues
  const lowest = dtypes[inputDType].min === 0 ? 0 : -4
  const input = placed(
    inputShape,
    inputDType,
    named.inputStrides ?? rowMajorStrides(inputShape),
    (i) => named.inputValues?.[i] ?? lowest + next(9),
  )
  const kernel = placed(
    kernelShape,
    dtype,
    named.kernelStrides ?? rowMajorStrides(kernelShape),
    (i) => kernelValues?.[i] ?? next(9) - 4,
  )
  const output = (): NdArray =>
    placed(outputShape, outputDType, named.outputStrides ?? rowMajorStrides(outputShape), () => 77)
  const bias = named.bias ? placed([geometry.filters], dtype, [1], (i) => i - 3) : undefined
  const descriptors: OperandDescriptors = {
    input: layoutOf(input),
    kernel: layoutOf(kernel),
    output: layoutOf(output()),
    bias: bias !== undefined,
    offset: named.offset ?? 0,
    ...(named.clamp === undefined
      ? {}
      : { activation: { kind: 'clamp', min: named.clamp[0], max: named.clamp[1] } as const }),
    values: {
      lattice: latticeProperties(geometry, kernel),
      ...(named.factors && { separable: { terms: [named.factors], residual: 0 } }),
    },
  }
  return { geometry, input, kernel, bias, descriptors, output }
}

const skips = new Map<string, number>()
let compared = 0

afterAll(() => {
  const lines = [...skips]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `  ${count} × ${reason}`)
  console.info([`${compared} runs compared, skipped:`, ...lines].join('\n'))
})

/** Returns why an algorithm or backend does not support a case, and counts the reason. */
function skipReason(
  algorithm: Algorithm,
  backend: TestBackend,
  { geometry, descriptors }: Case,
): string | undefined {
  const reason =
    algorithm.unsupportedReason(geometry, descriptors) ??
    backend.unsupportedReason(algorithm.program(geometry, descriptors))
  if (reason === undefined) return undefined
  const line = `${algorithm.name}: ${reason.replaceAll(/\d[\d.e+]*/g, '#')}`
  skips.set(line, (skips.get(line) ?? 0) + 1)
  return reason
}

/** The outputs of the definition after the epilogue. */
const definitionOf = ({ geometry, input, kernel, bias, descriptors }: Case): Definition =>
  definition(geometry, {
    ...{ input, kernel, bias },
    ...{ offset: descriptors.offset, activation: descriptors.activation },
  })

/** The positions of the elements of an array in memory, row-major. */
function positions({ shape, strides, offset }: NdArray): number[] {
  let all = [offset]
  for (const [axis, extent] of shape.entries()) {
    all = all.flatMap((start) =>
      Array.from({ length: extent }, (_, i) => start + i * strides[axis]!),
    )
  }
  return all
}

/**
 * Algorithms with rounding errors, because their transforms use fractions. The sums of all others
 * are exact for small integers.
 */
const rounding = new Set(['winograd', 'fft'])

/**
 * Runs a case twice, the second time with prepared weights. Returns a message about the first wrong
 * element, or undefined if all are correct.
 */
async function mismatch(
  algorithm: Algorithm,
  backend: TestBackend,
  c: Case,
  expected: Definition,
): Promise<string | undefined> {
  const { geometry: g, input, kernel, bias } = c
  const output = c.output()
  const before = output.data.slice()
  const between = new Set(before.keys())
  for (const position of positions(output)) between.delete(position)
  const errorBound = rounding.has(algorithm.name)
    ? epsilon[g.dtype] * algorithm.errorBoundFactor(g, c.descriptors)
    : 0
  const program = algorithm.program(g, c.descriptors)
  const optional = bias === undefined ? {} : { bias: externalOf(bias) }
  const externals = {
    input: externalOf(input),
    kernel: externalOf(kernel),
    output: externalOf(output),
    ...optional,
  }
  checkProgram(program, externals)
  const executable = backend.compile(program, externals)
  const bindings = { input, kernel, output, ...(bias === undefined ? {} : { bias }) }
  try {
    for (const prepared of [false, true]) {
      output.data.set(before as never)
      if (prepared) await executable.prepare(kernel)
      await executable.run(bindings, prepared)
      const when = prepared ? ', with prepared weights' : ''
      const { fault } = compareWithDefinition(expected, output, { errorBound })
      if (fault !== undefined)
        return (
          `output [${fault.index}] is ${fault.actual}, not ${fault.expected} ± ` +
          `${fault.bound}${when}`
        )
      for (const at of between)
        if (output.data[at] !== before[at])
          return `element ${at} of memory, between the outputs, is ${output.data[at]}${when}`
    }
  } finally {
    executable.dispose()
  }
  compared++
  return undefined
}

/** Every algorithm on every backend computes the same cases, so each is made once. */
const prepared = new Map<Named, readonly [Case, Definition]>()

function preparedCase(named: Named): readonly [Case, Definition] {
  const known = prepared.get(named)
  if (known) return known
  const c = caseOf(named)
  const made = [c, definitionOf(c)] as const
  prepared.set(named, made)
  return made
}

describe.each(backendNames.map((name, i) => [name, backends[i]!] as const))('%s', (_, backend) => {
  describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
    '%s',
    (_, algorithm) => {
      test.for(cases)('$name', async (named, { skip }) => {
        const [c, expected] = preparedCase(named)
        if (named.result !== undefined) {
          const rounded = Array.from(expected.values, (v) => toDType(v, c.descriptors.output.dtype))
          expect(rounded).toEqual(named.result)
        }
        const reason = skipReason(algorithm, backend, c)
        if (reason !== undefined) skip(reason)
        expect(await mismatch(algorithm, backend, c, expected)).toBeUndefined()
      })
    },
  )
})

test('naive and one other algorithm support every named case that they can express', () => {
  for (const named of cases) {
    const { geometry, descriptors } = caseOf(named)
    expect(
      allAlgorithms.at(-1)!.unsupportedReason(geometry, descriptors),
      named.name,
    ).toBeUndefined()
    expect(
      allAlgorithms.filter((a) => a.unsupportedReason(geometry, descriptors) === undefined).length,
      named.name,
    ).toBeGreaterThanOrEqual(2)
  }
})

const { process } = globalThis as {
  process?: { env?: Readonly<Record<string, string | undefined>> }
}
const seedText = process?.env?.STRIDEFOLD_SEED
const firstSeed = seedText === undefined ? Date.now() % 2 ** 31 : Number(seedText)

const kinds: readonly (readonly [name: string, options: RandomOptions, count: number])[] = [
  ['any', {}, 45],
  ['many channels', { larger: true }, 25],
  ['separable', { separable: true }, 25],
  ['dense with channels', { tiled: true }, 30],
  [
    'dense with channels, bytes to int16',
    { tiled: true, dtype: 'float32', inputDType: 'uint8', outputDType: 'int16' },
    10,
  ],
  ['float64', { dtype: 'float64' }, 15],
  ['bytes in and out', { dtype: 'float32', inputDType: 'uint8', outputDType: 'uint8' }, 15],
  ['int16 in, int8 out', { dtype: 'float32', inputDType: 'int16', outputDType: 'int8' }, 10],
  ['int32 in and out', { dtype: 'float64', inputDType: 'int32', outputDType: 'int32' }, 10],
]
const largestOutput = 3000

test.each(kinds)(`random: %s, from seed ${firstSeed}`, async (_, options, count) => {
  const before = compared
  for (let seed = firstSeed; seed < firstSeed + casesHere(count); seed++) {
    const c = randomCase(seed, options)
    if (c.geometry.axes.some((axis) => axis.output > largestOutput)) continue
    const expected = definitionOf(c)
    for (const algorithm of allAlgorithms) {
      for (const [i, backend] of backends.entries()) {
        // The slow backend interprets as js does: some of the problems suffice.
        if (backend.name === slow.name && seed % 3 !== 0) continue
        if (skipReason(algorithm, backend, c) !== undefined) continue
        const runner = `${algorithm.name} on ${backendNames[i]}`
        const where = `STRIDEFOLD_SEED=${seed}: ${runner}, ${c.geometry.key}`
        expect(await mismatch(algorithm, backend, c, expected), where).toBeUndefined()
      }
    }
  }
  expect(compared).toBeGreaterThan(before)
})
