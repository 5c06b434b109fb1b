/** The race in Chinese (zh-Hans). */

import { digits, timesText, timeText } from '../units.ts'
import type { RaceMessages } from './en.ts'

const number = (value: number): string => value.toLocaleString('zh')
const printedNames = {
  loops: '循环',
  pytorch: 'PyTorch',
  conv: '循环（conv）',
  conv_matmul: '矩阵（conv_matmul）',
} as const
const articleOf = (name: keyof typeof printedNames): string =>
  name === 'conv' || name === 'conv_matmul' ? '文章 2' : '文章 1'

export const zh: RaceMessages = {
  title: '赛跑 · stridefold 实验室',
  headline: ['赛跑：', '所有算法算出同样的数，在这台设备上谁最快？'],
  toLens: '返回首屏',
  skip: '跳到图表',

  start: '开始',
  stop: '停止',
  resume: '继续',
  again: '再跑一次',
  phases: {
    ready: '每个算法先要算对，然后才计时，输入一次比一次大。',
    running: '正在测量。',
    resting: '标签页隐藏时，测量暂停。',
    stopped: '已停止，测得的结果保留。',
    done: '所有尺寸都已测完。',
    failed: '测量无法继续。',
  },
  nowAt: (size, runner) => (runner === '' ? `当前：${size}` : `当前：${size}，${runner}`),
  noWorker: '浏览器不允许此页面启动 worker；在页面线程上测量会使页面卡住。',
  unknownCourse: (id) => `链接里的“${id}”不是赛跑的项目，现在显示默认项目。`,

  course: '变化的量',
  families: {
    image: '图像 N × N',
    kernel: '卷积核 K × K',
    signal: 'N 点信号',
    layer: '网络层 N × N',
    picture: '彩色图片 N × N',
  },
  variant: { image: '卷积核', kernel: '权重', signal: '抽头数', layer: '', picture: '' },
  variants: {
    '2×2': '2 × 2（同文章 1）',
    '3×3': '3 × 3',
    random: '随机',
    gaussian: '高斯（可分离）',
    '9': '9',
    '129': '129',
  },
  abouts: {
    image: '单通道，不填充，步幅为 1。',
    kernel: '256 × 256 的图像，不填充。',
    signal: '单通道，两端补零，输出与输入等长。',
    layer: '16 个通道、16 个滤波器，3 × 3，填充 1。',
    picture: '同文章 2：一个 3 × 3 滤波器跨三个通道求和，SAME 模式。',
  },
  sizeOf: (family, n) => (family === 'signal' ? `${number(n)} 点` : `${number(n)} × ${number(n)}`),
  axis: {
    image: '图像边长 N',
    kernel: '卷积核边长 K',
    signal: '信号点数',
    layer: '网络层边长 N',
    picture: '图片边长 N',
  },

  names: {
    'auto, whole call': 'auto，整次调用',
    'article: loops': '文章 1：循环',
    'article: im2col': '文章 1：im2col',
    'article: strides': '文章 1：跨距',
    'article: conv': '文章 2：循环',
    'article: conv_matmul': '文章 2：矩阵',
  },

  measure: '显示',
  measures: { time: '每次调用的时间', memory: '每次调用的内存' },
  chart: '图表：两轴均为对数',
  chartKeys: '左右键换尺寸，上下键换算法。',
  chartEmpty: '还没有数据点。',
  readHint: '指向一个标记，或用方向键，即可读数。',
  autoTakes: 'auto 选用',
  read: (name, size, value) => `${name}，${size}：${value}`,
  readTime: (range, samples) => `中间一半 ${range}，${samples} 个样本`,
  readMemory: '不含输入',
  printed: (name) => `${articleOf(name)}：${printedNames[name]}，文中数字`,

  runners: '参赛算法',
  runner: '算法',
  takesPart: (name) => `${name} 参加`,
  verified: '已验证',
  verifiedTitle: (count, difference, bound) =>
    `${number(count)} 个结果与定义比较：最大相差 ${difference}，允许 ${bound}`,
  leftOut: '已排除',
  slow: (size, time) => `到 ${size} 为止：一次调用约需 ${time}`,
  wrong: (size, index, actual, expected, bound) =>
    `${size} 结果错误：第 [${index}] 个结果为 ${actual}，按定义应为 ${expected} ± ${bound}`,
  failed: (size) => `${size} 出错：`,
  unsupported: (size) => `${size} 不适用：`,

  crossings: '交叉点',
  crossing: (size, winners, loser) =>
    `在这台设备上，从 ${size} 起，${winners.join('、')} 比 ${loser} 快。`,
  disturbed: '许多点的样本相差超过一倍：其他程序正占用这台机器。等空闲时再跑一次。',
  noCrossings: '目前没有：没有两条曲线的先后彻底改变。',
  fastest: (parts) => `最快：${parts.join('；')}。`,
  lead: (name, from, to) => (from === to ? `${from} 为 ${name}` : `${from} 到 ${to} 为 ${name}`),

  articles: '与文章对照',
  says: '文章',
  here: '这里',
  comparisonTime: (of) =>
    of.name === 'loops' && of.highMs > 2 * of.lowMs
      ? `文章 1 的循环，大于 ${of.n} × ${of.n}`
      : `${articleOf(of.name)}，${printedNames[of.name]}，${
          of.isSizePrinted ? `${of.n} × ${of.n}` : `画在 ${of.n} × ${of.n} 处`
        }`,
  comparisonSpeedup: (of) =>
    of.slow === 'conv' ? '文章 2，矩阵与循环之比' : '文章 1，跨距与循环之比',
  printedTime: (lowMs, highMs) => (lowMs === highMs ? timeText(lowMs) : timesText(lowMs, highMs)),
  times: (ratio) => `${digits(ratio)} 倍速度`,
  timesAt: (ratio, size) => `${size} 时 ${digits(ratio)} 倍速度`,
  notInBrowser: '浏览器里没有 PyTorch',
  notYet: '尚未测量',
  articleNote: {
    image:
      '取自文章 1 的正文：Python，Intel i7。文中的曲线图和最后的表格只是图片，没有可引用的数字，所以两个数字之间的连线只作示意。文章的函数在这里用 TypeScript 运行。',
    picture:
      '取自文章 2 的正文：Python。文中没有给出图片尺寸，它所链接的代码用的是 220 × 220。文章的函数在这里用 TypeScript 运行。',
  },

  table: '同样的数字：表格',
  tableOf: { time: '每次调用的时间（中位数及中间一半）', memory: '每次调用的字节数' },
  copy: '复制 CSV',
  copied: '已复制。',
  notCopied: '浏览器拒绝复制，请改为保存文件。',
  save: '保存 CSV',

  how: '测量的是什么',
  notes: (clock) => [
    '计划已就绪的一次调用：权重已打包，数组在库的内存中，单线程，已预热。“auto，整次调用”是程序通常的写法，包括复制和新建结果。',
    '计时之前，每个算法先计算一次，取一部分结果（包括第一个和最后一个）与 float64 的定义比较。结果错误的算法不计时。',
    '各算法轮流进行：每轮各取一个样本，每轮的次序不同。一个点是 15 个样本的中位数，竖条是中间一半。慢的算法样本较少。',
    `${
      clock === undefined
        ? '浏览器会把时钟取整，开始后这里显示它的步长。'
        : `这个浏览器的时钟每步 ${timeText(clock.stepMs)}，所以一个样本是总共约 ${timeText(clock.sampleMs)} 的若干次调用。`
    }这台机器同时还有其他程序，所以每次赛跑的时间都会不同。`,
    '按上一次的时间推算，一次调用超过 0.4 s 的算法就此停下。内存指结果以及输入之外的全部需要：库的算法取其计划对普通数组给出的数，文章的函数取其新建的所有数组。',
  ],
}
