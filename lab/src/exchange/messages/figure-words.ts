/** The words in a figure. They are apart from the page's texts, because a worker draws them too. */

import type { Language } from '../../state/state.ts'
import type { FigureWords } from '../figure.ts'

export const figureWords: Readonly<Record<Language, FigureWords>> = {
  en: {
    input: 'input',
    kernel: 'kernel',
    output: 'output',
    samples: 'samples',
    place: (row, column) => `row ${row}, column ${column}: `,
    products: (count) => `the sum of ${count} products`,
  },
  zh: {
    input: '输入',
    kernel: '卷积核',
    output: '输出',
    samples: '样本',
    place: (row, column) => `第 ${row} 行第 ${column} 列：`,
    products: (count) => `${count} 个乘积之和`,
  },
}
