/**
 * Computes a convolution without any memory of its own. Outputs near a border read only the input:
 * the taps inside it, and the taps that the border rule maps into it.
 *
 *   output 0:  taps 2, 3, 4 at samples 0, 1, 2 (stride +1)
 *   reflect:   also taps 0, 1 at samples 2, 1 (stride −1)
 *   edge:      also taps 0, 1 at samples 0, 0 (stride 0)
 *
 * Along each axis, outputs with the same taps inside form a group. With a reflect, symmetric or
 * wrap border every output outside the interior is a group of its own. The taps of a group fall
 * into runs of constant stride. One Contraction computes each choice of groups and runs. This is
 * slow for large kernels, but nothing is copied.
 */

import { firstAt } from '../geometry/border-segments.ts'
import { type Boundary, continuationOf, sourceIndex } from '../geometry/boundary.ts'
import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { cartesianProduct } from '../ndarray/cartesian-product.ts'
import { at, plus, times } from '../program/elements.ts'
import type { Contraction } from '../program/steps.ts'
import { contract, type Written, type WrittenEpilogue } from '../program/write-steps.ts'
import { interior } from './borders.ts'
import { axisLoops } from './builder.ts'
import type { ComponentContext } from './context.ts'
import { type ComponentAxis, type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'

/**
 * Taps [tap, tap + count) of the outputs of a group. Tap number tap + i of output q reads sample
 * number source + i·step + q·outputStep.
 */
interface Run {
  readonly tap: number
  readonly count: number
  readonly source: number
  readonly step: number
  readonly outputStep: number
}

interface Group {
  readonly start: number
  readonly outputs: number
  readonly runs: readonly Run[]
}

/** The reason why this problem cannot be computed without memory. Undefined if it can. */
export function unsupportedInPlace(
  g: ConvGeometry,
  { input, output, everyProduct, padAdjoints }: OperandDescriptors,
): string | undefined {
  if (input.dtype !== g.dtype || output.dtype !== g.dtype)
    return (
      `arrays of ${input.dtype} and ${output.dtype} must be converted to and from ` +
      `${g.dtype}, which takes memory`
    )
  if (padAdjoints !== undefined)
    return 'the sums of its border take memory until they are added to the samples it repeats'
  if (everyProduct === true && skipsZeros(g))
    return (
      "its kernel is not finite, and products with a border's zeros take more memory than " +
      'memoryLimit allows'
    )
  const constant = g.boundary.find((b) => typeof b === 'object' && b.constant !== 0)
  if (constant !== undefined) return 'a constant border other than 0 takes memory'
  return polyphaseComponents(g).every(
    (component) => countContractions(g, component) <= maxContractions,
  )
    ? undefined
    : `without memory its borders need more than ${maxContractions} separate sums; a larger ` +
        'memoryLimit avoids that'
}

/**
 * The largest number of contractions for one polyphase component: with more, nothing is gained by
 * avoiding memory. And the largest number of outputs × taps of an axis that are examined to count
 * them.
 */
const [maxContractions, maxExaminedTaps] = [2 ** 12, 2 ** 18]

function countContractions(g: ConvGeometry, component: PolyphaseComponent): number {
  return component.reduce((n, axis, a) => {
    const groups = groupsOf(axis, g.boundary[a]!)
    return groups === undefined
      ? Infinity
      : n * groups.reduce((sum, { runs }) => sum + Math.max(1, runs.length), 0)
  }, 1)
}

/** True if windows read zeros of a border. Products with them are skipped here. */
export const skipsZeros = (g: ConvGeometry): boolean =>
  g.axes.some((axis, a) => leavesInput(axis) && (axis.input === 0 || g.boundary[a] === 'zero'))

/** Sums in place. `alongside`: they write none of the results that the sums before them write. */
interface InPlaceSums {
  readonly sums: Written<Contraction>
  readonly alongside: boolean
}

/**
 * Returns the sums of one polyphase component. The first contraction that writes an output starts
 * its sum.
 */
export function inPlaceSums(context: ComponentContext, tile: 'scalar' | 'best'): InPlaceSums[] {
  const { builder, component } = context
  const { boundary } = builder.g
  // `unsupportedInPlace` has rejected axes with too many groups, so none is undefined.
  const groups = component.map((axis, a) => groupsOf(axis, boundary[a]!) ?? [])
  return cartesianProduct(groups).flatMap((choice, c) => {
    const runs = cartesianProduct(choice.map((group) => group.runs))
    // Windows completely outside the input still need a start value and an epilogue.
    const all = runs.length === 0 ? [choice.map(() => emptyRun)] : runs
    return all.map((run, i) => ({
      sums: sumsOf(context, choice, run, {
        start: i === 0 ? 'zero' : 'accumulate',
        epilogue: i === all.length - 1 ? builder.epilogue() : undefined,
        tile,
      }),
      alongside: c > 0 && i === 0,
    }))
  })
}

const emptyRun: Run = { tap: 0, count: 0, source: 0, step: 0, outputStep: 0 }

/** The products of one run of taps and one group of outputs along each axis. */
function sumsOf(
  context: ComponentContext,
  groups: readonly Group[],
  runs: readonly Run[],
  rest: Pick<Contraction, 'start' | 'tile'> & { readonly epilogue: WrittenEpilogue | undefined },
): Written<Contraction> {
  const { n, group, f, c, input, channel } = context.builder
  const q = axisLoops(
    'y',
    groups.map(({ outputs }) => outputs),
  )
  const t = axisLoops(
    't',
    runs.map(({ count }) => count),
  )
  const samples = runs.map(({ source, step, outputStep }, a) =>
    plus(source, times(step, t[a]!), times(groups[a]!.outputs > 1 ? outputStep : 0, q[a]!)),
  )
  return contract(
    { over: [n, group, f, ...context.siblings, ...q], sum: [c, ...t] },
    {
      to: context.results(groups.map(({ start }, a) => plus(start, q[a]!))),
      a: at(input, n, channel, ...samples),
      b: context.weights(runs.map(({ tap }, a) => plus(tap, t[a]!))),
      sumName: 'sums',
      ...rest,
    },
  )
}

/** The groups of one axis. Undefined if there are too many. */
function groupsOf(axis: ComponentAxis, boundary: Boundary): Group[] | undefined {
  if (axis.taps === 0) return [{ start: 0, outputs: axis.outputs, runs: [] }]
  if (axis.input === 0) return groupsBySide(axis, false)
  switch (continuationOf(boundary).kind) {
    case 'constant':
      return groupsBySide(axis, false)
    case 'nearest':
      return groupsBySide(axis, true)
    case 'copies':
    case 'mirrored':
      return groupsByOutput(axis, boundary)
  }
}

/** Groups neighbouring outputs that have the same taps before, inside and behind the input. */
function groupsBySide(
  { input, taps, stride, dilation, before, outputs }: ComponentAxis,
  isEdge: boolean,
): Group[] | undefined {
  const groups: Group[] = []
  for (let start = 0; start < outputs; ) {
    if (groups.length === maxContractions) return undefined
    const first = start * stride - before
    const enters = firstAt(dilation, first, 0, taps)
    const leaves = firstAt(dilation, first, input, taps)
    // The group ends at the next output for which one more tap enters the input or leaves it.
    const [entersAt, leavesAt] = [
      (enters - 1) * dilation - before,
      (leaves - 1) * dilation - before,
    ]
    const end = Math.min(
      enters > 0 ? firstAt(stride, entersAt, 0, outputs) : outputs,
      leaves > 0 ? firstAt(stride, leavesAt, input, outputs) : outputs,
    )
    const run = (
      tap: number,
      last: number,
      source: number,
      step: number,
      outputStep: number,
    ): Run[] => (last > tap ? [{ tap, count: last - tap, source, step, outputStep }] : [])
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

/** The interior is one group, and every output outside it is a group of its own. */
function groupsByOutput(axis: ComponentAxis, boundary: Boundary): Group[] | undefined {
  const [start, end] = interior(axis)
  if ((axis.outputs - (end - start)) * axis.taps > maxExaminedTaps) return undefined
  const groups: Group[] = []
  for (let q = 0; q < axis.outputs; q++) {
    if (q === start && end > start) {
      const source = start * axis.stride - axis.before
      groups.push({
        start,
        outputs: end - start,
        runs: [{ tap: 0, count: axis.taps, source, step: axis.dilation, outputStep: axis.stride }],
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
    runs.push({ tap, count, source, step, outputStep: 0 })
    tap += count
  }
  return runs
}
