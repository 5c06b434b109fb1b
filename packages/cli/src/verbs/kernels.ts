/**
 * `kernels [NAME]`: lists the named kernels, or describes one. NAME is anything that `-k` accepts.
 */

import { analyzeKernel, kernelByName, kernels, ndarray } from 'stridefold/sync'
import { colours, type Io, type Output, print, printJson } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { printable } from '../printable.ts'
import { headedTable, plainTable } from '../table.ts'
import { countOf } from '../units.ts'

type KernelAnalysis = ReturnType<typeof analyzeKernel>
type NamedKernel = (typeof kernels.list)[number]

/** Describes one kernel, or lists all named kernels. */
export const showKernels = (text: string | undefined, json: boolean, io: Io): Promise<void> =>
  text === undefined ? list(json, io) : showKernel(text, json, io)

async function list(json: boolean, io: Io): Promise<void> {
  const all = kernels.list.map((named) => ({
    named,
    analysis: analyzeKernel(kernelByName(named.name)),
  }))
  if (json)
    return printJson(io, 'kernels', {
      kernels: all.map(({ named, analysis }) => ({ ...named, ...jsonProperties(analysis) })),
    })
  const rows = all.map(({ named, analysis }) => [
    named.name,
    analysis.shape.join('×'),
    analysis.zeroSum ? '0' : short(analysis.sum),
    analysis.symmetry.join(', '),
    flipEffect(analysis),
    String(analysis.rank ?? '–'),
    named.summary,
  ])
  const head = ['kernel', 'size', 'sum', 'symmetry', 'flipped', 'rank', 'what it does']
  const table = headedTable(head, rows, ['left', 'right', 'right', 'left', 'left', 'right', 'left'])
  const legend = [
    'All values are for the default parameters; a name shows its parameters. sum 0: flat ' +
      'areas become 0. symmetry: along axis 0, along axis 1.',
    'flipped: the result of convolution (--flip) compared with correlation. rank: the ' +
      'number of products of a column and a row whose sum is the kernel.',
  ]
  await print(io.stdout, `${fitToTerminal(table, io.stdout)}\n\n${legend.join('\n')}`)
}

/** Cuts lines at the width of the terminal. */
function fitToTerminal(text: string, { isTTY, columns = 80 }: Output): string {
  if (!isTTY) return text
  return text.replace(/^.*$/gm, (line) =>
    line.length > columns ? `${line.slice(0, columns - 1)}…` : line,
  )
}

const flipEffect = ({ flipInvariant, flipNegates }: KernelAnalysis): string =>
  flipInvariant ? 'equal' : flipNegates ? 'negated' : 'different'

async function showKernel(text: string, json: boolean, io: Io): Promise<void> {
  const kernel = await kernelFrom(text, io)
  const analysis = analyzeKernel(ndarray([...kernel.weights], kernel.shape))
  const named = kernels.list.find(({ name }) => name === text.split(':')[0]?.trim())
  if (json) {
    return printJson(io, 'kernels', {
      kernel: text,
      ...(named && { named }),
      weights: kernel.weights,
      ...jsonProperties(analysis),
      says: analysis.describe,
    })
  }
  const paint = colours(io, io.stdout)
  const parts = [
    `${paint.bold(printable(text))} ` +
      `(${kernel.shape.join('×')})${named ? `: ${named.summary}` : ''}`,
    matrix(kernel),
    plainTable(propertyRows(analysis)),
    analysis.describe.map((sentence) => `• ${sentence}`).join('\n'),
    ...(named && named.parameters.length > 0 ? [`Parameters:\n${parameterTable(named)}`] : []),
  ]
  await print(io.stdout, parts.join('\n\n'))
}

const [maxRows, maxColumns] = [63, 15]

/** The weights as a matrix, if it fits on a terminal. */
function matrix({ shape, weights }: Kernel): string {
  const columns = shape.at(-1)!
  if (shape.length > 2 || columns > maxColumns || weights.length > maxRows * columns)
    return `  ${countOf(weights.length, 'weight')}; --json lists them`
  const rows = Array.from({ length: weights.length / columns }, (_, row) =>
    weights.slice(row * columns, (row + 1) * columns),
  )
  return plainTable(
    rows.map((row) => ['', ...row.map(short)]),
    'right',
  )
}

function propertyRows(analysis: KernelAnalysis): (readonly [string, string])[] {
  return [
    [
      'sum',
      `${analysis.zeroSum ? '0' : short(analysis.sum)} (without signs ` +
        `${short(analysis.absoluteSum)})`,
    ],
    ['zero-sum', analysis.zeroSum ? 'yes' : 'no'],
    [
      'symmetry',
      analysis.symmetry.map((symmetry, axis) => `${symmetry} along axis ${axis}`).join(', '),
    ],
    ['flipped', flipEffect(analysis)],
    ['rank', analysis.rank === undefined ? 'no short sum of products' : String(analysis.rank)],
  ]
}

const parameterTable = ({ parameters }: NamedKernel): string =>
  plainTable(
    parameters.map(({ name, summary, default: defaultValue }) => [
      '',
      name,
      summary,
      `default: ${defaultValue}`,
    ]),
  )

/** The properties of an analysis that JSON can represent. */
function jsonProperties({
  describe: _,
  frequencyResponse: __,
  outputRange: ___,
  overflowingDTypes: ____,
  terms: _____,
  ...plain
}: KernelAnalysis): object {
  return plain
}

/** At most six digits. */
const short = (value: number): string => String(Number(value.toPrecision(6)))
