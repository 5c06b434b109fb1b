import type { FftMessages } from './en.ts'

export const zh: FftMessages = {
  title: 'FFT · stridefold lab',
  headline: ['FFT：', '卷积就是频谱相乘。'],
  skip: '跳到信号',
  toLens: '返回首屏',
  fault: '链接中的以下部分无效，已改用默认值：',

  arrays: {
    x: 'x · 信号',
    k: 'k · 卷积核',
    X: 'X = F(x) · 信号的频谱',
    K: 'K = F(k) · 卷积核的频谱',
    P: 'P = X · K · 逐频点相乘',
    y: 'y = F⁻¹(P) · 结果',
  },
  spoken: (place, value) => `${place}：${value}`,
  notYet: '尚未计算',
  plane: '复平面',
  real: '实部',
  imaginary: '虚部',

  play: '播放',
  pause: '暂停',
  back: '退回一个数',
  on: '再算一个数',
  scrub: '已算出的数',
  progress: (count, all) => `${count} / ${all} 个数`,

  start: '尚未开始计算。点按“播放”，或点按一列。',
  isPart: (place, value, spectrum) =>
    `${place} 为 ${value}。它进入 ${spectrum} 的每个频点，每次旋转的角度不同。`,
  isTurned: (bin, points, angle) =>
    `从一个数到下一个数，箭头转过 ${bin}/${points} 圈（${angle}）。`,
  zeroBin: (count) => `没有旋转：频点 0 就是 ${count} 个数之和。`,
  magnitude: (size, angle) => `幅度 ${size}，相位 ${angle}。`,
  isProduct: (bins, products) =>
    `幅度相乘，相位相加。这样的乘法共 ${bins} 次；直接求和需要 ${products} 次实数乘法。` +
    '本页逐项累加每个频点；快速变换只需几遍运算就得到同样的频点。',
  byDefinition: '按定义：',
  hasWrapped: (value, place) => `虚线标出的乘积（${value}）本属于 ${place}，但那里没有位置。`,
  areEqual: '两者相等。',
  differ: (by) => `两者相差 ${by}，来自变换中的舍入。`,

  dice: (sum, count, all) =>
    `两枚骰子：${all} 种掷法中，点数之和为 ${sum} 的有 ${count} 种，最多。`,
  ownMeaning: '自己的数字。',
  isWrong: '结果有误：有一部分绕回来了。',

  butterflies: '信号的快速变换：蝶形运算',
  butterfliesLead: (points, products, sums) =>
    `左边是信号，右边是它的 ${points} 个频点。每一级成对计算 a + w·b 和 a − w·b。` +
    `乘以 w 的乘法共 ${products} 次；${points} 个各含 ${points} 个乘积的和则需要 ${sums} 次。`,
  butterfliesNeed: (points) => `${points} 个点不是二的幂。本页的蝶形运算需要把点数一再减半。`,
  sorted: (place, index, value) =>
    `位置 ${place} 是 x[${index}] = ${value}：把 ${place} 的二进制数字倒过来读。`,
  butterfly: (sum, bin) => (bin === undefined ? sum : `${bin} = ${sum}`),

  example: '示例',
  exampleNames: { dice: '两枚骰子', polynomials: '多项式', numbers: '竖式乘法' },
  given: { x: '信号 x', k: '卷积核 k' },
  needed: (most) => `需要 1 到 ${most} 个数，例如 3、−0.5 或 1/9。`,
  points: '变换的点数',
  lengths: (x, k, full) => `${x} + ${k} − 1 = ${full} 个结果。`,
  fits: (points) => `${points} 个点放得下，不会绕回。`,
  wraps: (missing) => `最后 ${missing} 个没有位置，会绕回来加到开头（虚线）。`,
  bins: '频点',
  parts: '实部、虚部',
  polar: '幅度、相位',
  partsNote: '实心条：实部。空心条：虚部。',
  polarNote: '条：幅度。指针：相位。',
  keys: '点按一列：看它由什么组成。按键：方向键；, 和 . 单步；[ 和 ] 跳到下一个数组；空格键播放。',
}
