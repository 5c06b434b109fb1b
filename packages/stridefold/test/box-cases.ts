/**
 * Random problems, computed whole and in boxes. Both must have the same bits. The boxes are cut at
 * random places, each with its own program; or they have one random size, or that which the library
 * chooses, and the library runs them with one program. Used by boxes.test.ts and by `npm run random
 * -- cuts`.
 */

import { allAlgorithms } from '../src/algorithms/index.ts'
import { validateRunOptions } from '../src/geometry/check-options.ts'
import type { OperandLayout } from '../src/geometry/operands.ts'
import { cartesianProduct } from '../src/ndarray/cartesian-product.ts'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { type NdArray, view, viewOf } from '../src/ndarray/ndarray.ts'
import { spanOf, stridesOf } from '../src/planner/box-layout.ts'
import {
  type Box,
  type BoxPlan,
  boxProgram,
  type Form,
  planBox,
  type Range,
} from '../src/planner/boxes.ts'
import { type Cut, cutInto, cutOf } from '../src/planner/cut.ts'
import { algorithmOf, decide } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { problemOf } from '../src/problem/operands.ts'
import type { Problem } from '../src/problem/problem.ts'
import { questionOfGeometry } from '../src/problem/question.ts'
import type { Backend } from '../src/program/backend.ts'
import { copyOrderOf, copyWindow, runsInside, runsOf } from '../src/runtime/box-arrays.ts'
import { BoxExecutable } from '../src/runtime/box-executable.ts'
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
    const { form } = decided.decision
    if (!form.cutKeepsBits) continue
    const whole = bytesOf(runWhole(decided, problem, backend))
    const differs = (result: NdArray, how: string): string | undefined => {
      const bytes = bytesOf(result)
      const at = whole.findIndex((byte, index) => byte !== bytes[index])
      compared[algorithm] = (compared[algorithm] ?? 0) + 1
      return at < 0
        ? undefined
        : `${backend.name} ${algorithm}, seed ${seed}: byte ${at} of ${problem.geometry.key} ` +
            `differs in ${how}`
    }
    for (let i = 0; i < cutsPerProblem; i++) {
      const next = random(seed * cutsPerProblem + i)
      const boxes = cutBoxes(decided.problem, form, next)
      const different =
        boxes.length < 2
          ? undefined
          : differs(
              runInBoxes(decided, form, boxes, problem, backend),
              `the boxes ${JSON.stringify(boxes)}`,
            )
      if (different !== undefined) return different
      const size = sizeOfBoxes(decided.problem, form, next)
      const cut = cutInto(decided.problem, form, size)
      const differentInCut =
        cut && differs(runCut(decided, cut, problem, backend), `boxes of ${JSON.stringify(size)}`)
      if (differentInCut !== undefined) return differentInCut
    }
    for (const target of boxBytes) {
      const cut = cutOf(decided.problem, algorithmOf(decided.decision), form.tiles, {
        ...{ target, most: target, smallest: 0, perOverlap: 0 },
      })
      if (cut === undefined) continue
      counts.library = (counts.library ?? 0) + 1
      const different = differs(
        runCut(decided, cut, problem, backend),
        `the boxes of the library, ${JSON.stringify([cut.batch, cut.outputs])}`,
      )
      if (different !== undefined) return different
    }
  }
  return undefined
}

/** How often the library chose the boxes. */
export const counts: { library?: number } = {}

/** The sizes of boxes that the library is asked for. */
const boxBytes = [256, 4096]

/** Makes samples and weights fractions: sums of whole numbers are the same in every order. */
export function withFractions(problem: RandomCase): RandomCase {
  for (const { data, dtype } of [problem.input, problem.kernel]) {
    if (dtypes[dtype].integer) continue
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.1 + ((i * 7) % 13) / 9
  }
  return problem
}

export interface Decided {
  readonly problem: Problem
  readonly decision: Decision
}

