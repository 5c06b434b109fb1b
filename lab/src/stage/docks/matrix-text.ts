/**
 * The texts of the docked matrix. Parts of the caption have the colour of what they name.
 */

import type { Place } from '../stage-model.ts'
import type { Words } from './caption.tsx'
import type { ProductText } from './product-text.ts'

export type SampleKind = 'pixel' | 'sample' | 'padding'

export interface CaptionCounts {
  /** Drawn columns, and all places of the output. */
  readonly columns: number
  readonly places: number
  /** The texts of divisor and bias; undefined: without. */
  readonly divisor: string | undefined
  readonly bias: string | undefined
}

export interface MatrixText {
  readonly grid: string
  /** Between two sentences. */
  readonly space: string
  readonly title: string
  readonly caption: (counts: CaptionCounts) => Words
  /** What the matrix holds, while nothing is pointed at. */
  readonly cells: (rows: number, columns: number, samples: number) => string
  /** How many columns are in sight, if not all. */
  readonly inSight: (inSight: number, columns: number) => string
  readonly copies: (
    kind: SampleKind,
    product: ProductText,
    copies: number,
    columns: number,
  ) => string
  readonly output: string
  readonly weight: (tap: number, weight: string) => string
  readonly cell: (kind: SampleKind, value: string, place: Place, tap: number) => string
  readonly hiddenCell: (place: Place) => string
  readonly result: (result: string | undefined, place: Place) => string
}

const count = (value: number): string => value.toLocaleString('en')

const kinds = { pixel: 'Pixel', sample: 'Sample', padding: 'Padding' } as const
const zhKinds = { pixel: '像素', sample: '样本', padding: '填充' } as const

const en: MatrixText = {
  space: ' ',
  grid: 'The windows as the columns of a matrix',
  title: 'The window, unrolled, is one column.',
  caption: ({ columns, places, divisor, bias }) => [
    columns === 1 ? 'One place, one ' : `${count(columns)} places, ${count(columns)} `,
    { role: 'input', words: columns === 1 ? 'column' : 'columns' },
    columns === places ? '. ' : `; the whole output has ${count(places)}. `,
    'A column times the ',
    { role: 'kernel', words: 'weights' },
    `, added${divisor ? `, divided by ${divisor}` : ''}${bias ? `, plus ${bias}` : ''}, is one `,
    { role: 'output', words: 'output' },
    '.',
  ],
  cells: (rows, columns, samples) =>
    `${count(rows)} × ${count(columns)} = ${count(rows * columns)} cells ` +
    `hold ${count(samples)} different samples.`,
  inSight: (inSight, columns) => `${count(inSight)} of ${count(columns)} columns are in sight.`,
  copies: (kind, { value, weight, product }, copies, columns) =>
    `${value} × ${weight} = ${product}. ${kinds[kind]} ${value} stands in ` +
    `${count(copies)} of the ${count(columns)} columns.`,
  output: 'Output',
  weight: (tap, weight) => `weight ${tap}: ${weight}`,
  cell: (kind, value, { x, y }, tap) =>
    `${kinds[kind]} ${value}, window of row ${y}, column ${x}, weight ${tap}`,
  hiddenCell: ({ x, y }) => `not added yet, window of row ${y}, column ${x}`,
  result: (result, { x, y }) =>
    result === undefined
      ? `output row ${y}, column ${x}: not computed yet`
      : `output row ${y}, column ${x}: ${result}`,
}

const zh: MatrixText = {
  space: '',
  grid: '以窗口为列的矩阵',
  title: '把窗口展开，就是一列。',
  caption: ({ columns, places, divisor, bias }) => [
    `${count(columns)} 个位置，${count(columns)} `,
    { role: 'input', words: '列' },
    columns === places ? '。' : `；整个输出共 ${count(places)} 列。`,
    '一列与',
    { role: 'kernel', words: '权重' },
    `逐格相乘再相加${divisor ? `，除以 ${divisor}` : ''}${bias ? `，加上 ${bias}` : ''}，就是一个`,
    { role: 'output', words: '输出' },
    '。',
  ],
  cells: (rows, columns, samples) =>
    `${count(rows)} × ${count(columns)} = ${count(rows * columns)} 格，` +
    `来自 ${count(samples)} 个不同的样本。`,
  inSight: (inSight, columns) => `${count(columns)} 列中可见 ${count(inSight)} 列。`,
  copies: (kind, { value, weight, product }, copies, columns) =>
    `${value} × ${weight} = ${product}。${zhKinds[kind]} ${value} 出现在 ` +
    `${count(columns)} 列中的 ${count(copies)} 列。`,
  output: '输出',
  weight: (tap, weight) => `第 ${tap} 个权重：${weight}`,
  cell: (kind, value, { x, y }, tap) =>
    `${zhKinds[kind]} ${value}，第 ${y} 行第 ${x} 列的窗口，第 ${tap} 个权重`,
  hiddenCell: ({ x, y }) => `尚未相加，第 ${y} 行第 ${x} 列的窗口`,
  result: (result, { x, y }) =>
    result === undefined
      ? `第 ${y} 行第 ${x} 列的输出：尚未计算`
      : `第 ${y} 行第 ${x} 列的输出：${result}`,
}

export const matrixText: Readonly<Record<'en' | 'zh', MatrixText>> = { en, zh }
