/**
 * `explain CASE --at output:0,3,4`: lists the products that contribute to a value, and the cells of
 * every other view in which each product appears.
 */

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
import { views } from '../explain-views.ts'
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
      `This cell has ${count} taps, but at most ${maxTaps} can be listed. Leave --all and ` +
        '--json out to see the first ones.',
    )
  }
  if (json) await printJson(io, 'explain', { case: geometry.key, geometry, ...explanation })
  else await print(io.stdout, `${geometry.key}\n${explanationText(explanation)}`)
}

/** The array of an option, in the shape of the case. Axes of extent 1 may be left out. */
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
      `${option} has ${array.shape.join('×')} numbers, but the case needs ${shape.join('×')}.`,
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
    // TypeScript does not see that a computed key of five names makes a valid `Focus`.
    if (knownView) return { [knownView]: indices } as unknown as Focus
  }
  throw usageError(
    `--at ${text} is not a cell. Give one of ${views.join(', ')} with indices, such as ` +
      'output:0,3,4, or byte:12.',
  )
}

/** The first number of taps fills a few screens. The second makes about 100 MB of text. */
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
      ? `${count} taps, the first ${taps.length}${border}`
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

/** Columns that need the values of the operands. */
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
