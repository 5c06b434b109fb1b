/**
 * `explain CASE --at output:0,3,4`: which products are behind this number, and where else does each of them appear?
 */

import type { Command } from 'commander'
import { checkedFit, type Explanation, explain, type Focus, parseCase, type Tap } from 'stridefold/sync'
import { usage } from '../failure.ts'
import { type Io, print, printJson } from '../io.ts'
import { headedTable } from '../table.ts'

const EXAMPLES = `Examples:
  $ stridefold explain "7x7 * 3x3 same reflect" --at 0,0
  $ stridefold explain "1x3x8x8 * 4x3x3x3 p1" --at output:2,3,4      filter 2, row 3, column 4
  $ stridefold explain "3x3 * 2x2" --at toeplitz:0,8 --json
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
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action((text: string, { at, json }: { at: string; json?: boolean }) => explained(text, focusOf(at), json === true, io))
}

async function explained(text: string, focus: Focus, json: boolean, io: Io): Promise<void> {
  const geometry = checkedFit(parseCase(text))
  const explanation = explain(geometry, focus)
  if (json) await printJson(io, 'explain', { case: geometry.key, geometry, ...explanation })
  else await print(io.stdout, `${geometry.key}\n${inWords(explanation)}`)
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
  const alignments = HEAD.map((name) => (name === 'tap' || name === 'byte' ? 'right' : 'left'))
  return `${cell}: ${count}\n\n${headedTable(HEAD, taps.map(rowOf), alignments)}`
}

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
