/**
 * Runs a case by an algorithm on a backend, and compares every result with the float64 definition.
 * The contract suite and the proof of the GPU share it. Memory between the elements of an output
 * must not change.
 */

import type { Algorithm } from '../src/algorithms/algorithm.ts'
import { latticeProperties } from '../src/geometry/exact-sums.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { type DType, dtypes, epsilon } from '../src/ndarray/dtype.ts'
import { elementCount, memoryBounds, rowMajorStrides } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { layoutOf } from '../src/problem/operands.ts'
import { checkProgram } from '../src/program/check.ts'
import { compareWithDefinition, type Definition, definition } from '../src/reference/compare.ts'
import type { TestBackend } from './backends.ts'
import type { Named } from './contract-cases.ts'
import { externalOf } from './external-layouts.ts'
import { type RandomCase as Case, random } from './random-geometry.ts'

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

export function caseOf(named: Named): Case {
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

/** How many runs were compared, and how often each reason kept one from running. */
export const tally: { compared: number; readonly skips: Map<string, number> } = {
  compared: 0,
  skips: new Map(),
}

/** Returns why an algorithm or backend does not support a case, and counts the reason. */
export function skipReason(
  algorithm: Algorithm,
  backend: TestBackend,
  { geometry, descriptors }: Case,
): string | undefined {
  const reason =
    algorithm.unsupportedReason(geometry, descriptors) ??
    backend.unsupportedReason(algorithm.program(geometry, descriptors))
  if (reason === undefined) return undefined
  const line = `${algorithm.name}: ${reason.replaceAll(/\d[\d.e+]*/g, '#')}`
  tally.skips.set(line, (tally.skips.get(line) ?? 0) + 1)
  return reason
}

/** The outputs of the definition after the epilogue. */
export const definitionOf = ({ geometry, input, kernel, bias, descriptors }: Case): Definition =>
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
export async function mismatch(
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
  tally.compared++
  return undefined
}
