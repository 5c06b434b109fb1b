/**
 * Missing samples (NaN) count as the mean of those that are present under the kernel, each weighted
 * with the magnitude of its weight:
 *
 *   y = Σ_present k·x + (Σ_missing k) · (Σ_present |k|·x / Σ_present |k|)
 *
 * Each sum is a program of its own: the one that an algorithm returns, on another array in place of
 * the input. With p = 1 for a present sample, 0 for a missing one, and x = 0 there:
 *
 *   input ──► x ──► k ⋆ x,  |k| ⋆ x ──┐
 *         ├─► p ──► |k| ⋆ p ──────────┼──► y          whole = |k| ⋆ 1, once for a kernel
 *         └─► 1 − p ──► k ⋆ (1 − p) ──┘
 *
 * If no two weights have different signs, y = k ⋆ x · whole / (|k| ⋆ p) needs two of the sums.
 */

import type { OperandLayout } from '../geometry/operands.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { denseStridesLike, elementCount } from '../ndarray/layout.ts'
import { mergeLoops } from '../ndarray/loops.ts'
import { at, type BufferView, loop, rowMajorView } from '../program/elements.ts'
import {
  add,
  divide,
  type Formula,
  ifEqual,
  ifLess,
  multiply,
  subtract,
} from '../program/formula.ts'
import type { Buffer, Program, Role, Stage } from '../program/program.ts'
import { withShares } from '../program/shares.ts'
import { mapAddresses } from '../program/split-loop.ts'
import type { Loop, Step } from '../program/steps.ts'
import { contract, elementwise, maximum, move, type Written } from '../program/write-steps.ts'

/** What the sums of an interpolation read. */
export type Samples = 'values' | 'present' | 'absent' | 'ones'

/** A sum of products with all windows of an array, and the program that computes it. */
export interface SumProgram {
  readonly samples: Samples
  /** Whether the weights are |k|. */
  readonly isAbsolute: boolean
  /**
   * The program. Its input and output are dense, with axes in the order of the layouts of the
   * interpolation. That of |k| reads a dense kernel.
   */
  readonly program: Program
}

export interface InterpolationParts {
  readonly dtype: ComputeDType
  readonly shapes: Readonly<Record<'input' | 'kernel' | 'output', readonly number[]>>
  readonly layouts: Readonly<Record<'input' | 'kernel' | 'output', OperandLayout>>
  /** k ⋆ x, and |k| ⋆ p, and |k| ⋆ 1. */
  readonly values: SumProgram
  readonly present: SumProgram
  readonly ones: SumProgram
  /** |k| ⋆ x, and k ⋆ (1 − p); undefined if no two weights have different signs. */
  readonly weighted: SumProgram | undefined
  readonly absent: SumProgram | undefined
  /** Below this part of Σ|k| over present samples the result is NaN. */
  readonly minimum: number
  readonly bias: number
}

/** The layout of a dense array whose axes have the same order in memory. */
export function denseLayout(shape: readonly number[], layout: OperandLayout): OperandLayout {
  const [outer, channel, ...axes] = denseStridesLike(shape, stridesOf(layout))
  return { dtype: layout.dtype, outer: outer!, channel: channel!, axes }
}

/** The name of the buffer with |k|. */
const magnitudes = 'magnitudes'

