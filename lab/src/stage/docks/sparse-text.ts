/**
 * The texts of the sparse matrix and of the fully connected layer. The counts are those of the
 * drawing.
 */

import type { Language } from '../../state/state.ts'
import { numberText } from '../number.ts'
import type { Place } from '../stage-model.ts'
import { inLanguage } from './language.ts'

export interface SparseCounts {
  readonly rows: number
  readonly columns: number
  /** The entries that hold a weight: the lines of the layer. */
  readonly entries: number
  /** The weights of the kernel. */
  readonly taps: number
  /** Outputs and samples of the whole problem. */
  readonly allRows: number
  readonly allColumns: number
  /** Whether some windows cover padding, and whether it repeats samples. */
  readonly padding: 'none' | 'constant' | 'repeated'
  readonly divisor: number
  readonly bias: number
  /** Whether only outputs beside the window, and the samples that they read, are shown. */
  readonly isPart: boolean
}

/** What else belongs to the equation of the matrix. */
interface Notes {
  readonly part: string
  readonly padding: Readonly<Record<'constant' | 'repeated', string>>
  readonly divided: (divisor: string) => string
  readonly moved: (bias: string) => string
}

const notes = (
  { part: ofPart, padding, divided, moved }: Notes,
  {
    padding: kind,
    divisor,
    bias,
    isPart,
  }: Pick<SparseCounts, 'padding' | 'divisor' | 'bias' | 'isPart'>,
): string[] => [
  ...(isPart ? [ofPart] : []),
  ...(kind === 'none' ? [] : [padding[kind]]),
  ...(divisor === 1 ? [] : [divided(numberText(divisor))]),
  ...(bias === 0 ? [] : [moved(numberText(bias))]),
]

/** The title of a caption and the sentences after it. */
export interface Caption {
  readonly title: string
  readonly rest: string
}

export interface SparseText {
  readonly pages: Readonly<Record<'matrix' | 'layer', string>>
  readonly free: string
  readonly input: string
  readonly output: string
  readonly grid: Readonly<Record<'matrix' | 'layer', string>>
  readonly lines: (shown: number) => string
  readonly matrixCaption: (counts: SparseCounts) => Caption
  readonly layerCaption: (counts: SparseCounts) => Caption
  readonly freeCaption: (counts: SparseCounts) => Caption
  readonly outputName: (place: Place, value: string) => string
  readonly sampleName: (place: Place, value: string) => string
  readonly entryName: (output: Place, sample: Place, weight: string) => string
}

const words = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const count = (value: number): string => value.toLocaleString('en')
/** A product that is not broken over two lines. */
const times = (a: number, b: number): string => `${a}\u00a0×\u00a0${b}\u00a0=\u00a0${count(a * b)}`
const word = (value: number): string => words[value] ?? count(value)

const en: SparseText = {
  pages: { matrix: 'Matrix', layer: 'Layer' },
  free: 'If all were free',
  input: 'Input',
  output: 'Output',
  grid: {
    matrix: 'The kernel as a matrix: a row for each output, a column for each sample',
    layer: 'The layer: samples above, outputs below',
  },
  lines: (shown) => `${count(shown)} lines from samples to outputs`,
  matrixCaption: ({ taps, entries, rows, columns, ...more }) => ({
    title:
      taps === 1
        ? 'Each output is a row with the same weight, shifted.'
        : `Each output is a row with the same ${word(taps)} weights, shifted.`,
    rest: [
      `${count(entries)} of ${times(rows, columns)} entries hold a weight, the rest are 0.`,
      ...notes(enNotes, more),
      ...(more.padding === 'none' && rows < more.allRows
        ? [`The whole matrix: ${count(more.allRows)}\u00a0×\u00a0${count(more.allColumns)}.`]
        : []),
    ].join(' '),
  }),
  layerCaption: ({ rows, columns, entries, taps }) => ({
    title:
      `A layer with ${count(entries)} ${entries === 1 ? 'line' : 'lines'}, ` +
      (taps === 1 ? 'but only one weight.' : `but only ${word(taps)} weights.`),
    rest:
      `Lines of one colour share one weight. Fully connected, and all free, it would have ` +
      `${times(columns, rows)} weights.`,
  }),
  freeCaption: ({ rows, columns, entries, taps }) => ({
    title: `Fully connected: ${times(columns, rows)} weights to learn.`,
    rest:
      `Every line has a weight of its own. The convolution keeps ${count(entries)} of these ` +
      `lines, and they share ${word(taps)}.`,
  }),
  outputName: ({ x, y }, value) => `output row ${y + 1}, column ${x + 1}: ${value}`,
  sampleName: ({ x, y }, value) => `input row ${y + 1}, column ${x + 1}: ${value}`,
  entryName: (output, sample, weight) =>
    `output row ${output.y + 1}, column ${output.x + 1}, ` +
    `input row ${sample.y + 1}, column ${sample.x + 1}: weight ${weight}`,
}

