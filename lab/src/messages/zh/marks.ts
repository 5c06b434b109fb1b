/**
 * Chinese texts of the marks in cells, and of the matrices beside their vectors.
 */

import type { marks as English } from '../en/marks.ts'

export const marks: typeof English = {
  legendTitle: '单元中的标记',
  legend: {
    tap: '颜色和小号数字：乘积项，即窗口内的位置，从 0 开始编号。卷积核的每一行为一种色调。',
    count: '×n：有 n 个乘积落在此单元。若来自不同的乘积项，则不用乘积项的颜色。',
    padding: '斜线：填充，或样本之间的零。',
    border: '下方虚线：来自填充。',
    pointed: '细框：指针所在。',
    pinned: '粗框加实心角：已固定。',
    active: '虚线框：选中的乘积项。',
    skipped: '浅色：不在视图中。',
    repeated: '下划线：在视图中多次出现。',
    written: '粗体加下划线：刚刚写入。',
    above: '粗体：卷积较大。非粗体：互相关较大。灰色：两者相等。',
  },
  turnedTitle: '此角度下的乘积',
  turnedBetween:
    '在 0° 与 180° 之间，权重不落在样本上，因此没有乘积。转到 180° 为卷积，转回 0° 为互相关。',
  turnedIsConvolution: '180° 时为卷积：',
  turnedIsCorrelation: '0° 时为互相关：',
  turnedLabel: (degrees, sum) => `窗口乘以旋转 ${degrees}° 的卷积核，乘积之和为 ${sum}。`,
  moreChannels: (n) => `另有 ${n} 个通道`,
  asTurned: '当前角度',
  kernelGiven: '给定的卷积核',
  kernelTurned: '相乘时的卷积核：旋转 180°',
  kernelReversed: '相乘时的卷积核：反向',
  flippedWindows:
    '卷积将卷积核旋转 180°。这里权重保持给定的顺序，每个窗口从最后一个样本读到第一个，乘积相同。',
  sizeFormula:
    '输出个数 = ⌈（输入 + 前填充 + 后填充 − 窗口 + 1）/ 步幅⌉，其中窗口 = 膨胀 ·（卷积核 − 1）+ 1。⌈ ⌉ 表示向上取整。',
  paddedShape: (extents) => `填充后 ${extents.join('×')}`,
  paddedProducts: (products, padded) =>
    padded === 0 ? products : `${products}（其中 ${padded} 个来自边界）`,
  matrixNote: '沿一行读：每个权重乘以它上方的数，各乘积之和就是行末的数。',
  counts: ({ empty, filled, filledWithZero, all, weights }) =>
    `${all} 个单元中有 ${empty} 个为空：没有连接，下图中也没有线。` +
    `${filled} 个单元有数${filledWithZero > 0 ? `，其中 ${filledWithZero} 个为 0` : ''}。` +
    `它们全部来自 ${weights} 个权重。全连接层有 ${all} 个权重。`,
}
