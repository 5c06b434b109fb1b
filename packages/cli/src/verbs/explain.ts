/**
 * `explain CASE --at output:0,3,4`: which products are behind this number, and where else does each of them appear?
 */

import type { Command } from 'commander'
import { checkedFit, type Explanation, explain, type Focus, type NdArray, ndarray, parseCase, type Tap } from 'stridefold/sync'
import { usage } from '../failure.ts'
import { type Io, print, printJson } from '../io.ts'
import { kernelFrom } from '../kernel-argument.ts'
import { headedTable } from '../table.ts'

const EXAMPLES = `Examples:
  $ stridefold explain "7x7 * 3x3 same reflect" --at 0,0
  $ stridefold explain "1x3x8x8 * 4x3x3x3 p1" --at output:2,3,4      filter 2, row 3, column 4
  $ stridefold explain "3x3 * 2x2" --at toeplitz:0,8 --json
  $ stridefold explain "3x3 * 2x2" --at 1,1 --input "3 9 0; 2 8 1; 1 4 8" -k "8 9; 4 4"     with products and running sum
`

const VIEWS = ['output', 'input', 'kernel', 'im2col', 'toeplitz'] as const

export function addExplain(program: Command, io: Io): void {
  program
    .command('explain')
    .summary('the taps behind a cell')
    .description(
      'Lists the products (taps) behind a cell of a problem in case notation, each with its index in the output, the input, the kernel, ' +
        'the im2col matrix [row,column], the Toeplitz matrix [row,column] and the memory of the input.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .requiredOption('--at <cell>', `a cell as VIEW:INDICES, VIEW one of ${VIEWS.join(', ')}; byte:N; or INDICES of the output`)
    .option('--input <array>', 'the numbers of the input: a matrix, or a .npy, .json or .csv file')
    .option('-k, --kernel <array>', 'those of the kernel, likewise, or the name of one')
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action((text: string, flags: ExplainFlags) => explained(text, focusOf(flags.at), flags, io))
}

interface ExplainFlags {
  readonly at: string
  readonly input?: string
  readonly kernel?: string
  readonly json?: boolean
}

async function explained(text: string, focus: Focus, { input, kernel, json }: ExplainFlags, io: Io): Promise<void> {
  const geometry = checkedFit(parseCase(text))
  const { batch, channels, filters, groups, axes } = geometry
  const samples = [batch, channels, ...axes.map((axis) => axis.input)]
  const weights = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  const explanation = explain(geometry, focus, {
    ...(input !== undefined && { input: await arrayOf('--input', input, samples, io) }),
    ...(kernel !== undefined && { kernel: await arrayOf('--kernel', kernel, weights, io) }),
  })
  if (json) await printJson(io, 'explain', { case: geometry.key, geometry, ...explanation })
  else await print(io.stdout, `${geometry.key}\n${inWords(explanation)}`)
}

/** The numbers that an option gives, in the shape the case needs; axes of extent 1 may be left out. */
async function arrayOf(option: string, text: string, shape: readonly number[], io: Io): Promise<NdArray> {
  const given = await kernelFrom(text, io)
  const long = (extents: readonly number[]): string => extents.filter((extent) => extent !== 1).join('×')
  if (long(given.shape) !== long(shape)) {
    throw usage(`${option} has ${given.shape.join('×')} numbers, but the case needs ${shape.join('×')}. Give as many as the case says.`)
  }
  return ndarray(Float64Array.from(given.weights), [...shape])
}

function focusOf(text: string): Focus {
  const [, view = 'output', list = ''] = /^(?:([a-z0-9]+):)?(.*)$/i.exec(text) ?? []
  const indices = list.split(',').map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : Number.NaN))
  const known = VIEWS.find((name) => name === view)
  if (indices.every(Number.isSafeInteger)) {
    if (view === 'byte' && indices.length === 1) return { byte: indices[0]! }
    // The view is one of five names that each take a list of indices; TypeScript does not see that a computed key makes one of them.
    if (known) return { [known]: indices } as unknown as Focus
  }
  throw usage(`--at ${text} is no cell. Give one of ${VIEWS.join(', ')} with indices, such as output:0,3,4, or byte:12.`)
}

const HEAD = ['tap', 'output', 'input', 'kernel', 'im2col', 'toeplitz', 'byte']

function inWords({ focus, taps, reason }: Explanation): string {
  const [[view, index] = []] = Object.entries(focus)
  const cell = `${view} ${Array.isArray(index) ? `[${index.join(',')}]` : index}`
  if (taps.length === 0) return `${cell}: no taps. ${reason}`
  const padded = taps.filter((tap) => tap.padded).length
  const count = `${taps.length} ${taps.length === 1 ? 'tap' : 'taps'}${padded > 0 ? `, ${padded} on the border` : ''}`
  const values = VALUES.filter((name) => taps[0]![name] !== undefined)
  const head = [...HEAD, ...values]
  const alignments = head.map((name) => (['tap', 'byte', ...VALUES].includes(name) ? 'right' : 'left'))
  const rows = taps.map((tap) => [...rowOf(tap), ...values.map((name) => String(tap[name]))])
  return `${cell}: ${count}\n\n${headedTable(head, rows, alignments)}`
}

/** What the numbers of the operands add to a tap. */
const VALUES = ['value', 'weight', 'product', 'sum'] as const

function rowOf({ tap, output, input, padded, position, kernel, im2col, toeplitz, byte }: Tap): string[] {
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