/** The program of all results. */
export function interpolationProgram(parts: InterpolationParts): Program {
  const { dtype, shapes, layouts, values, present, ones, weighted, absent } = parts
  const buffers: Buffer[] = (['input', 'kernel', 'output'] as const).map((role) => ({
    ...{ name: role, role, dtype, length: 0 },
  }))
  const stages: Stage[] = []
  const owned = (name: string, role: Role, shape: readonly number[]): string => {
    buffers.push({ name, role, dtype, length: elementCount(shape) })
    return name
  }
  const addStage = (name: string, step: Written, prepare = false): void => {
    stages.push({ name, prepare, grid: [], steps: [step([])] })
  }
  /** Adds a step over all elements of an array. */
  const overAll = (
    name: string,
    shape: readonly number[],
    to: BufferView,
    from: readonly BufferView[],
    formula: Formula,
    prepare = false,
  ): void => {
    const loops = loopsOver(shape)
    const elements = from.map((view) => at(view, ...(view.strides.length === 0 ? [] : loops)))
    addStage(
      name,
      elementwise({ over: loops }, { to: at(to, ...loops), from: elements, formula }),
      prepare,
    )
  }
  const [input, kernel, output] = [
    viewOf('input', layouts.input),
    viewOf('kernel', layouts.kernel),
    viewOf('output', layouts.output),
  ]
  const sums = [ones, values, present, weighted, absent].filter((sum) => sum !== undefined)
  if (sums.some(({ isAbsolute }) => isAbsolute)) {
    owned(magnitudes, 'prepared', shapes.kernel)
    const to = viewOf(magnitudes, denseLayout(shapes.kernel, layouts.kernel))
    const magnitude = ifLess(k, 0, subtract(0, k), k)
    overAll('magnitudes of weights', shapes.kernel, to, [kernel], magnitude, true)
  }
  const dense = (role: 'input' | 'output', buffer: string): BufferView =>
    viewOf(buffer, denseLayout(shapes[role], layouts[role]))
  /** Adds a sum. Returns its results. */
  const addSum = (sum: SumProgram, from: string, prepare = false): BufferView => {
    const name = `${sum.isAbsolute ? '|k|' : 'k'} of ${sum.samples}`
    const to = owned(`sums ${name}`, 'scratch', shapes.output)
    const kernelName = sum.isAbsolute ? magnitudes : 'kernel'
    const names = { input: from, kernel: kernelName, output: to }
    const embedded = embeddedIn(sum.program, name, names, prepare)
    buffers.push(...embedded.buffers)
    stages.push(...embedded.stages)
    return dense('output', to)
  }

  const onesName = owned('ones', 'scratch', shapes.input)
  const inputLoops = loopsOver(shapes.input)
  const onesStep = move(
    { over: inputLoops },
    { to: at(dense('input', onesName), ...inputLoops), from: 1 },
  )
  addStage('ones', onesStep, true)
  const onesSums = addSum(ones, onesName, true)
  const whole = rowMajorView(owned('whole', 'prepared', []), [])
  const outputLoops = loopsOver(shapes.output)
  addStage(
    'sum of all magnitudes',
    maximum(
      { over: [], window: outputLoops },
      { to: at(whole), from: at(onesSums, ...outputLoops) },
    ),
    true,
  )

  const samples = (name: Samples, formula: Formula): string => {
    owned(name, 'scratch', shapes.input)
    overAll(name, shapes.input, dense('input', name), [input], formula)
    return name
  }
  const filled = samples('values', ifEqual(x, x, x, 0))
  const presence = samples('present', ifEqual(x, x, 1, 0))
  const results = [addSum(values, filled), addSum(present, presence), whole]
  if (weighted !== undefined && absent !== undefined) {
    const absence = samples('absent', ifEqual(x, x, 0, 1))
    results.push(addSum(weighted, filled), addSum(absent, absence))
  }
  overAll('interpolate', shapes.output, output, results, resultOf(parts))
  return withShares({ dtype, buffers, stages })
}

const source = (index: number): Formula => ({ source: index })
const [x, k] = [source(0), source(0)]

/** A result, from its sums. */
function resultOf({ weighted, minimum, bias }: InterpolationParts): Formula {
  const [value, present, whole, mean, absent] = [0, 1, 2, 3, 4].map(source) as [
    Formula,
    Formula,
    Formula,
    Formula,
    Formula,
  ]
  const biased = (result: Formula): Formula => (bias === 0 ? result : add(result, bias))
  const interpolated =
    weighted === undefined
      ? multiply(divide(value, present), whole)
      : // An infinite mean must not change a result that no weight of a missing sample changes.
        ifEqual(absent, 0, value, add(value, multiply(absent, divide(mean, present))))
  const known = ifEqual(present, 0, Number.NaN, biased(interpolated))
  const enough =
    minimum === 0 ? known : ifLess(present, multiply(whole, minimum), Number.NaN, known)
  return ifLess(present, whole, enough, biased(value))
}

