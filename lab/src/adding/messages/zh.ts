import type { AddingMessages } from './en.ts'

export const zh: AddingMessages = {
  title: '累加 · stridefold lab',
  headline: ['累加：', '每个样本送出自身数值 × 卷积核，结果逐一相加。'],
  skip: '跳到输入',
  toLens: '返回首屏',
  fault: '链接中的以下部分无效，已改用默认值：',

  input: '输入',
  kernel: '卷积核',
  kernelTurned: '翻转的卷积核',
  sent: '该样本送出的数值',
  sentThere: '各样本送来的数值',
  output: (samples) => (samples === undefined ? '输出' : `前 ${samples} 个样本的输出`),
  counts: '相加的乘积个数',
  nothingSent: '尚无样本',
  noCell: '未选中输出',
  spokenSample: (row, column, value) => `行 ${row}，列 ${column}：${value}`,
  spokenOutput: (row, column, value, samples) =>
    `行 ${row}，列 ${column}：${value}，来自 ${samples} 个样本`,

  play: '播放',
  pause: '暂停',
  back: '上一个样本',
  on: '下一个样本',
  scrub: '已送出的样本',
  progress: (count, all) => `${count} / ${all} 个样本`,
  start: '尚未送出任何样本。点按“播放”，或点按输入中的一个样本。',
  sampleSends: (row, column, value, outputs) =>
    `行 ${row}、列 ${column} 的样本为 ${value}，它把 ${value} × 卷积核送到 ${outputs} 个输出并相加。`,
  cellIs: (row, column, samples) =>
    `行 ${row}、列 ${column} 的输出由 ${samples} 个样本送来的数值相加而成：`,
  countsAre: (counts) =>
    counts.length === 1
      ? `每个输出都由 ${counts[0]} 个乘积相加而成。`
      : `各输出的乘积个数为 ${counts.join('、')}，底色越浓个数越多。相邻输出的个数不同，图像中就会出现棋盘格。`,

  kind: '卷积层',
  layer: '卷积',
  transposed: '转置卷积',
  sliders: { kernel: '卷积核', stride: '步幅', padding: '填充' },
  sizes: (input, output) => `${input} → ${output}`,
  look: '查看',
  showCounts: '个数',
  bySample: '回到样本',
  keys: '点按样本：看它送往何处。点按输出：看它来自何处。按键：方向键。',
  byWindow: '用滑动窗口看同一算例',
}