/** The decision for one algorithm. Undefined if it does not support the problem. */
export function decidedFor(
  { geometry, input, kernel, bias, output, descriptors }: RandomCase,
  algorithm: string,
  backend: Backend,
): Decided | undefined {
  const options = validateRunOptions(
    'test',
    { algorithm, backend: backend.name, threads: 1 },
    [],
    {},
  )
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

type Random = (below: number) => number

/** Random ranges that begin at multiples of `multiple` and cover [0, extent). */
function cut(extent: number, multiple: number, next: Random): Range[] {
  const pieces = Number.isFinite(multiple) ? Math.ceil(extent / multiple) : 1
  const starts = [0]
  for (let i = 1; i < pieces; i++) if (next(pieces) < 2) starts.push(i * multiple)
  return starts.map((start, i) => [start, starts[i + 1] ?? extent] as const)
}

function cutBoxes({ geometry: g }: Problem, { quantum }: Form, next: Random): Box[] {
  return cartesianProduct([
    cut(g.batch, quantum.batch, next),
    cut(g.filters, quantum.filters, next),
    ...g.axes.map(({ output }, a) => cut(output, quantum.outputs[a]!, next)),
  ]).map(([batch, filters, ...outputs]) => ({ batch: batch!, filters: filters!, outputs }))
}

/** Boxes of one size: some axes stay whole. */
function sizeOfBoxes(
  { geometry: g }: Problem,
  { quantum }: Form,
  next: Random,
): Pick<Cut, 'batch' | 'outputs'> {
  const size = (extent: number, multiple: number): number => {
    const pieces = Number.isFinite(multiple) ? Math.ceil(extent / multiple) : 1
    return pieces === 1 || next(3) === 0 ? extent : multiple * (1 + next(pieces - 1))
  }
  return {
    batch: size(g.batch, quantum.batch),
    outputs: g.axes.map(({ output }, a) => size(output, quantum.outputs[a]!)),
  }
}

/** Computes boxes of one size, as the library does. */
function runCut(
  { problem, decision }: Decided,
  boxes: Cut,
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): NdArray {
  const result = output()
  const program = boxProgram(algorithmOf(decision), decision.form as Form, boxes.box)
  const executable = new BoxExecutable(
    problem,
    { program, cut: boxes, threads: { ...decision.threads, count: 1 } },
    backend,
  )
  executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return result
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
    const plan = planBox(problem, form, box)
    const program = boxProgram(algorithmOf(decision), form, plan)
    const ranges = [box.batch, box.filters, ...box.outputs]
    const part = dense(
      ranges.map(([start, end]) => end - start),
      plan.descriptors.output,
    )
    const bindings = {
      input: windowOf(input, problem, plan, box),
      kernel: slabOf(kernel, [
        box.filters,
        ...kernel.shape.slice(1).map((extent): Range => [0, extent]),
      ]),
      bias: bias && slabOf(bias, [box.filters]),
      output: part,
    }
    const { spans } = problemOf({ ...problem, geometry: plan.geometry }, bindings)
    const executable = backend.compile(program, spans, problem.options)
    executable.run(bindings, false)
    executable.dispose()
    copy(part, slabOf(result, ranges))
  }
  return result
}

/** The window of a box. */
function windowOf(
  input: NdArray,
  { geometry: g, descriptors }: Problem,
  { geometry, channels, windows, descriptors: inBox }: BoxPlan,
  { batch }: Box,
): NdArray {
  const shape = [geometry.batch, geometry.channels, ...windows.map(({ count }) => count)]
  const window = dense(shape, inBox.input)
  const isWhole = [
    geometry.batch === g.batch,
    geometry.channels === g.channels,
    ...windows.map((along) => along.isWhole),
  ]
  copyWindow(
    copyOrderOf(descriptors.input, inBox.input, shape, isWhole, true),
    [
      runsInside(batch, g.batch),
      runsInside(channels, g.channels),
      ...windows.map((along, a) => runsOf(along, 0, g.axes[a]!.input)),
    ],
    { data: input.data, at: input.offset },
    { data: window.data, at: 0 },
  )
  return window
}

/** A new array with these strides. */
const dense = (shape: readonly number[], layout: OperandLayout): NdArray =>
  view(dtypes[layout.dtype].create(spanOf(layout, shape)), shape, {
    strides: stridesOf(layout),
    writable: true,
  })

/** A part of an array. */
const slabOf = (x: NdArray, ranges: readonly Range[]): NdArray =>
  viewOf(x, {
    shape: ranges.map(([start, end]) => end - start),
    strides: x.strides,
    offset: ranges.reduce((at, [start], a) => at + start * x.strides[a]!, x.offset),
    writable: true,
  })

/** The bytes of the memory of an array. */
export const bytesOf = ({ data: { buffer, byteOffset, byteLength } }: NdArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
