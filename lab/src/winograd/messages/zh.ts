import type { WinogradMessages } from './en.ts'

export const zh: WinogradMessages = {
  title: 'Winograd · stridefold lab',
  headline: ['Winograd：', '相邻的输出共用乘法。'],
  skip: '跳到分块',
  toLens: '返回首屏',
  fault: '链接中的以下部分无效，已改用默认值：',

  arrays: {
    d: '分块 d',
    g: '卷积核 g',
    V: '变换后的分块',
    U: '变换后的卷积核',
    M: '乘积',
    Y: '输出',
  },
  spoken: (place, value) => `${place}：${value}`,
  notYet: '尚未计算',

  play: '播放',
  pause: '暂停',
  back: '退回一个数',
  on: '再算一个数',
  scrub: '已算出的数',
  progress: (count, all) => `${count} / ${all} 个数`,

  start: '尚未开始计算。点按“播放”，或点按数组中的一个位置。',
  isPart: (place, value, count, of) => `${place} 为 ${value}，${of} 中有 ${count} 个数用到它。`,
  transform: {
    V: '样本乘以 Bᵀ 中的数再相加。每个分块只做一次，与卷积核无关。',
    U: '权重乘以 G 中的数再相加。每个卷积核只做一次，供所有分块使用。',
    Y: '',
  },
  isProduct: (count) =>
    `这是 ${count} 次乘法之一。多通道的卷积层先把这些乘积按通道相加，再对总和做一次逆变换。`,
  byDefinition: (count) => `按定义，用 ${count} 个乘积：`,
  areEqual: '两者相等。',
  differ: (by) => `两者相差 ${by}，来自变换中的舍入。`,

  tile: '分块',
  tileNames: { '2': 'F(2, 3)', '2x2': 'F(2×2, 3×3)', '4x4': 'F(4×4, 3×3)' },
  tileNote: (samples, outputs) => `${samples} 个样本 → ${outputs} 个输出`,
  numbers: '自己的数字',
  needed: (count) => `需要 ${count} 个数，例如 3、−0.5 或 1/9。`,
  usual: '默认数字',
  ofLens: '取自首屏',
  lensNote: '取自首屏：窗口处的分块，以及首屏的卷积核。',
  noLensNote: '首屏的卷积核不是在单个平面上逐格移动的 3×3 核。',

  counts: '一个分块的运算量',
  direct: '直接计算',
  multiplications: '乘法',
  additions: '加法',
  countsNote: (ratio, tile, output, kernel) =>
    `直接计算的乘法次数是它的 ${ratio} 倍。加法中，分块变换占 ${tile} 次，输出变换占 ${output} 次；` +
    `卷积核变换另需 ${kernel} 次，所有分块只做一次。`,

  matrices: '变换矩阵',
  points: (points) => `矩阵在点 ${points} 和 ∞ 处对多项式求值。当前用到的行已标出。`,
  keys: '点按一个数：看它由什么组成。按键：方向键；, 和 . 单步；[ 和 ] 跳到下一个数组；空格键播放。',

  errors: '分块越大，误差越大',
  errorsLead: (tiles, kernels) =>
    `此刻实测：${tiles} 个随机分块，各配 ${kernels} 个卷积核，每次运算都舍入到 float32，` +
    '以库的 float64 定义为准。误差为均方根误差，相对于结果的均方根。',
  tileColumn: '分块',
  perOutput: '每个输出的乘法次数',
  errorColumn: '误差',
  directSum: '直接求和',
  timesDirect: (factor) => `直接求和的 ${factor} 倍`,
  measuring: '测量中…',
  others: '换一批分块',
}
