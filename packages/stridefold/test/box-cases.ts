/**
 * Random problems, computed whole and in boxes that are cut at random places. Both must have the
 * same bits. Used by boxes.test.ts and by `npm run random -- cuts`.
 */

import { allAlgorithms } from '../src/algorithms/index.ts'
import { validateRunOptions } from '../src/geometry/check-options.ts'
import { cartesianProduct } from '../src/ndarray/cartesian-product.ts'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { type Box, type Form, formOf, planBox, type Range } from '../src/planner/boxes.ts'
import { decide } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { problemOf } from '../src/problem/operands.ts'
import type { Problem } from '../src/problem/problem.ts'
import { questionOfGeometry } from '../src/problem/question.ts'
import type { Backend } from '../src/program/backend.ts'
import { boxView, windowArray } from '../src/runtime/box-arrays.ts'
import { type RandomCase, type RandomOptions, random, randomCase } from './random-geometry.ts'

/** The kinds of problems: some algorithms need few channels, others many. */
export const kinds: Readonly<Record<string, RandomOptions>> = {
  'one channel': { separable: true },
  layers: { larger: true },
  tiles: { tiled: true },
  bytes: { inputDType: 'uint8', outputDType: 'uint8', dtype: 'float32' },
}

/** How many boxes were compared with the whole, by algorithm. */
export type Compared = Record<string, number>

const cutsPerProblem = 3

/**
 * Computes one random problem with every algorithm that may be cut: whole, and in three random
 * cuts. Adds to `compared`. Returns a text about the first box that differs.
 */
export function compareCuts(
  seed: number,
  kind: string,
  backend: Backend,
  compared: Compared,
): string | undefined {
  const problem = withFractions(randomCase(seed, kinds[kind]))
  for (const { name: algorithm } of allAlgorithms) {
    const decided = decidedFor(problem, algorithm, backend)
    if (decided === undefined) continue
    const form = formOf(decided.problem, decided.decision, backend)
    if (typeof form === 'string') continue
    const whole = bytesOf(runWhole(decided, problem, backend))
    for (let i = 0; i < cutsPerProblem; i++) {
      const boxes = cutBoxes(decided.problem, form, seed * cutsPerProblem + i)
      if (boxes.length < 2) continue
      const inBoxes = bytesOf(runInBoxes(decided, form, boxes, problem, backend))
      const at = whole.findIndex((byte, index) => byte !== inBoxes[index])
      compared[algorithm] = (compared[algorithm] ?? 0) + 1
      if (at >= 0)
        return (
          `${backend.name} ${algorithm}, seed ${seed}: byte ${at} of ${problem.geometry.key} ` +
          `differs in the boxes ${JSON.stringify(boxes)}`
        )
    }
  }
  return undefined
}

/** Makes samples and weights fractions: sums of whole numbers are the same in every order. */
export function withFractions(problem: RandomCase): RandomCase {
  for (const { data, dtype } of [problem.input, problem.kernel]) {
    if (dtypes[dtype].integer) continue
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.1 + ((i * 7) % 13) / 9
  }
  return problem
}

interface Decided {
  readonly problem: Problem
  readonly decision: Decision
}

/** The decision for one algorithm. Undefined if it does not support the problem. */
export function decidedFor(
  { geometry, input, kernel, bias, output, descriptors }: RandomCase,
  algorithm: string,
  backend: Backend,
): Decided | undefined {
  const options = validateRunOptions('test', { algorithm, backend: backend.name }, [], {})
  const question = questionOfGeometry('', 'test', geometry, output().dtype, options, true)
  const { offset, activation, values } = descriptors
  const problem = problemOf(
    { ...question, offset, activation },
    { input, kernel, bias, output: output() },
    values,
  )
  try {
    return { problem, decision: decide(problem, [backend]) }
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'ALGORITHM_REFUSED' || code === 'PROGRAM_TOO_LARGE') return undefined
    throw error
  }
}

export function runWhole(
  { problem, decision }: Decided,
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): NdArray {
  const result = output()
  const executable = backend.compile(decision.program, problem.spans, problem.options)
  executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return result
}

/** Random ranges that begin at multiples of `multiple` and cover [0, extent). */
function cut(extent: number, multiple: number, next: (below: number) => number): Range[] {
  const pieces = Number.isFinite(multiple) ? Math.ceil(extent / multiple) : 1
  const starts = [0]
  for (let i = 1; i < pieces; i++) if (next(pieces) < 2) starts.push(i * multiple)
  return starts.map((start, i) => [start, starts[i + 1] ?? extent] as const)
}

function cutBoxes({ geometry: g }: Problem, { cuts }: Form, seed: number): Box[] {
  const next = random(seed)
  return cartesianProduct([
    cut(g.batch, cuts.batch, next),
    cut(g.filters, cuts.filters, next),
    ...g.axes.map(({ output }, a) => cut(output, cuts.outputs[a]!, next)),
  ]).map(([batch, filters, ...outputs]) => ({ batch: batch!, filters: filters!, outputs }))
}

function runInBoxes(
  { problem, decision }: Decided,
  form: Form,
  boxes: readonly Box[],
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): NdArray {
  const result = output()
  for (const box of boxes) {
    const plan = planBox(problem, decision, form, box)
    const { outer, channel, axes, dtype } = plan.descriptors.output
    const ranges = [box.batch, box.filters, ...box.outputs]
    const shape = ranges.map(([start, end]) => end - start)
    const part = view(dtypes[dtype].create(elementCount(shape)), shape, {
      strides: [outer, channel, ...axes],
      writable: true,
    })
    const bindings = {
      input: windowArray(input, plan, box),
      kernel: boxView(kernel, [
        box.filters,
        ...kernel.shape.slice(1).map((extent): Range => [0, extent]),
      ]),
      bias: bias && boxView(bias, [box.filters]),
      output: part,
    }
    const { spans } = problemOf({ ...problem, geometry: plan.geometry }, bindings)
    const executable = backend.compile(plan.program, spans, problem.options)
    executable.run(bindings, false)
    executable.dispose()
    copy(part, boxView(result, ranges))
  }
  return result
}

/** The bytes of the memory of an array. */
export const bytesOf = ({ data: { buffer, byteOffset, byteLength } }: NdArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
