/**
 * Runs a problem whole, in boxes of one size as the library does, or in any boxes with a program
 * for each. Used by box-cases.ts.
 */

import { validateRunOptions } from '../src/geometry/check-options.ts'
import type { OperandLayout } from '../src/geometry/operands.ts'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { type NdArray, view, viewOf } from '../src/ndarray/ndarray.ts'
import { finish } from '../src/ndarray/work.ts'
import { spanOf, stridesOf } from '../src/planner/box-layout.ts'
import {
  type Box,
  type BoxPlan,
  boxProgram,
  type Form,
  planBox,
  type Range,
} from '../src/planner/boxes.ts'
import type { Cut } from '../src/planner/cut.ts'
import { algorithmOf, decide } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { problemOf } from '../src/problem/operands.ts'
import type { Problem } from '../src/problem/problem.ts'
import { questionOfGeometry } from '../src/problem/question.ts'
import type { Backend } from '../src/program/backend.ts'
import { copyOrderOf, copyWindow, runsInside, runsOf } from '../src/runtime/box-arrays.ts'
import { BoxExecutable } from '../src/runtime/box-executable.ts'
import type { RandomCase } from './random-geometry.ts'

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
    const decision = decide(problem, [backend])
    // Boxes round to the same unit as the whole.
    return { problem: { ...problem, descriptors: decision.descriptors }, decision }
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'ALGORITHM_REFUSED' || code === 'PROGRAM_TOO_LARGE') return undefined
    throw error
  }
}

export async function runWhole(
  { problem, decision }: Decided,
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): Promise<NdArray> {
  const result = output()
  const executable = backend.compile(decision.program, problem.spans, problem.options)
  await executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return result
}

/** Computes boxes of one size, as the library does. */
export async function runCut(
  { problem, decision }: Decided,
  boxes: Cut,
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): Promise<NdArray> {
  const result = output()
  const program = finish(boxProgram(algorithmOf(decision), decision.form as Form, boxes.box))
  const executable = new BoxExecutable(
    problem,
    { cut: boxes, threads: { ...decision.threads, count: 1 } },
    backend,
    false,
    (spans) => backend.compile(program, spans, problem.options),
  )
  await executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return result
}

export async function runInBoxes(
  { problem, decision }: Decided,
  form: Form,
  boxes: readonly Box[],
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): Promise<NdArray> {
  const result = output()
  for (const box of boxes) {
    const plan = planBox(problem, form, box)
    const program = finish(boxProgram(algorithmOf(decision), form, plan))
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
    await executable.run(bindings, false)
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
