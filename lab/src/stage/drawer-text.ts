/**
 * The texts of the drawer with the sizes.
 */

import { part } from '../state/store.ts'

const en = {
  size: 'Size',
  close: 'Close',
  change: 'Change',
  targets: { both: 'both', x: 'width', y: 'height' },
  sliders: { kernel: 'kernel', stride: 'stride', padding: 'padding', dilation: 'dilation' },
  refused: {
    window: (asked: string): string =>
      `With ${asked} the window is larger than the padded input, so there is no output.`,
    products: (asked: string): string =>
      `With ${asked} there are too many products for this screen. Expert has the workspace.`,
  },
  turn: 'turn by 180°',
  border: 'border',
  constant: 'the number outside',
  bias: 'bias',
  divisor: 'divisor',
  expert: 'Expert: notation, batch, groups, dtype',
}

const zh: typeof en = {
  size: '尺寸',
  close: '关闭',
  change: '改变',
  targets: { both: '宽和高', x: '宽', y: '高' },
  sliders: { kernel: '卷积核', stride: '步幅', padding: '填充', dilation: '膨胀' },
  refused: {
    window: (asked) => `${asked} 时，窗口大于填充后的输入，没有输出。`,
    products: (asked) => `${asked} 时，乘积太多，这一屏无法显示。请用“高级”中的工作区。`,
  },
  turn: '翻转 180°',
  border: '边界',
  constant: '边界外的数',
  bias: '偏置',
  divisor: '除数',
  expert: '高级：算例记法、批次、分组、数据类型',
}

const language = part('language')
export const drawerText = (): typeof en => (language.value === 'zh' ? zh : en)
