/**
 * The texts of the docked sum.
 */

import type { Words } from './caption.tsx'
import type { ProductText } from './product-text.ts'
import type { NumberRow } from './sum-layout.ts'
import type { Order } from './sum-steps.ts'

/** The sum in float32 in the chosen order, beside the exact sum. */
export interface Rounding {
  readonly rounded: string
  readonly exact: string
}

export interface SumText {
  readonly grid: string
  readonly chart: string
  readonly rows: Readonly<Record<NumberRow, string>>
  readonly pixel: string
  readonly result: string
  readonly title: (products: number) => string
  /** `largest`: undefined if all products are 0. `rounding`: undefined if it is exact. */
  readonly caption: (largest: ProductText | undefined, rounding: Rounding | undefined) => Words
  readonly cell: (row: NumberRow, tap: number, number: string) => string
  readonly notAdded: (tap: number) => string
  /** Neither divisor nor bias. */
  readonly noChange: string
  readonly output: (output: string) => string
  readonly outputMissing: string
  /** The product that is pointed at, and the sum up to it. */
  readonly pointed: (product: ProductText, sum: string) => string
  /** If the columns are too narrow for digits. */
  readonly pointHint: string
  readonly orderName: string
  readonly orders: Readonly<Record<Order, string>>
  readonly copy: string
  readonly forms: Readonly<Record<'text' | 'latex', string>>
  readonly copied: string
  readonly copyFailed: string
}

const number = new Intl.NumberFormat('en')
const small = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine']

const en: SumText = {
  grid: 'The products of this output, and the sum after each of them',
  chart: 'The sum after each product',
  rows: { value: 'sample', weight: '× weight', product: '= product', sum: 'sum so far' },
  pixel: 'pixel',
  result: 'output',
  title: (products) =>
    products === 1
      ? 'One product is the whole sum.'
      : `${small[products] ?? number.format(products)} products, added one by one.`,
  caption: (largest, rounding) => [
    'Each bar starts where the last one ended. ',
    ...(largest
      ? [
          'The largest is ',
          {
            role: 'product' as const,
            words: `${largest.value} × ${largest.weight} = ${largest.product}`,
          },
          '. ',
        ]
      : ['All are 0. ']),
    rounding
      ? `In float32 this order gives ${rounding.rounded}; the exact sum is ${rounding.exact}.`
      : 'In float32 this order loses no digit.',
  ],
  cell: (row, tap, value) =>
    `${{ value: 'sample', weight: 'weight', product: 'product', sum: 'sum after product' }[row]} ` +
    `${tap}: ${value}`,
  notAdded: (tap) => `product ${tap}: not added yet`,
  noChange: 'the sum is the output',
  output: (output) => `output: ${output}`,
  outputMissing: 'output: not computed yet',
  pointed: ({ value, weight, product }, sum) =>
    `${value} × ${weight} = ${product}; the sum up to here is ${sum}.`,
  pointHint: 'Choose a column to read its numbers.',
  orderName: 'Order',
  orders: { rows: 'row by row', largest: 'largest first', smallest: 'smallest first' },
  copy: 'Copy',
  forms: { text: 'as text', latex: 'as LaTeX' },
  copied: 'Copied',
  copyFailed: 'The browser does not allow copying. Copy this line:',
}

const zh: SumText = {
  grid: '这个输出的各个乘积，以及每次相加后的和',
  chart: '每加一个乘积之后的和',
  rows: { value: '样本', weight: '× 权重', product: '= 乘积', sum: '累加' },
  pixel: '像素',
  result: '输出',
  title: (products) =>
    products === 1 ? '一个乘积就是全部的和。' : `${products} 个乘积，逐个相加。`,
  caption: (largest, rounding) => [
    '每根柱从上一根结束的地方开始。',
    ...(largest
      ? [
          '最大的是 ',
          {
            role: 'product' as const,
            words: `${largest.value} × ${largest.weight} = ${largest.product}`,
          },
          '。',
        ]
      : ['全部是 0。']),
    rounding
      ? `按此顺序，float32 得 ${rounding.rounded}，精确的和是 ${rounding.exact}。`
      : '按此顺序，float32 不损失任何数字。',
  ],
  cell: (row, tap, value) =>
    `第 ${tap} 个${{ value: '样本', weight: '权重', product: '乘积', sum: '乘积相加后的和' }[row]}：` +
    value,
  notAdded: (tap) => `第 ${tap} 个乘积：尚未相加`,
  noChange: '和就是输出',
  output: (output) => `输出：${output}`,
  outputMissing: '输出：尚未计算',
  pointed: ({ value, weight, product }, sum) =>
    `${value} × ${weight} = ${product}；到这里的和是 ${sum}。`,
  pointHint: '选一列，就能读出它的数字。',
  orderName: '顺序',
  orders: { rows: '逐行', largest: '从大到小', smallest: '从小到大' },
  copy: '复制',
  forms: { text: '文本', latex: 'LaTeX' },
  copied: '已复制',
  copyFailed: '浏览器不允许复制。请手动复制这一行：',
}

export const sumText: Readonly<Record<'en' | 'zh', SumText>> = { en, zh }