const enNotes: Notes = {
  part: 'Shown are outputs beside this one, and the samples they read.',
  padding: {
    constant: 'Padding has no column.',
    repeated: 'Padding repeats samples: its weights stand in their columns.',
  },
  divided: (divisor) => `The sum of a row is divided by ${divisor}.`,
  moved: (bias) => `The bias ${bias} is added to every output.`,
}

const numerals = ['', '一', '两', '三', '四', '五', '六', '七', '八', '九']
const some = (value: number): string => numerals[value] ?? count(value)

const zh: SparseText = {
  pages: { matrix: '矩阵', layer: '网络层' },
  free: '假如不共享',
  input: '输入',
  output: '输出',
  grid: {
    matrix: '写成矩阵的卷积核：每个输出一行，每个样本一列',
    layer: '网络层：上面是样本，下面是输出',
  },
  lines: (shown) => `从样本到输出的 ${count(shown)} 条连线`,
  matrixCaption: ({ taps, entries, rows, columns, ...more }) => ({
    title: `每个输出是一行，${some(taps)}个权重都相同，只是位置平移。`,
    rest: [
      `${times(rows, columns)} 个元素中，${count(entries)} 个是权重，其余都是 0。`,
      ...notes(zhNotes, more),
      ...(more.padding === 'none' && rows < more.allRows
        ? [`整个矩阵是 ${count(more.allRows)}\u00a0×\u00a0${count(more.allColumns)}。`]
        : []),
    ].join(''),
  }),
  layerCaption: ({ rows, columns, entries, taps }) => ({
    title: `这一层有 ${count(entries)} 条连线，却只有${some(taps)}个权重。`,
    rest:
      `同色的连线共用一个权重。若是全连接，而且各用各的权重，就有 ` +
      `${times(columns, rows)} 个。`,
  }),
  freeCaption: ({ rows, columns, entries, taps }) => ({
    title: `全连接：要学习 ${times(columns, rows)} 个权重。`,
    rest: `每条连线都有自己的权重。卷积只保留其中 ${count(entries)} 条，共用${some(taps)}个权重。`,
  }),
  outputName: ({ x, y }, value) => `输出第 ${y + 1} 行第 ${x + 1} 列：${value}`,
  sampleName: ({ x, y }, value) => `输入第 ${y + 1} 行第 ${x + 1} 列：${value}`,
  entryName: (output, sample, weight) =>
    `输出第 ${output.y + 1} 行第 ${output.x + 1} 列，` +
    `输入第 ${sample.y + 1} 行第 ${sample.x + 1} 列：权重 ${weight}`,
}

const zhNotes: Notes = {
  part: '这里只画出相邻的几个输出和它们读取的样本。',
  padding: {
    constant: '填充没有列。',
    repeated: '填充是样本的重复，其权重记在该样本的列上。',
  },
  divided: (divisor) => `每行的和再除以 ${divisor}。`,
  moved: (bias) => `每个输出再加偏置 ${bias}。`,
}

const texts: Readonly<Record<Language, SparseText>> = { en, zh }

export const sparseText = (): SparseText => inLanguage(texts)
