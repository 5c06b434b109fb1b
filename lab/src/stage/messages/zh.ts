/**
 * The first screen in Chinese (zh-Hans).
 */

import type { StageMessages, SumFacts, Verdict } from './types.ts'

const digits = '零一二三四五六七八九'

/** A count below 100 in Chinese words: 2 → 两, 12 → 十二, 25 → 二十五. */
function words(count: number): string {
  if (count === 2) return '两'
  if (count < 10) return digits[count]!
  const [tens, ones] = [Math.floor(count / 10), count % 10]
  return `${tens > 1 ? digits[tens] : ''}十${ones > 0 ? digits[ones] : ''}`
}

const some = (count: number, unit: string): string =>
  `${count < 100 ? words(count) : count}个${unit}`

const number = (value: number): string => value.toLocaleString('zh')

const edge = (
  { positive, negative, result, sign }: SumFacts,
  [low, high]: readonly [string, string],
  [ifNegative, ifPositive]: readonly [string, string],
  meaning: string,
): Verdict =>
  sign === 0
    ? {
        parts: [`${high} `, positive, `，${low} `, negative, '，几乎抵消。'],
        meaning: '这里没有边缘，中灰。',
      }
    : {
        parts: [
          `${high} `,
          positive,
          `，减去${low} `,
          negative,
          '，剩下 ',
          result,
          `：${sign > 0 ? ifPositive : ifNegative}。`,
        ],
        meaning,
      }

function verdict(facts: SumFacts): Verdict {
  const { kernel, positive, negative, result, middle, change } = facts
  switch (kernel) {
    case 'edges-x':
      return edge(facts, ['左边', '右边'], ['左亮右暗', '左暗右亮'], '一条竖直的边缘。')
    case 'edges-y':
      return edge(facts, ['上边', '下边'], ['上亮下暗', '上暗下亮'], '一条水平的边缘。')
    case 'emboss':
      return edge(facts, ['左上', '右下'], ['左上较亮', '右下较亮'], '像浮雕一样受光。')
    case 'blur':
      return {
        parts: ['所有格的加权平均，中间那格最重：', middle, ' 变成 ', result, '。'],
        meaning:
          change === 0
            ? '周围差不多，几乎不变。'
            : change < 0
              ? '邻居更暗，把它拉低。'
              : '邻居更亮，把它抬高。',
      }
    case 'sharpen':
      return {
        parts: ['中间放大，减去四周：', middle, ' 变成 ', result, '。'],
        meaning:
          change === 0
            ? '与四周相同，不变。'
            : change > 0
              ? '比四周亮，就更亮。'
              : '比四周暗，就更暗。',
      }
    case undefined:
      return {
        parts: ['正的乘积共 ', positive, '，负的共 ', negative, '，合起来是 ', result, '。'],
        meaning: '',
      }
  }
}

export const messages: StageMessages = {
  title: '卷积 · stridefold 实验室',
  brand: 'stridefold 实验室',
  headline: ['卷积：', '一小格权重在数字上滑动，逐格相乘，再相加。'],
  skip: '跳到窗口',
  yourPicture: '你的图片',
  more: '更多',
  otherLanguage: 'English',
  theme: '浅色或深色',
  share: '分享',
  shared: '已复制链接',
  present: '演示',
  help: '帮助',
  input: '输入',
  output: '输出',
  kernel: '卷积核',
  dragMe: '拖动我',
  nothingYet: '还没有结果。按播放，或拖动窗口。',
  pictureSize: (width, height) => `${width} × ${height} 个灰度值，0 黑，255 白`,
  partSize: (width, height, allWidth, allHeight) =>
    `${allWidth} × ${allHeight} 个数中的 ${width} × ${height}`,
  planeSize: (width, height) => `${width} × ${height}`,
  midGrey: '0 为中灰，超出为黑或白',
  samples: (count, isPicture) => some(count, isPicture ? '像素' : '数'),
  weights: (count) => some(count, '权重'),
  products: (count) => some(count, '乘积'),
  turned: '已旋转 180°',
  addUp: '全部相加',
  bias: '偏置',
  sampleAt: (row, column, isPadding) =>
    `${isPadding ? '填充' : '输入'}第 ${row} 行、第 ${column} 列`,
  weightAt: (row, column) => `权重第 ${row} 行、第 ${column} 列`,
  productAt: (row, column) => `乘积第 ${row} 行、第 ${column} 列`,
  windowAt: (row, column) => `窗口在第 ${row} 行、第 ${column} 列`,
  windowKeys: '方向键移动，加 Shift 移动五格。',
  notNumber: '不是数字，权重没有改变。',
  kernels: {
    blur: '模糊',
    sharpen: '锐化',
    'edges-x': '边缘 ↔',
    'edges-y': '边缘 ↕',
    emboss: '浮雕',
  },
  size: '尺寸',
  play: '播放',
  pause: '暂停',
  again: '重来',
  back: '后退一步',
  on: '前进一步',
  clear: '清空输出',
  scrub: '窗口位置',
  of: (place, count) => `${number(place)} / ${number(count)}`,
  lookAs: (count) => `同样的${some(count, '乘积')}，换一种看法……`,
  docks: {
    matrix: ['矩阵', 'im2col 展开'],
    sparse: ['稀疏矩阵', '托普利茨'],
    memory: ['内存', '跨距'],
    signal: ['信号', '一行像素'],
    sizes: ['尺寸', '填充'],
    flip: ['翻转', '180°'],
    sum: ['求和', '逐项相加'],
  },
  question: '先问一个问题：什么样的权重让图片保持不变？',
  answer: '看答案',
  fromArticle: '从文章来？',
  articleExample: '145.06 的 3×3 例子',
  threeModes: '三种模式',
  stepByStep: '逐步讲解',
  toPicture: '回到图片',
  wholePicture: '看整张图',
  zoomIn: '放大',
  openWorkspace: '全部控件',
  close: '关闭',
  speaker: '演讲者窗口',
  presentationEnded: '演示已结束。',
  notes: '备注',
  loading: '正在加载……',
  verdict,
  chain: ({ products, sum, divisor, bias, result }) => ({
    parts: [
      ...products,
      ' = ',
      sum,
      ...(divisor ? ['，除以 ', divisor] : []),
      ...(bias ? ['，再加偏置 ', bias] : []),
      ...(divisor || bias ? ['，得 ', result] : []),
      '。',
    ],
    meaning: '',
  }),
  single: (value, result, isMiddle, isOne) => ({
    parts: ['只有一个权重不为 0：', value, ' 变成 ', result, '。'],
    meaning: !isOne ? '' : isMiddle ? '图片保持不变。' : '图片不变，只是移动了位置。',
  }),
  running: (products, sum) => [...products, ' = ', sum],
  spoken: (row, column, result, sentence) =>
    `输出第 ${row} 行、第 ${column} 列：${result}。${sentence}`,
}
