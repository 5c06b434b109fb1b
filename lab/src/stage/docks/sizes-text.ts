/**
 * The texts of sizes and padding: the docked view, its formula, and the drawer.
 */

import { inLanguage } from './language.ts'

const en = {
  width: 'width',
  height: 'height',
  padding: 'padding',
  before: 'before',
  after: 'after',
  dilation: 'dilation',
  kernel: 'kernel',
  stride: 'stride',
  output: 'output',
  axis: 'Axis',
  modes: 'Padding modes',
  paddingIs: (text: string): string => `padding ${text}`,
  noOutput: 'no output',
  border: 'What is read outside',
  borders: {
    zero: 'zero',
    constant: 'constant',
    edge: 'replicate',
    reflect: 'reflect',
    symmetric: 'symmetric',
    wrap: 'wrap',
  },
  more: (count: number, isNarrow: boolean): string => `${isNarrow ? '' : '… '}${count} more`,
  leftOver: 'left over',
  drawn: (drawn: number, all: number): string => `${drawn} of ${all} drawn`,
  line: (isX: boolean): string => `Positions of the window along the ${isX ? 'width' : 'height'}`,
  position: (output: number, of: number, first: number, last: number): string =>
    `output ${output} of 0 to ${of - 1}: samples ${first} to ${last}`,
  title: (isX: boolean, output: number): string =>
    `The window fits ${output === 1 ? 'once' : `${output} times`} along the ${
      isX ? 'width' : 'height'
    }.`,
  bars: 'A bar is one position, its number that of the output.',
  rest: (leftOver: number): string =>
    leftOver === 0
      ? 'Nothing is left over.'
      : `No window reads the last ${leftOver === 1 ? 'place' : `${leftOver} places`}.`,
  threeModes: 'The three modes differ only in the padding.',
  /** Between two sentences. */
  space: ' ',
}

const zh: typeof en = {
  width: '宽',
  height: '高',
  padding: '填充',
  before: '前填充',
  after: '后填充',
  dilation: '膨胀',
  kernel: '卷积核',
  stride: '步幅',
  output: '输出',
  axis: '轴',
  modes: '填充模式',
  paddingIs: (text) => `填充 ${text}`,
  noOutput: '没有输出',
  border: '边界之外读取什么',
  borders: {
    zero: '零',
    constant: '常数',
    edge: '边缘重复',
    reflect: '反射',
    symmetric: '对称',
    wrap: '环绕',
  },
  more: (count, isNarrow) => `${isNarrow ? '' : '… '}另 ${count} 个`,
  leftOver: '剩余',
  drawn: (drawn, all) => `画出 ${drawn} / ${all}`,
  line: (isX) => `窗口沿${isX ? '宽度' : '高度'}的位置`,
  position: (output, of, first, last) =>
    `输出 ${output}（0 到 ${of - 1}）：样本 ${first} 到 ${last}`,
  title: (isX, output) => `沿${isX ? '宽度' : '高度'}放得下\u00a0${output}\u00a0个窗口。`,
  bars: '每条横条是一个位置，旁边是对应输出的编号。',
  rest: (leftOver) =>
    leftOver === 0 ? '没有剩余。' : `末尾\u00a0${leftOver}\u00a0格没有窗口读取。`,
  threeModes: '三种模式只有填充不同。',
  space: '',
}

export const sizesText = (): typeof en => inLanguage({ en, zh })
