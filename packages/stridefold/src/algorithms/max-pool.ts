/**
 * Max pooling: y[n, c, q] = max_t x[n, c, q·stride + t − before], over the samples inside the
 * input.
 *
 * The largest of a rectangle is the largest of the largest of its rows. So every axis is a pass of
 * its own, over the results of the pass before it, which stay in a cache:
 *
 *   input ──pass over y──► local rows ──pass over x──► output
 *
 * A pass has one step for each segment of its axis: outputs whose windows have the same samples.
 * Near an end a window has fewer. Nothing is padded, and no code tests for a border.
 */

import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import type { OperandLayout } from '../geometry/operands.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  rowMajorView,
  times,
} from '../program/elements.ts'
import type { Buffer, Program, Stage } from '../program/program.ts'
import { maximum, type Written } from '../program/write-steps.ts'
import { axisName } from './builder.ts'

/** Outputs of an axis whose windows have the same samples. */
interface Segment {
  readonly start: number
  readonly count: number
  /** The first sample of each window that lies inside the input, and the number of them. */
  readonly first: number
  readonly samples: number
}

/** How the arrays of the pooling lie in memory. */
export interface PoolLayouts {
  readonly input: OperandLayout
  readonly output: OperandLayout
}

/** A grid item keeps the results of its passes in at most this many bytes, if its rows allow it. */
const maxLocalBytes = 2 ** 16

/** The program of a max pooling. The kernel of an axis is its window; every channel is a group. */
export function maxPoolProgram(g: ConvGeometry, { input, output }: PoolLayouts): Program {
  const caller = { length: 0 } as const
  const buffers: Buffer[] = [
    { name: 'input', role: 'input', dtype: input.dtype, ...caller },
    { name: 'output', role: 'output', dtype: output.dtype, ...caller },
  ]
  const [first] = pooledAxes(g.axes) as [number]
  const stages = segmentsOf(g.axes[first]!).map((segment) => {
    const { stage, locals } = poolStage(g, { input, output }, segment)
    buffers.push(...locals)
    return stage
  })
  return { dtype: g.dtype, buffers, stages }
}

/** The axes that need a pass. There is at least one pass, if only to copy. */
function pooledAxes(axes: readonly AxisGeometry[]): number[] {
  const pooled = [...axes.keys()].filter((a) => {
    const { kernel, stride, before, after } = axes[a]!
    return kernel > 1 || stride > 1 || before !== 0 || after !== 0
  })
  return pooled.length === 0 ? [0] : pooled
}

function segmentsOf({ input, kernel, stride, before, output }: AxisGeometry): Segment[] {
  const segment = (start: number, count: number): Segment => {
    const first = Math.max(0, before - start * stride)
    return {
      start,
      count,
      first,
      samples: Math.min(kernel, input + before - start * stride) - first,
    }
  }
  // Of these outputs, the whole window lies inside the input.
  const start = Math.min(output, Math.max(0, Math.ceil(before / stride)))
  const last = Math.floor((input + before - kernel) / stride)
  const end = Math.max(start, Math.min(output, last + 1))
  const single = (first: number, end: number): Segment[] =>
    Array.from({ length: end - first }, (_, i) => segment(first + i, 1))
  const inside = end > start ? [segment(start, end - start)] : []
  return [...single(0, start), ...inside, ...single(end, output)]
}

/** The stage of one segment of the first pooled axis: all passes, for a part of the arrays. */
function poolStage(
  g: ConvGeometry,
  { input, output }: PoolLayouts,
  segment: Segment,
): { readonly stage: Stage; readonly locals: readonly Buffer[] } {
  const pooled = pooledAxes(g.axes)
  const [first] = pooled as [number]
  const rank = g.axes.length
  const name = (axis: number): string => axisName('y', axis, rank)
  const [n, c] = [loop('n', g.batch), loop('c', g.channels)]

  /** The extent of each axis after a pass. The first pass leaves the outputs of the segment. */
  const extentsAfter = (pass: number): number[] =>
    g.axes.map((axis, a) => {
      if (a === first) return segment.count
      const own = pooled.indexOf(a)
      return own >= 0 && own <= pass ? axis.output : axis.input
    })
  const channelsInside = input.axes.every((s) => Math.abs(input.channel) < Math.abs(s))
  const planeBytes = elementCount(extentsAfter(0)) * dtypes[g.dtype].bytes
  // Then a grid item has one output of the first pooled axis.
  const isRow = pooled.length > 1 && (channelsInside || planeBytes > maxLocalBytes)
  const row = loop(name(first), segment.count)
  const grid = [n, ...(channelsInside ? [] : [c]), ...(isRow ? [row] : [])]

  // The axes of local buffers, in the order of memory: those that are not in the grid.
  const axes = [...g.axes.keys()]
    .filter((a) => !(isRow && a === first))
    .toSorted((a, b) => Math.abs(input.axes[b]!) - Math.abs(input.axes[a]!))
  const inside = <T>(all: readonly T[], channel: T): T[] => [
    ...axes.map((a) => all[a]!),
    ...(channelsInside ? [channel] : []),
  ]
  const locals = pooled.slice(0, -1).map((_, pass): Buffer => {
    const length = elementCount(inside(extentsAfter(pass), g.channels))
    return { name: `local${segment.start}.${pass}`, role: 'local', dtype: g.dtype, length }
  })
  const local = (pass: number, indices: readonly Index[]): Element =>
    at(
      rowMajorView(locals[pass]!.name, inside(extentsAfter(pass), g.channels)),
      ...inside(indices, c),
    )

  const stepOf = (pass: number, { start, count, first: skipped, samples }: Segment): Written => {
    const axis = pooled[pass]!
    const { stride, before } = g.axes[axis]!
    const window = loop('t', samples)
    const loops = extentsAfter(pass).map((extent, a) =>
      a === first ? row : loop(name(a), a === axis ? count : extent),
    )
    const firstSample = plus(times(stride, loops[axis]!), start * stride - before + skipped)
    const from = loops.map((index, a) => (a === axis ? plus(firstSample, window) : index))
    // The first axis of a local buffer starts with the segment.
    const to = loops.map((index, a) => (a === axis && pass > 0 ? plus(index, start) : index))
    const result = loops.map((_, a) => (a === first ? plus(row, segment.start) : to[a]!))
    return maximum(
      { over: inside(loops, c).filter((l) => !grid.includes(l)), window: [window] },
      {
        to:
          pass === pooled.length - 1
            ? at(viewOf('output', output), n, c, ...result)
            : local(pass, to),
        from: pass === 0 ? at(viewOf('input', input), n, c, ...from) : local(pass - 1, from),
      },
    )
  }
  const steps = pooled.flatMap((axis, pass) =>
    (pass === 0 ? [segment] : segmentsOf(g.axes[axis]!)).map((part) => stepOf(pass, part)),
  )
  const stageName = `pool ${name(first)} ${segment.start}`
  return {
    stage: { name: stageName, prepare: false, grid, steps: steps.map((step) => step(grid)) },
    locals,
  }
}

const viewOf = (buffer: string, { outer, channel, axes }: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  strides: [outer, channel, ...axes],
})
