/**
 * Texts of the docked view of one row as a signal.
 */

import type { Language } from '../../state/state.ts'

export interface SignalText {
  readonly input: string
  readonly weights: string
  readonly products: string
  readonly output: string
  readonly column: string
  readonly sample: string
  readonly title: (isSignal: boolean) => string
  readonly rowCaption: (row: number | undefined, inRow: number, all: number, rows: number) => string
  readonly signalCaption: (taps: number, kind: 'mean' | 'difference' | 'sum') => string
  readonly padding: string
  readonly chart: (first: number, last: number) => string
  readonly slider: string
  readonly at: (x: number, sum: string) => string
  readonly table: (row: string) => string
  readonly productsOfColumn: string
  readonly notYet: string
}

const en: SignalText = {
  input: 'input',
  weights: 'weights',
  products: 'products',
  output: 'output',
  column: 'x of the input',
  sample: 'sample',
  title: (isSignal) =>
    isSignal ? 'The weights slide along the signal.' : 'One row of the input as a curve.',
  rowCaption: (row, inRow, all, rows) => {
    const name = row === undefined ? 'A row of padding' : `Row y\u00a0=\u00a0${row}`
    const sum =
      all === 1
        ? 'Its product is one point of the output.'
        : `All ${all} products, added, are one point.`
    if (all === inRow) return `${name} is under the window. ${sum}`
    const others = rows === 2 ? 'the other is' : 'the others are'
    return `${name} is under the middle of the window, ${others} pale. ${sum}`
  },
  signalCaption: (taps, kind) =>
    (taps === 1
      ? 'A sample times the weight is a bar, and a point below. '
      : `Each of ${taps} samples times its weight is a bar. ` +
        'The bars, added, are one point below. ') +
    {
      mean: 'No weight is negative, so noise is averaged away: the output is smoother.',
      difference: 'The weights sum to 0, so only changes of the signal are left.',
      sum: '',
    }[kind],
  padding: 'padding',
  chart: (first, last) =>
    `Curves from x = ${first} to x = ${last}. The table has the same numbers.`,
  slider: 'Place of the window in the row',
  at: (x, sum) => `x = ${x}: ${sum}`,
  table: (row) => `The numbers of the curves, row y = ${row}`,
  productsOfColumn: 'products of the column, added',
  notYet: 'not drawn yet',
}

const zh: SignalText = {
  input: '输入',
  weights: '权重',
  products: '乘积',
  output: '输出',
  column: '输入的 x',
  sample: '样本',
  title: (isSignal) => (isSignal ? '权重沿着信号滑动。' : '把输入的一行看成曲线。'),
  rowCaption: (row, inRow, all) => {
    const name = row === undefined ? '一行填充' : `y\u00a0=\u00a0${row}\u00a0的一行`
    const sum =
      all === 1 ? '它的乘积就是输出的一个点。' : `全部 ${all} 个乘积相加，得到输出的一个点。`
    return all === inRow
      ? `${name}在窗口下。${sum}`
      : `${name}在窗口正中，淡色曲线是其余各行。${sum}`
  },
  signalCaption: (taps, kind) =>
    (taps === 1
      ? '一个样本乘以权重，就是一根柱，也是下方的一个点。'
      : `${taps} 个样本各乘以权重，就是一根根柱。柱相加，得到下方的一个点。`) +
    {
      mean: '没有负的权重，噪声被平均掉：输出更平滑。',
      difference: '权重之和为 0，只留下信号的变化。',
      sum: '',
    }[kind],
  padding: '填充',
  chart: (first, last) => `从 x = ${first} 到 x = ${last} 的曲线。表格中有同样的数字。`,
  slider: '窗口在这一行中的位置',
  at: (x, sum) => `x = ${x}：${sum}`,
  table: (row) => `曲线的数字，y = ${row} 的一行`,
  productsOfColumn: '该列乘积之和',
  notYet: '尚未画出',
}

export const signalText: Readonly<Record<Language, SignalText>> = { en, zh }
