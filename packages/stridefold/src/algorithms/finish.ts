/**
 * Turns finished sums into results. Sums of another dtype are converted. The sums of a padded
 * result are added up first: this is the adjoint of a border that repeats samples.
 *
 *   padded sums  │b b│x x x x│b│     A forward layer reads samples outside of the input as copies
 *   results       └─►└┘     ◄┘       of samples inside. Its adjoint adds the sums there to the sums
 *                                    of these samples.
 *
 * One axis after the other, each line inside gathers the lines of the border that repeat it. Lines
 * of the border are only read, and lines inside only written, so all of this happens in the scratch
 * buffer of the sums. The border of an axis consists of a few segments; the copies of a segment,
 * period after period, are one sum. Bias, offset and activation come last, when the sums are
 * complete.
 */

import type { RepeatedSegment } from '../geometry/border-segments.ts'
import { type AxisPadAdjoint, borderOf } from '../geometry/transposed.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  startingAt,
  times,
} from '../program/elements.ts'
import type { Contraction } from '../program/steps.ts'
import { contract, move, type Written } from '../program/write-steps.ts'
import { axisLoops, axisName, type ProgramBuilder } from './builder.ts'

/** Adds the stages that write the results, unless the sums are the results. */
export function finishSums(builder: ProgramBuilder, sums: BufferView): void {
  const { g, output, descriptors } = builder
  if (sums.buffer === output.buffer) return
  const { padAdjoints } = descriptors
  if (padAdjoints === undefined) {
    const extents = g.axes.map((axis) => axis.output)
    builder.stage('convert', [], [copyOf(builder, sums, extents)])
    return
  }
  addBorders(builder, sums, padAdjoints)
  const inside = startingAt(sums, 0, 0, ...padAdjoints.map(({ before }) => before))
  addResults(
    builder,
    inside,
    padAdjoints.map(({ extent }) => extent),
  )
}

/** Copies sums to the output and converts them. */
function copyOf(builder: ProgramBuilder, sums: BufferView, extents: readonly number[]): Written {
  const { g, n, output } = builder
  const [f, y] = [loop('f', g.filters), axisLoops('y', extents)]
  return move({ over: [n, f, ...y] }, { to: at(output, n, f, ...y), from: at(sums, n, f, ...y) })
}

/** Adds one stage for each axis that has a border. */
function addBorders(
  builder: ProgramBuilder,
  sums: BufferView,
  padAdjoints: readonly AxisPadAdjoint[],
): void {
  const { g } = builder
  const one = builder.number('one', 1)
  // Axes that are done have their extent, later ones still have their border.
  const [starts, extents] = [padAdjoints.map(() => 0), g.axes.map((axis) => axis.output)]
  padAdjoints.forEach((padAdjoint, a) => {
    const border = borderOf(padAdjoint)
    const { before, extent } = padAdjoint
    const lines = startingAt(sums, 0, 0, ...starts)
    starts[a] = before
    const samples = startingAt(sums, 0, 0, ...starts)
    const steps = border.map((segment) =>
      segmentSums(builder, { lines, samples, extents, axis: a, one }, segment),
    )
    if (steps.length > 0)
      builder.stage(`add the border back, ${axisName('y', a, extents.length)}`, [], steps)
    extents[a] = extent
  })
}

/** The sums along one axis: all lines, and those inside, which start behind the border. */
interface Lines {
  readonly lines: BufferView
  readonly samples: BufferView
  readonly extents: readonly number[]
  readonly axis: number
  readonly one: Element
}

/** samples[…, source + i·step, …] += Σ_k lines[…, start + i + k·period, …] */
function segmentSums(
  { g, n }: ProgramBuilder,
  { lines, samples, extents, axis, one }: Lines,
  { start, count, source, step, period, repeats }: RepeatedSegment,
): Written<Contraction> {
  const f = loop('f', g.filters)
  const y = axisLoops('y', extents.with(axis, count))
  const line = y[axis]!
  const copy = loop(`${line.name} copy`, repeats)
  // With step 0, one sample gathers all lines.
  const over = step === 0 ? y.filter((q) => q !== line) : y
  const sum = step === 0 ? [line, copy] : [copy]
  const sample = step === 0 ? source : plus(source, times(step, line))
  const along = (index: Index): Index[] => y.map((q) => (q === line ? index : q))
  return contract(
    { over: [n, f, ...over], sum },
    {
      to: at(samples, n, f, ...along(sample)),
      a: at(lines, n, f, ...along(plus(start, line, times(period, copy)))),
      b: one,
      start: 'accumulate',
    },
  )
}

/** Adds the stage that applies the epilogue and writes the results. */
function addResults(builder: ProgramBuilder, sums: BufferView, extents: readonly number[]): void {
  const { g, n, output, descriptors } = builder
  const [f, y] = [loop('f', g.filters), axisLoops('y', extents)]
  const epilogue = builder.resultEpilogue(f)
  const over = [n, f, ...y]
  const [to, from] = [at(output, ...over), at(sums, ...over)]
  const copy = copyOf(builder, sums, extents)
  if (epilogue === undefined) builder.stage('results', [], [copy])
  else if (descriptors.output.dtype === g.dtype) {
    const one = builder.number('one', 1)
    builder.stage('results', [], [contract({ over }, { to, a: from, b: one, epilogue })])
  } else {
    // A contraction converts nothing, so it works in place; its sum is empty.
    const anything = builder.number('one', 1)
    const step = contract(
      { over, sum: [loop('nothing', 0)] },
      { to: from, a: anything, b: anything, start: 'accumulate', epilogue },
    )
    builder.stage('results', [], [step, copy])
  }
}
