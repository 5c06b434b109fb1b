/**
 * Missing samples (NaN) count as the mean of those that are present under the kernel, each weighted
 * with the magnitude of its weight:
 *
 *   y = Σ_present k·x + (Σ_missing k) · (Σ_present |k|·x / Σ_present |k|)
 *
 * Each sum is a program of its own: the one that an algorithm returns, on another array in place of
 * the input. With p = 1 for a present sample, 0 for a missing one, and x = 0 there:
 *
 *   input with its border ──► x ──► k ⋆ x,  |k| ⋆ x ──┐
 *                         ├─► p ──► |k| ⋆ p ──────────┼──► y
 *                         └─► 1 − p ──► k ⋆ (1 − p) ──┘    whole = |k| ⋆ 1, once for a kernel
 *
 * If no two weights have different signs, y = k ⋆ x · whole / (|k| ⋆ p) needs two of the sums. The
 * sums of a window add their terms in the order of the plain call, so a window without missing
 * samples has its bits, and |k| ⋆ p is `whole` there, bit by bit.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { type AxisGeometry, type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
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
import { axisCopy } from './axis-copy.ts'
import { ProgramBuilder } from './builder.ts'
import { gatherMoves } from './gather.ts'

export interface InterpolationParts {
  /** The problem. Its borders are NaN where samples outside are missing. */
  readonly geometry: ConvGeometry
  readonly descriptors: OperandDescriptors
  readonly padded: PaddedProblem
  /** The programs of k and |k| for the padded problem. That of k is undefined if it is |k|. */
  readonly signed: Program | undefined
  readonly absolute: Program
  /** Whether two weights have different signs. */
  readonly hasSigns: boolean
  /** Whether `absolute` reads the kernel itself: no weight is negative. */
  readonly isPositive: boolean
  /** Below this part of Σ|k| over present samples the result is NaN. */
  readonly minimum: number
}

/** A problem whose samples are a copy with the border of the problem. */
export interface PaddedProblem {
  readonly geometry: ConvGeometry
  /** All arrays are dense; their axes have the same order in memory as those of the problem. */
  readonly descriptors: OperandDescriptors
}

/** The problem without borders. */
export function paddedProblem(g: ConvGeometry, descriptors: OperandDescriptors): PaddedProblem {
  const axes = g.axes.map((axis) => ({
    ...axis,
    ...{ before: Math.min(axis.before, 0), after: Math.min(axis.after, 0) },
    input: paddedExtent(axis),
  }))
  const { batch, groups, channels, filters, flip, dtype } = g
  const geometry = makeGeometry({ batch, groups, channels, filters, flip, dtype, axes })
  const { input, output } = canonicalShapes(geometry)
  return {
    geometry,
    descriptors: {
      ...descriptors,
      offset: 0,
      input: denseLayout(input, descriptors.input),
      kernel: denseLayout(kernelShape(g), descriptors.kernel),
      output: denseLayout(output, descriptors.output),
    },
  }
}

/** The number of samples of a channel, with their border. */
export const paddedSamples = ({ axes }: ConvGeometry): number =>
  axes.reduce((count, axis) => count * paddedExtent(axis), 1)

const paddedExtent = ({ before, input, after }: AxisGeometry): number =>
  Math.max(before, 0) + input + Math.max(after, 0)

const kernelShape = ({ filters, channels, groups, axes }: ConvGeometry): number[] => [
  ...[filters, channels / groups],
  ...axes.map(({ kernel }) => kernel),
]

/** The layout of a dense array whose axes have the same order in memory. */
function denseLayout(shape: readonly number[], layout: OperandLayout): OperandLayout {
  const [outer, channel, ...axes] = denseStridesLike(shape, stridesOf(layout))
  return { dtype: layout.dtype, outer: outer!, channel: channel!, axes }
}

