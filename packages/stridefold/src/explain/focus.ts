/**
 * Which taps does a focus select? It selects some outputs, and a channel, a weight or a sample that
 * their taps must have.
 *
 * Every view has a shape, in which its indices count. Rows and columns of the two matrices are
 * positions in such shapes.
 */

import { type CanonicalShapes, canonicalShapes } from '../geometry/canonical-shapes.ts'
import { formatValue } from '../geometry/format-value.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { reject } from '../geometry/parameters.ts'
import { indexAt, indicesOf } from '../ndarray/indices.ts'
import { elementAt, elementCount } from '../ndarray/layout.ts'
import { meetings } from './samples.ts'

/** The selected cell of one of the views, or a byte of the input's memory. */
export type Focus =
  | {
      /** The index of a result, [batch, filter, ...axes]: the taps that it sums. */
      readonly output: readonly number[]
    }
  | {
      /** The index of a sample, [batch, channel, ...axes]: the taps that read it. */
      readonly input: readonly number[]
    }
  | {
      /** The index of a weight, [filter, channel of its group, ...axes]: the taps that use it. */
      readonly kernel: readonly number[]
    }
  | {
      /** [row, column] of the matrix of windows: the taps of this copy of a sample. */
      readonly im2col: readonly number[]
    }
  | {
      /** [row, column] of the sparse matrix: the taps that this entry adds up. */
      readonly toeplitz: readonly number[]
    }
  | {
      /** A byte of the input's data, from its start: the taps that read the sample there. */
      readonly byte: number
    }

/** The memory layout of the input: strides and offset in elements. */
export interface Memory {
  readonly bytes: number
  readonly strides: readonly number[]
  readonly offset: number
}

/** The shape of every view of a geometry. */
export interface ViewShapes extends CanonicalShapes {
  readonly im2col: readonly [rows: number, columns: number]
  readonly toeplitz: readonly [rows: number, columns: number]
}

export function shapesOf(g: ConvGeometry): ViewShapes {
  const { input, kernel, output } = canonicalShapes(g)
  const rows = g.channels * elementCount(kernel.slice(2))
  const columns = g.batch * elementCount(output.slice(2))
  return {
    input,
    kernel,
    output,
    im2col: [rows, columns],
    toeplitz: [elementCount(output), elementCount(input)],
  }
}

/** Ascending coordinates along one axis. */
export interface Places {
  readonly length: number
  at(i: number): number | undefined
}

/** All coordinates of an axis, without storing them in a list. */
const allPlaces = (extent: number): Places => ({ length: extent, at: (i) => i })

/**
 * Outputs, and a filter for their taps: a channel, a weight, a sample (one coordinate per axis
 * each), or none.
 */
export interface Selection {
  /** Batch items, filters, and coordinates along each axis. Every combination is an output. */
  readonly outputs: readonly Places[]
  readonly channel?: number
  readonly weights?: readonly number[]
  readonly samples?: readonly number[]
}

/** The result of selecting a focus. `reason` explains why there are no taps, if there are none. */
export interface Selected {
  readonly focus: Focus
  readonly selections: readonly Selection[]
  readonly reason: string
}

/** The selection of a focus. Throws `OptionError` for an invalid index. */
export function selectionOf(g: ConvGeometry, focus: Focus, memory: Memory): Selected {
  const [view, ...extraViews] = Object.keys(focus ?? {})
  if (view === undefined || extraViews.length > 0) return rejectFocus(focus)
  if ('byte' in focus) return byteSelection(g, focus.byte, memory)
  const shapes = shapesOf(g)
  if ('output' in focus) {
    const output = validateIndex('output', focus.output, shapes.output)
    const reason =
      'Nothing is multiplied here: no sample meets a weight, so the output is 0 (or the bias).'
    return { focus: { output }, selections: [{ outputs: singlePlaces(output) }], reason }
  }
  if ('input' in focus) {
    const input = validateIndex('input', focus.input, shapes.input)
    return {
      focus: { input },
      selections: [inputSelection(g, input)],
      reason: 'No window reads this sample: the stride or a crop skips it.',
    }
  }
  if ('kernel' in focus) {
    const kernel = validateIndex('kernel', focus.kernel, shapes.kernel)
    const reason =
      'This weight meets no sample: there is no output, or only zeros between samples lie under it.'
    return { focus: { kernel }, selections: [kernelSelection(g, kernel)], reason }
  }
  if ('im2col' in focus) {
    const im2col = validateIndex('im2col', focus.im2col, shapes.im2col)
    const [channel, ...weights] = indexAt([g.channels, ...shapes.kernel.slice(2)], im2col[0]!) as [
      number,
      ...number[],
    ]
    const [n, ...q] = indexAt([g.batch, ...shapes.output.slice(2)], im2col[1]!) as [
      number,
      ...number[],
    ]
    const outputs = [[n], filtersOf(g, channel), ...singlePlaces(q)]
    const reason = 'This cell is a zero between two samples: it is never multiplied.'
    return { focus: { im2col }, selections: [{ outputs, channel, weights }], reason }
  }
  if ('toeplitz' in focus) {
    const toeplitz = validateIndex('toeplitz', focus.toeplitz, shapes.toeplitz)
    const output = indexAt(shapes.output, toeplitz[0]!)
    const [n, channel, ...at] = indexAt(shapes.input, toeplitz[1]!) as [number, number, ...number[]]
    const outputs = n === output[0] ? singlePlaces(output) : [[], ...singlePlaces(output.slice(1))]
    return {
      focus: { toeplitz },
      selections: [{ outputs, channel, samples: at }],
      reason: noConnection(g, output, n, channel),
    }
  }
  return rejectFocus(focus)
}

