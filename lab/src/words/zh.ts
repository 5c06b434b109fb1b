/**
 * Every word of the page in Chinese (zh-Hans). Sentences of the library that a view shows are translated by their pattern.
 */

import type { Words } from './en.ts'

const patterns: readonly (readonly [RegExp, string])[] = [
  [/^No connection: they are of different batch items, (.*)\.$/, '没有连接:它们属于不同的批次项($1)。'],
  [/^No connection: filter (\d+) and channel (\d+) are of different groups\.$/, '没有连接:滤波器 $1 与通道 $2 属于不同的分组。'],
  [/^No connection: the window of output (\[.*\]) does not hold this sample\.$/, '没有连接:输出 $1 的窗口不包含这个样本。'],
  [/^No window reads this sample.*$/, '没有窗口读取这个样本:被步幅或裁剪跳过。'],
  [/^This weight meets no sample.*$/, '这个权重没有遇到任何样本。'],
  [/^This cell is a zero between two samples.*$/, '这个单元是两个样本之间的零,从不参与相乘。'],
  [/^Nothing is multiplied here.*$/, '这里没有乘法:没有样本遇到权重。'],
  [/^Byte (\d+) belongs to no element of the input\.$/, '字节 $1 不属于输入的任何元素。'],
  [/^Byte (\d+) belongs to input (.*), which no window reads\.$/, '字节 $1 属于输入 $2,没有窗口读取它。'],
]

export const zh: Words = {
  title: 'stridefold 实验室',
  claim: '一个焦点,同时看到卷积的每一种表示。',
  input: '输入', kernel: '卷积核', output: '输出', bias: '偏置', tap: '乘积项', pixel: '单元', row: '行', product: '乘积',
  batch: (n) => `批次 ${n}`,
  channel: (n) => `通道 ${n}`,
  filter: (n) => `滤波器 ${n}`,
  layer: (n) => `层 ${n}`,
  plane: (names) => names.filter(Boolean).join(','),
  planes: (from, to, of) => `平面 ${from}–${to},共 ${of}`,
  planesBack: '前面的平面', planesOn: '后面的平面',
  cellAt: (row, column) => `第 ${row} 行第 ${column} 列`,
  partShown: (top, bottom, rows, left, right, columns) => `绘出第 ${top}–${bottom} 行(共 ${rows}),第 ${left}–${right} 列(共 ${columns});用方向键和翻页键移动`,
  kinds: { padding: '填充', inserted: '样本之间的零', cropped: '被裁剪,从不读取', zero: '没有连接' },
  edit: '新的数',
  editHint: '双击、F2 或输入数字即可修改。',
  newInput: '新的输入', newKernel: '新的卷积核', preset: '预设卷积核', choose: '选择…',
  paintWith: '在输入上涂写', paintNumber: '涂写的数',
  transport: '窗口的步进', play: '播放', pause: '暂停',
  rowBack: '上一行', pixelBack: '上一单元', tapBack: '上一项', tapOn: '下一项', pixelOn: '下一单元', rowOn: '下一行',
  scrub: '输出单元', placeOf: (place, count) => `第 ${place} 个,共 ${count}`,
  stepBy: '播放单位', speed: '速度', perSecond: (n) => `每秒 ${n} 步`,
  pictureTitle: '输出平面悬浮在填充后的输入之上;线条从窗口连到它产生的单元。',
  pictureCaption: '同一步的三维视图。',
  pictureTooLarge: (most) => `三维图最多绘制 ${most} 行和列。`,
  nothingShown: '指向任一视图的任一单元,或用单击、回车固定:它的乘积显示在这里。',
  rounded: (dtype) => `舍入为 ${dtype}`,
  partOfSum: (taps) => `此单元是其中 ${taps} 个乘积:`,
  moreTaps: (n) => `……还有 ${n} 个。`,
  symbolic: '字母形式', copyText: '复制为文本', copyLatex: '复制为 LaTeX',
  term: (tap, value, weight, product, sum, padded) => `第 ${tap} 项:${value}${padded ? '(来自边界)' : ''}乘 ${weight} 得 ${product},累计 ${sum}`,
  manyProducts: (taps, outputs) => `${outputs} 个输出中的 ${taps} 个乘积:`,
  library: (sentence) => {
    const [pattern, text] = patterns.find(([each]) => each.test(sentence)) ?? [/$^/, '']
    return sentence.replace(pattern, text)
  },
  views: { slide: '滑动窗口', arithmetic: '算式', im2col: 'im2col', memory: '内存', toeplitz: 'Toeplitz' },
  about: {
    slide: '窗口在输入上移动;每停一处,产生输出的一个单元。',
    arithmetic: '焦点背后的乘积之和。',
    im2col: '每个窗口展平成一列;卷积核作为一行乘以这个矩阵就是输出。',
    memory: '输入在内存中的样子:每行是一条 64 字节的缓存行。',
    toeplitz: '卷积核写成矩阵:每个输出一行,同样的少数权重沿对角线重复(参数共享、稀疏连接)。',
  },
  viewChoice: '视图', problem: '问题', problemHint: '输入 * 卷积核,然后 s 步幅、d 膨胀、p 填充、g 分组、边界、flip 翻转',
  apply: '应用', copyLink: '复制链接', copied: '已复制',
  languageName: '语言', themeName: '主题', themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  present: '演示', unpin: '取消固定', noViews: '没有打开的视图。请在上面选择。',
  matrixTooLarge: (rows, columns) => `矩阵有 ${rows} × ${columns} 个单元,无法在此页面构建。请使用较小的输入。`,
  matrixName: { im2col: 'im2col 矩阵', toeplitz: 'Toeplitz 矩阵', memory: '输入的地址' },
  columnBytes: (rows, columns, bytes, own) => `${rows} × ${columns} 个单元,${bytes} 字节;输入为 ${own} 字节。用内存跨距表示同样的窗口不需复制:0 字节。`,
  counts: (zeros, nonZeros, distinct, shared, free) => `${zeros} 个零,${nonZeros} 个非零,${distinct} 个不同的值。参数:共享 ${shared} 个;若全部自由则 ${free} 个。`,
  focus: (view, index) => `${view} [${index}]`,
  byte: (n) => `字节 ${n}`,
  focusSum: (taps, sum) => `${taps} 个乘积,和 ${sum}`,
  focusMany: (taps, outputs) => `${outputs} 个输出中的 ${taps} 个乘积`,
  badLink: '链接的一部分无法使用,以默认值代替:',
  close: '关闭',
}
