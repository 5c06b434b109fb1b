/**
 * A convolution without any memory of its own: outputs near a border take the taps that are inside,
 * or that a border rule folds inside, from the input where it lies.
 *
 *   output 0:   taps 2, 3, 4 at samples 0, 1, 2 (stride +1); with `reflect` also taps 0, 1 at samples 2, 1 (stride −1), with `edge` at 0, 0 (stride 0)
 *
 * Along each axis outputs that have the same taps inside are a group (with a border that turns or
 * goes round every output outside the interior is one by itself); a group's taps are runs of
 * constant stride. One Contract for each choice of groups and runs. Slow where kernels are large,
 * but nothing is copied.
 */

import { type Boundary, isConstant, sourceIndex } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Contraction } from '../program/steps.ts'
import type { OperandDescriptors } from './algorithm.ts'
import { firstAt } from './axis-copy.ts'
import { interior, cartesianProduct } from './borders.ts'
import { axisName, loop, type BufferView, type ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { type PolyphaseComponent, type ComponentAxis, polyphaseComponents } from './polyphase.ts'
import { leavesInput } from './non-finite.ts'

/** Taps [tap, tap + count) of the outputs of a group, read at source + i·step + q·walk. */
interface Run {
  readonly tap: number
  readonly count: number
  readonly source: number
  readonly step: number
  readonly walk: number
}

interface Group {
  readonly start: number
  readonly outputs: number
  readonly runs: readonly Run[]
}

/** Why this cannot be done without memory, in words; undefined where it can. */
export function refuseInPlace(
  g: ConvGeometry,
  { input, output, everyProduct }: OperandDescriptors,
): string | undefined {
  if (input.dtype !== g.dtype || output.dtype !== g.dtype)
    return (
      `arrays of ${input.dtype} and ${output.dtype} have to be converted to and from ` +
      `${g.dtype}, which takes memory`
    )
  if (everyProduct === true && leavesOutZeros(g))
    return (
      "its kernel is not finite, and products with a border's zeros take memory that " +
      'memoryLimit does not leave'
    )
  const constant = g.boundary.find((b) => typeof b === 'object' && b.constant !== 0)
  if (constant !== undefined) return 'a constant border other than 0 takes memory'
  return polyphaseComponents(g).every((phase) => countContracts(g, phase) <= mostContracts)
    ? undefined
    : `without memory its borders would take more than ${mostContracts} sums of their own, ` +
        'more than memoryLimit leaves a way for'
}

/**
 * Contracts for a phase beyond which nothing is gained by doing without memory; outputs × taps of
 * an axis that are looked at to count.
 */
const [mostContracts, mostLooked] = [2 ** 12, 2 ** 18]

function countContracts(g: ConvGeometry, phase: PolyphaseComponent): number {
  return phase.reduce((n, axis, a) => {
    const groups = groupsOf(axis, g.boundary[a]!)
    return groups === undefined
      ? Infinity
      : n * groups.reduce((sum, { runs }) => sum + Math.max(1, runs.length), 0)
  }, 1)
}

/** Whether windows read zeros of a border, whose products are left out here. */
export const leavesOutZeros = (g: ConvGeometry): boolean =>
  g.axes.some((axis, a) => leavesInput(axis) && (axis.input === 0 || g.boundary[a] === 'zero'))

/** The contracts of one phase, in an order in which the first to write an output starts it. */
export function inPlaceContracts(
  g: ConvGeometry,
  phase: PolyphaseComponent,
  target: BufferView,
  builder: ProgramBuilder,
  tile: 'scalar' | 'best',
): Contraction[] {
  // None is missing: there would have been a refusal.
  const groups = phase.map((axis, a) => groupsOf(axis, g.boundary[a]!) ?? [])
  return cartesianProduct(groups).flatMap((choice) => {
    const runs = cartesianProduct(choice.map((group) => group.runs))
    // Windows that lie outside altogether still have a start and a tail.
    if (runs.length === 0)
      return [
        contractOf(
          g,
          phase,
          choice,
          choice.map(() => ({ tap: 0, count: 0, source: 0, step: 0, walk: 0 })),
          true,
          true,
          target,
          builder,
          tile,
        ),
      ]
    return runs.map((run, i) =>
      contractOf(g, phase, choice, run, i === 0, i === runs.length - 1, target, builder, tile),
    )
  })
}

/** The groups of one axis; undefined where they are too many. */
function groupsOf(axis: ComponentAxis, boundary: Boundary): Group[] | undefined {
  if (axis.taps === 0) return [{ start: 0, outputs: axis.outputs, runs: [] }]
  const isOne = isConstant(boundary) || boundary === 'edge' || axis.input === 0
  return isOne
    ? groupsBySide(axis, boundary === 'edge' && axis.input > 0)
    : groupsByOutput(axis, boundary)
}

/** Outputs next to each other of which the same taps lie before the input, in it, and behind it. */
function groupsBySide(
  { input, taps, stride, dilation, before, outputs }: ComponentAxis,
  isEdge: boolean,
): Group[] | undefined {
  const groups: Group[] = []
  for (let start = 0; start < outputs; ) {
    if (groups.length === mostContracts) return undefined
    const first = start * stride - before
    const enters = firstAt(dilation, first, 0, taps)
    const leaves = firstAt(dilation, first, input, taps)
    // The next output of which one more tap comes in, or goes out.
    const [in_, out] = [(enters - 1) * dilation - before, (leaves - 1) * dilation - before]
    const end = Math.min(
      enters > 0 ? firstAt(stride, in_, 0, outputs) : outputs,
      leaves > 0 ? firstAt(stride, out, input, outputs) : outputs,
    )
    const run = (tap: number, last: number, source: number, step: number, walk: number): Run[] =>
      last > tap ? [{ tap, count: last - tap, source, step, walk }] : []
    groups.push({
      start,
      outputs: end - start,
      runs: [
        ...(isEdge ? run(0, enters, 0, 0, 0) : []),
        ...run(enters, leaves, first + enters * dilation, dilation, stride),
        ...(isEdge ? run(leaves, taps, input - 1, 0, 0) : []),
      ],
    })
    start = end
  }
  return groups
}

/** The interior, and every output outside of it by itself. */
function groupsByOutput(axis: ComponentAxis, boundary: Boundary): Group[] | undefined {
  const [start, end] = interior(axis)
  if ((axis.outputs - (end - start)) * axis.taps > mostLooked) return undefined
  const groups: Group[] = []
  for (let q = 0; q < axis.outputs; q++) {
    if (q === start && end > start) {
      const source = start * axis.stride - axis.before
      groups.push({
        start,
        outputs: end - start,
        runs: [{ tap: 0, count: axis.taps, source, step: axis.dilation, walk: axis.stride }],
      })
      q = end - 1
    } else groups.push({ start: q, outputs: 1, runs: runsOf(axis, q, boundary) })
  }
  return groups
}

function runsOf(axis: ComponentAxis, q: number, boundary: Boundary): Run[] {
  const at = (u: number): number =>
    sourceIndex(q * axis.stride + u * axis.dilation - axis.before, axis.input, boundary)
  const runs: Run[] = []
  for (let tap = 0; tap < axis.taps; ) {
    const source = at(tap)
    let count = 1
    const step = tap + 1 < axis.taps ? at(tap + 1) - source : 0
    while (tap + count < axis.taps && at(tap + count) === source + count * step) count++
    runs.push({ tap, count, source, step, walk: 0 })
    tap += count
  }
  return runs
}

function contractOf(
  g: ConvGeometry,
  phase: PolyphaseComponent,
  groups: readonly Group[],
  runs: readonly Run[],
  first: boolean,
  last: boolean,
  target: BufferView,
  builder: ProgramBuilder,
  tile: 'scalar' | 'best',
): Contraction {
  const rank = phase.length
  const { input, kernel } = builder
  const [filters, channels] = [g.filters / g.groups, g.channels / g.groups]
  const sumOver = (offset: number, strides: (a: number) => number): number =>
    phase.reduce((at, _, a) => at + strides(a), offset)
  const components = componentLoops(phase, target, kernel)
  const none = components.loops.map(() => 0)
  const tail = last ? builder.epilogue([0, filters, 1, ...none, ...groups.map(() => 0)]) : undefined
  return {
    kind: 'contract',
    result: [
      loop('n', g.batch),
      loop('g', g.groups),
      loop('f', filters),
      ...components.loops,
      ...groups.map((group, a) => loop(axisName('y', a, rank), group.outputs)),
    ],
    sum: [loop('c', channels), ...runs.map((run, a) => loop(axisName('t', a, rank), run.count))],
    to: {
      buffer: target.buffer,
      offset: sumOver(
        target.offset,
        (a) => (phase[a]!.outputStart + groups[a]!.start * phase[a]!.outputStep) * target.axes[a]!,
      ),
      strides: [
        ...[target.outer, filters * target.channel, target.channel],
        ...components.output,
        ...phase.map((axis, a) => axis.outputStep * target.axes[a]!),
      ],
    },
    a: {
      buffer: input.buffer,
      offset: sumOver(input.offset, (a) => runs[a]!.source * input.axes[a]!),
      strides: [
        ...[input.outer, channels * input.channel, 0],
        ...none,
        ...phase.map((_, a) => (groups[a]!.outputs > 1 ? runs[a]!.walk * input.axes[a]! : 0)),
        ...[input.channel],
        ...runs.map((run, a) => run.step * input.axes[a]!),
      ],
    },
    b: {
      buffer: kernel.buffer,
      offset: sumOver(
        kernel.offset,
        (a) => (phase[a]!.kernelStart + runs[a]!.tap * phase[a]!.kernelStep) * kernel.axes[a]!,
      ),
      strides: [
        0,
        filters * kernel.outer,
        kernel.outer,
        ...components.kernel,
        ...phase.map(() => 0),
        kernel.channel,
        ...phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
      ],
    },
    start: first ? 'zero' : 'accumulate',
    ...(tail === undefined ? {} : { epilogue: tail }),
    tile,
  }
}
