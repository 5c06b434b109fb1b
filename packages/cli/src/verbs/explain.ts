/**
 * `explain CASE --at output:0,3,4`: which products are behind this number, and where else does each
 * of them appear?
 */

import { views } from '../commands/explain.ts'
import {
  checkedFit,
  type Explanation,
  explain,
  type Focus,
  type NdArray,
  ndarray,
  parseCase,
  type Tap,
} from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { type Io, print, printJson } from '../io.ts'
import { kernelFrom } from '../kernel-argument.ts'
import { headedTable } from '../table.ts'

export interface ExplainFlags {
  readonly at: string
  readonly input?: string
  readonly kernel?: string
  readonly all?: boolean
  readonly json?: boolean
}

export async function explainCell(
  text: string,
  { at, input, kernel, all, json }: ExplainFlags,
  io: Io,
): Promise<void> {
  const focus = focusOf(at)
  const geometry = checkedFit(parseCase(text))
  const { batch, channels, filters, groups, axes } = geometry
  const samples = [batch, channels, ...axes.map((axis) => axis.input)]
  const weights = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  const explanation = explain(geometry, focus, {
    ...(input !== undefined && { input: await arrayOf('--input', input, samples, io) }),
    ...(kernel !== undefined && { kernel: await arrayOf('--kernel', kernel, weights, io) }),
    most: all === true || json === true ? maxTaps : defaultMaxTaps,
  })
  const { count } = explanation
  if (count > maxTaps && (all === true || json === true)) {
    throw usageError(
      `There are ${count} taps behind this cell, and at most ${maxTaps} are listed. ` +
        'Leave --all and --json out for the first.',
    )
  }
  if (json) await printJson(io, 'explain', { case: geometry.key, geometry, ...explanation })
  else await print(io.stdout, `${geometry.key}\n${explanationText(explanation)}`)
}

/**
 * The numbers that an option gives, in the shape the case needs; axes of extent 1 may be left out.
 */
async function arrayOf(
  option: string,
  text: string,
  shape: readonly number[],
  io: Io,
): Promise<NdArray> {
  const array = await kernelFrom(text, io)
  const longExtents = (extents: readonly number[]): string =>
    extents.filter((extent) => extent !== 1).join('×')
  if (longExtents(array.shape) !== longExtents(shape)) {
    throw usageError(
      `${option} has ${array.shape.join('×')} numbers, but the case needs ` +
        `${shape.join('×')}. Give as many as the case says.`,
    )
  }
  return ndarray(Float64Array.from(array.weights), [...shape])
}

function focusOf(text: string): Focus {
  const [, view = 'output', list = ''] = /^(?:([a-z0-9]+):)?(.*)$/i.exec(text) ?? []
  const indices = list
    .split(',')
    .map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : Number.NaN))
  const knownView = views.find((name) => name === view)
  if (indices.every(Number.isSafeInteger)) {
    if (view === 'byte' && indices.length === 1) return { byte: indices[0]! }
    // The view is one of five names that each take a list of indices; TypeScript does not see that
    // a computed key makes one of them.
    if (knownView) return { [knownView]: indices } as unknown as Focus
  }
  throw usageError(
    `--at ${text} is no cell. Give one of ${views.join(', ')} with indices, such as ` +
      'output:0,3,4, or byte:12.',
  )
}

/**
 * So many are shown unless all are asked for, which fills a few screens; and so many may be asked
 * for: text of 100 MB.
 */
const [defaultMaxTaps, maxTaps] = [100, 200_000]

const tapHeadings = ['tap', 'output', 'input', 'kernel', 'im2col', 'toeplitz', 'byte']

function explanationText({ focus, taps, count, reason }: Explanation): string {
  const [[view, index] = []] = Object.entries(focus)
  const cell = `${view} ${Array.isArray(index) ? `[${index.join(',')}]` : index}`
  if (count === 0) return `${cell}: no taps. ${reason}`
  const left = count - taps.length
  const padded = taps.filter((tap) => tap.padded).length
  const border = padded > 0 ? `, ${padded} on the border` : ''
  const countText =
    left > 0
      ? `${count} taps, the first ${taps.length} of them${border}`
      : `${count} ${count === 1 ? 'tap' : 'taps'}${border}`
  const values = valueNames.filter((name) => taps[0]![name] !== undefined)
  const head = [...tapHeadings, ...values]
  const alignments = head.map((name) =>
    ['tap', 'byte', ...valueNames].includes(name) ? 'right' : 'left',
  )
  const rows = taps.map((tap) => [...rowOf(tap), ...values.map((name) => String(tap[name]))])
  const moreText = left > 0 ? `\n\n${left} more: --all shows them, --json lists them.` : ''
  return `${cell}: ${countText}\n\n${headedTable(head, rows, alignments)}${moreText}`
}

/** What the numbers of the operands add to a tap. */
const valueNames = ['value', 'weight', 'product', 'sum'] as const

function rowOf({
  tap,
  output,
  input,
  padded,
  position,
  kernel,
  im2col,
  toeplitz,
  byte,
}: Tap): string[] {
  const from = padded ? ` from border (${position.join(',')})` : ''
  return [
    String(tap),
    output.join(','),
    `${input?.join(',') ?? 'constant'}${from}`,
    kernel.join(','),
    im2col.join(','),
    toeplitz?.join(',') ?? '–',
    String(byte ?? '–'),
  ]
}