/** The program of all results. */
export function interpolationProgram(parts: InterpolationParts): Program {
  const { geometry: g, descriptors, padded, signed, absolute, hasSigns, isPositive } = parts
  const { dtype } = g
  const shapes = { ...canonicalShapes(padded.geometry), kernel: kernelShape(g) }
  const buffers: Buffer[] = (['input', 'kernel', 'output'] as const).map((role) => ({
    ...{ name: role, role, dtype, length: 0 },
  }))
  const stages: Stage[] = []
  const owned = (name: string, role: Role, shape: readonly number[]): string => {
    buffers.push({ name, role, dtype, length: elementCount(shape) })
    return name
  }
  const addStage = (name: string, steps: readonly Written[], prepare = false): void => {
    stages.push({ name, prepare, grid: [], steps: steps.map((step) => step([])) })
  }
  /** Adds a step over all elements of an array. */
  const addFormula = (
    name: string,
    shape: readonly number[],
    { to, from, formula }: { to: BufferView; from: readonly BufferView[]; formula: Formula },
    prepare = false,
  ): void => {
    const over = loopsOver(shape)
    const elements = from.map((view) => at(view, ...(view.strides.length === 0 ? [] : over)))
    addStage(
      name,
      [elementwise({ over }, { to: at(to, ...over), from: elements, formula })],
      prepare,
    )
  }
  const dense = (role: 'input' | 'kernel' | 'output', buffer: string): BufferView =>
    viewOf(buffer, padded.descriptors[role])

  // The kernel as the programs read it.
  const kernel = viewOf('kernel', descriptors.kernel)
  const weights = owned('weights', 'prepared', shapes.kernel)
  const magnitudes = isPositive ? weights : owned('magnitudes', 'prepared', shapes.kernel)
  const addWeights = (name: string, formula: Formula): void =>
    addFormula(name, shapes.kernel, { to: dense('kernel', name), from: [kernel], formula }, true)
  addWeights(weights, x)
  if (!isPositive) addWeights(magnitudes, ifLess(x, 0, subtract(0, x), x))

  /** Adds the sums of all windows of an array. Returns where they are. */
  const addSums = (samples: string, weights: 'k' | '|k|', prepare = false): BufferView => {
    const name = `${weights} of ${samples}`
    const to = owned(`sums ${name}`, 'scratch', shapes.output)
    const isAbsolute = weights === '|k|' || signed === undefined
    const names = { input: samples, kernel: isAbsolute ? magnitudes : 'weights', output: to }
    const embedded = embeddedIn(isAbsolute ? absolute : signed, name, names, prepare)
    buffers.push(...embedded.buffers)
    stages.push(...embedded.stages)
    return dense('output', to)
  }

  // The sum of all magnitudes, as the sums of present samples add them.
  const ones = owned('ones', 'scratch', shapes.input)
  const [inputLoops, outputLoops] = [loopsOver(shapes.input), loopsOver(shapes.output)]
  const one = { to: at(dense('input', ones), ...inputLoops), from: 1 }
  addStage('ones', [move({ over: inputLoops }, one)], true)
  const onesSums = addSums(ones, '|k|', true)
  const whole = rowMajorView(owned('whole', 'prepared', []), [])
  const largest = { to: at(whole), from: at(onesSums, ...outputLoops) }
  addStage('sum of all magnitudes', [maximum({ over: [], window: outputLoops }, largest)], true)

  const input = paddedInput(g, descriptors, dense('input', 'padded'))
  if (input.steps.length > 0) {
    owned('padded', 'scratch', shapes.input)
    addStage('gather samples', input.steps)
  }
  const addSamples = (name: string, formula: Formula): string => {
    owned(name, 'scratch', shapes.input)
    addFormula(name, shapes.input, { to: dense('input', name), from: [input.view], formula })
    return name
  }
  const values = addSamples('values', ifEqual(x, x, x, 0))
  const present = addSamples('present', ifEqual(x, x, 1, 0))
  const sums = [addSums(values, 'k'), addSums(present, '|k|'), whole]
  if (hasSigns) {
    const absent = addSamples('absent', ifEqual(x, x, 0, 1))
    sums.push(addSums(values, '|k|'), addSums(absent, 'k'))
  }
  const result = { to: viewOf('output', descriptors.output), from: sums, formula: resultOf(parts) }
  addFormula('interpolate', shapes.output, result)
  return withShares({ dtype, buffers, stages })
}

/** The samples with their border: where they lie, and the steps that copy them there, if any. */
function paddedInput(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  to: BufferView,
): { readonly view: BufferView; readonly steps: readonly Written[] } {
  const builder = new ProgramBuilder(g, descriptors)
  if (g.axes.every(({ before, after }) => before <= 0 && after <= 0))
    return { view: builder.input, steps: [] }
  const copies = g.axes.map((axis, a) => {
    const first = -Math.max(axis.before, 0)
    const reads = { outputs: paddedExtent(axis), taps: 1, stride: 1, dilation: 0, first }
    return axisCopy({ ...reads, input: axis.input }, g.boundary[a]!, true)
  })
  return { view: to, steps: gatherMoves(builder, to, copies) }
}

const source = (index: number): Formula => ({ source: index })
const x = source(0)

/** A result, from its sums. */
function resultOf({ hasSigns, minimum, descriptors }: InterpolationParts): Formula {
  const { offset } = descriptors
  const [value, present, whole, mean, absent] = [0, 1, 2, 3, 4].map(source) as [
    Formula,
    Formula,
    Formula,
    Formula,
    Formula,
  ]
  const biased = (result: Formula): Formula => (offset === 0 ? result : add(result, offset))
  const interpolated = hasSigns
    ? // An infinite mean must not change a result that no weight of a missing sample changes.
      ifEqual(absent, 0, value, add(value, multiply(absent, divide(mean, present))))
    : multiply(divide(value, present), whole)
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
  const blocks = Math.max(1, Math.min(mostBlocks, Math.floor(row.extent / (lanes * mostBlocks))))
  const inBlock = Math.floor(row.extent / (lanes * blocks))
  const done = blocks * inBlock * lanes
  const guard: Buffer = {
    ...{ name: 'guard', role: 'guard', dtype },
    length: blocks * lanes + row.extent - done,
  }
  const part = (first: number, counts: readonly [number, number, number], to: number): Step => {
    const [blocks, inBlock, lanes] = counts
    const over = [loop('block', blocks), loop('lane', lanes)]
    const summed = [...nest, { extent: inBlock, stride: row.stride * lanes }]
    const sum = summed.map(({ extent }, l) => loop(`row${l}`, extent))
    const strides = [row.stride * lanes * inBlock, row.stride, ...summed.map((l) => l.stride)]
    const samples = { buffer: 'input', offset: first * row.stride, strides }
    return contract(
      { over, sum },
      {
        to: at({ buffer: 'guard', offset: to, strides: [lanes, 1] }, ...over),
        a: at(samples, ...over, ...sum),
        b: at(rowMajorView('zero', [])),
      },
    )([])
  }
  const steps = [
    part(0, [blocks, inBlock, lanes], 0),
    ...(done === row.extent ? [] : [part(done, [1, 1, row.extent - done], blocks * lanes)]),
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

/** Neighbouring elements that are searched together: as many as the registers of a tile hold. */
const searchedTogether = 48

/** The blocks of a row, each with guards of its own. They are few: reading guards takes time. */
const mostBlocks = 8

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
