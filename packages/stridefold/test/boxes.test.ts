/**
 * A problem that is cut into boxes has the bits of the whole: on every backend, for every algorithm
 * that may be cut, wherever it is cut.
 */

import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { backends } from '../src/backends/list.ts'
import { validateRunOptions } from '../src/geometry/check-options.ts'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { type Box, type Form, formOf, planBox, type Range } from '../src/planner/boxes.ts'
import { decide } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { problemOf } from '../src/problem/operands.ts'
import type { Problem } from '../src/problem/problem.ts'
import { questionOfGeometry } from '../src/problem/question.ts'
import type { Backend } from '../src/program/backend.ts'
import { boxView, windowArray } from '../src/runtime/box-arrays.ts'
import { type RandomCase, random, randomCase } from './random-geometry.ts'

/** The problem of a random case, and the decision for one algorithm and backend. */
function decided(
  { geometry, input, kernel, bias, output, descriptors }: RandomCase,
  algorithm: string,
  backend: Backend['name'],
): { readonly problem: Problem; readonly decision: Decision } | undefined {
  const options = validateRunOptions('test', { algorithm, backend }, [], {})
  const question = questionOfGeometry('', 'test', geometry, output().dtype, options, true)
  const { offset, activation, values } = descriptors
  const problem = problemOf(
    { ...question, offset, activation },
    { input, kernel, bias, output: output() },
    { values },
  )
  try {
    return { problem, decision: decide(problem, backends) }
  } catch {
    return undefined
  }
}

function runWhole(
  { problem, decision }: { readonly problem: Problem; readonly decision: Decision },
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
  const pieces = Math.ceil(extent / Math.min(multiple, extent || 1))
  const starts = new Set([0])
  for (let i = 1; i < pieces; i++) if (next(pieces) < 2) starts.add(i * multiple)
  const sorted = [...starts].sort((a, b) => a - b)
  return sorted.map((start, i) => [start, sorted[i + 1] ?? extent] as const)
}

function cutBoxes({ geometry: g }: Problem, { cuts }: Form, seed: number): Box[] {
  const next = random(seed)
  const axes = g.axes.map(({ output }, a) => cut(output, cuts.outputs[a]!, next))
  const boxes: Box[] = []
  for (const batch of cut(g.batch, cuts.batch, next))
    for (const range of cut(g.filters, cuts.filters, next))
      for (const outputs of axes.reduce<Range[][]>(
        (all, ranges) => all.flatMap((before) => ranges.map((r) => [...before, r])),
        [[]],
      ))
        boxes.push({ batch, filters: range, outputs })
  return boxes
}

function runInBoxes(
  { problem, decision }: { readonly problem: Problem; readonly decision: Decision },
  form: Form,
  boxes: readonly Box[],
  { input, kernel, bias, output }: RandomCase,
  backend: Backend,
): NdArray {
  const result = output()
  for (const box of boxes) {
    const planned = planBox(problem, decision, form, box)
    const window = windowArray(input, planned, box)
    const { outer, channel, axes, dtype } = planned.descriptors.output
    const shape = [box.batch, box.filters, ...box.outputs].map(([start, end]) => end - start)
    const part = view(dtypes[dtype].create(elementCount(shape)), shape, {
      strides: [outer, channel, ...axes],
      writable: true,
    })
    const kernelShape = kernel.shape.slice(1).map((extent): Range => [0, extent])
    const bindings = {
      input: window,
      kernel: boxView(kernel, [box.filters, ...kernelShape]),
      bias: bias && boxView(bias, [box.filters]),
      output: part,
    }
    const layout = problemOf({ ...problem, geometry: planned.geometry }, bindings, {})
    const executable = backend.compile(planned.program, layout.spans, problem.options)
    executable.run(bindings, false)
    executable.dispose()
    copy(part, boxView(result, [box.batch, box.filters, ...box.outputs]))
  }
  return result
}

const bytesOf = ({ data }: NdArray): Buffer | Uint8Array =>
  new Uint8Array(data.buffer.slice(0), data.byteOffset, data.byteLength)

const kinds = [
  ['one channel', { separable: true }, 60],
  ['layers', { larger: true }, 90],
  ['tiles', { tiled: true }, 60],
  ['bytes', { inputDType: 'uint8', outputDType: 'uint8', dtype: 'float32' }, 60],
] as const

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  '%s',
  (name, backend) => {
    test.each(kinds)('%s', { timeout: 300_000 }, (_, options, count) => {
      const compared: Record<string, number> = {}
      for (let seed = 0; seed < count * Number(process.env.X ?? 1); seed++) {
        const random = randomCase(1000 + seed, options)
        // Fractions: sums of whole numbers are the same in every order.
        for (const x of [random.input, random.kernel])
          if (!dtypes[x.dtype].integer)
            for (let i = 0; i < x.data.length; i++)
              x.data[i] = x.data[i]! * 1.1 + ((i * 7) % 13) / 9
        for (const { name: algorithm } of allAlgorithms) {
          const whole = decided(random, algorithm, name)
          if (whole === undefined || whole.decision.strips !== undefined) continue
          const form = formOf(whole.problem, whole.decision, backend)
          if (typeof form === 'string') continue
          const expected = bytesOf(runWhole(whole, random, backend))
          for (let c = 0; c < 3; c++) {
            const boxes = cutBoxes(whole.problem, form, seed * 3 + c)
            if (boxes.length < 2) continue
            const got = bytesOf(runInBoxes(whole, form, boxes, random, backend))
            compared[algorithm] = (compared[algorithm] ?? 0) + 1
            const at = expected.findIndex((byte, i) => byte !== got[i])
            expect(at, `${algorithm} ${random.geometry.key} ${JSON.stringify(boxes)}`).toBe(-1)
          }
        }
      }
      console.log(JSON.stringify(compared))
      expect(Object.keys(compared).length).toBeGreaterThan(3)
    })
  },
)