const singlePlaces = (index: readonly number[]): Places[] => index.map((place) => [place])

/** Per axis, the outputs whose window contains the sample. Only these are visited. */
function inputSelection(g: ConvGeometry, [n, channel, ...at]: readonly number[]): Selection {
  const users = g.axes.map((_, a) => {
    const outputs = new Set(meetings(g, a, at[a]!).map(([output]) => output))
    return [...outputs].sort((first, second) => first - second)
  })
  const outputs = [[n!], filtersOf(g, channel!), ...users]
  return { outputs, channel: channel!, samples: at }
}

function kernelSelection(g: ConvGeometry, [f, local, ...weights]: readonly number[]): Selection {
  const channel = Math.floor(f! / (g.filters / g.groups)) * (g.channels / g.groups) + local!
  const outputs = [allPlaces(g.batch), [f!], ...g.axes.map((axis) => allPlaces(axis.output))]
  return { outputs, channel, weights }
}

/**
 * A byte belongs to every element that covers it. There are several if strides repeat or overlap,
 * and none in a gap.
 */
function byteSelection(
  g: ConvGeometry,
  byte: number,
  { bytes, strides, offset }: Memory,
): Selected {
  if (!Number.isSafeInteger(byte) || byte < 0) {
    return reject(
      'INDEX_INVALID',
      `explain: byte ${formatValue(byte)} is no address. Give a whole number ≥ 0, from the ` +
        `start of the input's data.`,
    )
  }
  const owners = elementsAt(Math.floor(byte / bytes) - offset, shapesOf(g).input, strides)
  const reason =
    owners.length > 0
      ? `Byte ${byte} belongs to input ` +
        `[${owners.map((owner) => owner.join(', ')).join('] and [')}], which no window reads.`
      : `Byte ${byte} belongs to no element of the input.`
  return { focus: { byte }, selections: owners.map((owner) => inputSelection(g, owner)), reason }
}

/**
 * The indices of the elements at position `place`. The loop tries all but the last coordinate,
 * which leaves at most one element, unless the last stride is 0.
 */
function elementsAt(
  place: number,
  shape: readonly number[],
  strides: readonly number[],
): number[][] {
  const [extent, step] = [shape.at(-1)!, strides.at(-1)!]
  const indices: number[][] = []
  for (const index of indicesOf(shape.slice(0, -1))) {
    const remaining = place - elementAt(index, strides, 0)
    if (step === 0) {
      for (let last = 0; remaining === 0 && last < extent; last++) indices.push([...index, last])
    } else if (
      Number.isInteger(remaining / step) &&
      remaining / step >= 0 &&
      remaining / step < extent
    )
      indices.push([...index, remaining / step])
  }
  return indices
}

function noConnection(
  g: ConvGeometry,
  output: readonly number[],
  n: number,
  channel: number,
): string {
  const reason =
    n !== output[0]
      ? `they are of different batch items, ${output[0]} and ${n}`
      : !filtersOf(g, channel).includes(output[1]!)
        ? `filter ${output[1]} and channel ${channel} are of different groups`
        : `the window of output [${output.join(', ')}] does not hold this sample`
  return `No connection: ${reason}.`
}

/** The filters that read a channel. */
function filtersOf(g: ConvGeometry, channel: number): number[] {
  const filtersPerGroup = g.filters / g.groups
  const group = Math.floor(channel / (g.channels / g.groups))
  return Array.from({ length: filtersPerGroup }, (_, i) => group * filtersPerGroup + i)
}

/**
 * The complete index: zeros replace up to two omitted leading indices. Matrices need both indices.
 */
function validateIndex(
  view: string,
  value: readonly number[],
  shape: readonly number[],
): readonly number[] {
  const rank = shape.length
  const minLength = view === 'im2col' || view === 'toeplitz' ? rank : rank - 2
  const hasValidLength = Array.isArray(value) && value.length >= minLength && value.length <= rank
  const index = hasValidLength ? [...new Array<number>(rank - value.length).fill(0), ...value] : []
  if (
    hasValidLength &&
    index.every(
      (coordinate, axis) =>
        Number.isInteger(coordinate) && coordinate >= 0 && coordinate < shape[axis]!,
    )
  )
    return index
  const counts = minLength === rank ? `${rank}` : `${minLength} to ${rank}`
  return reject(
    'INDEX_INVALID',
    `explain: ${view} ${formatValue(value)} is no index of ${view}, whose shape is ` +
      `[${shape.join(', ')}]. Give ${counts} whole numbers from 0 that lie inside.`,
  )
}

function rejectFocus(focus: unknown): never {
  return reject(
    'OPTION_INVALID',
    `explain: focus is ${formatValue(focus)}; one of { output }, { input }, { kernel }, { ` +
      'im2col }, { toeplitz } with an index, or { byte } is needed.',
  )
}