/** Finds out whether samples are missing: its guard is not zero if one is not finite. */
export function searchProgram(
  shape: readonly number[],
  layout: OperandLayout,
  dtype: ComputeDType,
): Program {
  const strides = stridesOf(layout)
  const loops = shape
    .map((extent, axis) => ({ extent, strides: [strides[axis]!] }))
    .sort((a, b) => Math.abs(b.strides[0]!) - Math.abs(a.strides[0]!))
  const nest = mergeLoops(loops).map(({ extent, strides: [stride] }) => ({
    extent,
    stride: stride!,
  }))
  const row = nest.pop() ?? { extent: 1, stride: 1 }
  const lanes = Math.min(row.extent, searchedTogether)
  const blocks = Math.floor(row.extent / lanes)
  const rest = row.extent - blocks * lanes
  const guard: Buffer = { name: 'guard', role: 'guard', dtype, length: lanes + rest }
  const part = (first: number, extent: number, count: number, to: number): Step => {
    const lane = loop('lane', extent)
    const summed = [...nest, { extent: count, stride: row.stride * lanes }]
    const sum = summed.map(({ extent }, l) => loop(`row${l}`, extent))
    const from = { buffer: 'input', offset: first * row.stride }
    const all = { ...from, strides: [row.stride, ...summed.map(({ stride }) => stride)] }
    return contract(
      { over: [lane], sum },
      {
        to: at({ buffer: 'guard', offset: to, strides: [1] }, lane),
        a: at(all, lane, ...sum),
        b: at(rowMajorView('zero', [])),
      },
    )([])
  }
  const steps = [
    part(0, lanes, blocks, 0),
    ...(rest === 0 ? [] : [part(blocks * lanes, rest, 1, lanes)]),
  ]
  return withShares({
    dtype,
    buffers: [
      { name: 'input', role: 'input', dtype, length: 0 },
      guard,
      { name: 'zero', role: 'constant', dtype, length: 1, values: [0] },
    ],
    stages: [{ name: 'search', prepare: false, grid: [], steps }],
  })
}

/** The elements of a guard: reading it must take little time. */
const searchedTogether = 2048

/**
 * The buffers and stages of a program as a part of another. `names`: the buffers in place of the
 * caller's arrays. `prepare`: whether all of its stages run once for a kernel.
 */
function embeddedIn(
  program: Program,
  part: string,
  names: Readonly<Record<'input' | 'kernel' | 'output', string>>,
  prepare: boolean,
): Pick<Program, 'buffers' | 'stages'> {
  const isOuter = (name: string): name is keyof typeof names => Object.hasOwn(names, name)
  const nameOf = (name: string): string => (isOuter(name) ? names[name] : nameIn(part, name))
  const renamed = (step: Step): Step => {
    const moved = mapAddresses(step, (address) =>
      'buffer' in address ? { ...address, buffer: nameOf(address.buffer as string) } : address,
    )
    return moved.kind === 'contract' && moved.sumName !== undefined
      ? { ...moved, sumName: nameIn(part, moved.sumName) }
      : moved
  }
  return {
    buffers: program.buffers
      .filter(({ name }) => !isOuter(name))
      .map((buffer) => ({ ...buffer, name: nameIn(part, buffer.name) })),
    stages: program.stages.map((stage) => ({
      ...stage,
      name: nameIn(part, stage.name),
      prepare: stage.prepare || prepare,
      steps: stage.steps.map(renamed),
    })),
  }
}

const nameIn = (part: string, name: string): string => `${part}: ${name}`

const loopsOver = (shape: readonly number[]): Loop[] =>
  shape.map((extent, axis) => loop(`i${axis}`, extent))

const stridesOf = ({ outer, channel, axes }: OperandLayout): number[] => [outer, channel, ...axes]

const viewOf = (buffer: string, layout: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  strides: stridesOf(layout),
})

/** The constants of an interpolation, from those of the program of its algorithm for a kernel. */
export function interpolationConstants(
  { buffers }: Program,
  ofAlgorithm: readonly Buffer[],
): Buffer[] {
  return ofAlgorithm.flatMap((constant) =>
    constant.ofKernel !== true
      ? []
      : buffers
          .filter(({ name }) => name.endsWith(`: ${constant.name}`))
          .map((buffer) => ({
            ...buffer,
            values: buffer.name.startsWith('|k|')
              ? constant.values!.map(Math.abs)
              : constant.values!,
          })),
  )
}
