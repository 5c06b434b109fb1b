import type { Fact } from '../facts.ts'
import type { ArrayName } from '../readings.ts'
import type { DetectiveMessages } from './en.ts'

const arrays: Readonly<Record<ArrayName, string>> = { x: '输入', k: '卷积核', y: '输出' }
const number = (value: number): string => String(value).replaceAll('-', '−')
const spaced = (letters: string): string => [...letters.replace('C', 'I')].join(' ')
const shown = (letters: string): string => [...letters].join(' ')
const sides = (pairs: readonly (readonly [number, number])[]): string =>
  pairs
    .map(([before, after], a) => {
      const along = pairs.length === 1 ? '' : a === 0 ? '行方向' : '列方向'
      return `${along}（${number(before)}，${number(after)}）`
    })
    .join('、')
const perAxis = (values: readonly number[]): string =>
  values.every((value) => value === values[0])
    ? String(values[0])
    : `纵向 ${values[0]}、横向 ${values[1]}`

const roundings = {
  nearest: '四舍五入为整数',
  truncated: '截去小数（向 0 取整）',
  down: '向下取整',
} as const

const borders: Readonly<Record<string, string>> = {
  edge: '边界重复最边上的样本（edge、replicate、nearest）',
  reflect: '边界镜像，不重复最边上的样本（reflect、reflect_101、mirror）',
  symmetric: '边界镜像，重复最边上的样本（symmetric；ndimage 和 OpenCV 称 reflect）',
  wrap: '边界从另一侧延续（wrap、circular）',
}

const paddings: Readonly<Record<string, string>> = {
  same: '“same”填充，多出的一个样本在后',
  'same-lower': '“same”填充，多出的一个样本在前',
  'layer-same': 'TensorFlow 和 ONNX 的 SAME 填充，随步幅而定',
  full: '“full”填充',
  equal: '各侧填充相同',
  sides: '各侧填充不同',
  moved: '窗口有偏移，边上的样本未被读取',
}

function fact(of: Fact): string {
  switch (of.kind) {
    case 'orientation':
      return {
        'as-is': '卷积核不翻转：互相关',
        turned: '卷积核翻转 180°：卷积',
        rows: '卷积核只上下翻转',
        columns: '卷积核只左右翻转',
      }[of.orientation]
    case 'padding':
      return of.name === 'valid' ? '没有填充：“valid”' : `${paddings[of.name]}：${sides(of.sides)}`
    case 'border':
      if (typeof of.boundary === 'object')
        return `输入之外的取值为 ${number(of.boundary.constant)}，而不是 0（常数边界）`
      return borders[of.boundary]!
    case 'stride':
      return `步幅为 ${perAxis(of.values)}`
    case 'dilation':
      return `膨胀为 ${perAxis(of.values)}`
    case 'transposed':
      return `${arrays[of.array]}经过转置：行列互换`
    case 'reshaped':
      return (
        `${arrays[of.array]}的数据按 ${shown(of.order)} 排列，形状却是 ${shown(of.letters)}：` +
        '应当转置的地方用了 reshape'
      )
    case 'last':
      return of.arrays.length > 2
        ? '通道在最后，权重为 H W I O，与 TensorFlow 相同'
        : `${of.arrays.map((name) => arrays[name]).join('和')}的通道在最后`
    case 'weights':
      return `权重的轴序为 ${spaced(of.letters)}，而不是 O I H W`
    case 'groups':
      return of.isDepthwise
        ? `每个通道有自己的滤波器：逐通道卷积，${of.groups} 组`
        : `通道分为 ${of.groups} 组`
    case 'sharing':
      return of.sharing === 'each'
        ? '同一个卷积核分别用于每个通道'
        : '同一个卷积核用于每个通道，结果相加'
    case 'factor':
      return {
        sum: '每个结果除以权重之和',
        taps: '每个结果除以权重个数',
        divisor: `每个结果除以 ${number(Math.round(1 / of.factor))}`,
        negated: '每个结果取相反数',
        number: `每个结果乘以 ${number(of.factor)}`,
      }[of.reason]
    case 'offsets':
      return of.offsets.length > 1
        ? `每个滤波器加上各自的偏置：${of.offsets.map(number).join('、')}`
        : `每个结果加上 ${number(of.offsets[0]!)}（偏置）`
    case 'rule':
      return rule(of.rule)
    case 'trap':
      return (
        'im2col 矩阵的每一行是一个窗口，而乘法需要每一列是一个窗口：' +
        (of.trap === 'rows' ? '缺少转置' : '应当转置的地方用了 reshape')
      )
  }
}

function rule(of: Extract<Fact, { kind: 'rule' }>['rule']): string {
  switch (of.kind) {
    case 'none':
      return '结果保持不变'
    case 'decimals':
      return `结果保留 ${of.digits} 位小数`
    case 'whole':
      return `结果${roundings[of.how]}`
    case 'relu':
      return '负的结果变为 0'
    case 'magnitude':
      return '结果取绝对值'
    case 'clipped':
      return `结果限制在 0 到 ${of.high} 之间：负数变为 0${of.high === 255 ? '（uint8 饱和）' : ''}`
    case 'wrapped':
      return '结果在 256 处回绕（转为 uint8）：−1 变为 255'
  }
}

export const zh: DetectiveMessages = {
  title: '侦探 · stridefold 实验室',
  headline: ['侦探：', '这个输出是哪一种卷积算出来的？'],
  skip: '跳到答案',
  toLens: '返回首屏',
  linkFault: '链接中的以下部分无效：',
  lead: '粘贴输入、卷积核和得到的输出。数据不会离开这台设备。',
  examples: '示例',
  exampleNames: {
    turned: '翻转的卷积核',
    last: '通道在最后',
    bytes: '负数变字节',
    border: '边界',
    im2col: 'im2col',
    wrong: '一个数有误',
  },
  fields: { x: '输入', k: '卷积核', y: '得到的输出' },
  chooseFile: '文件',
  chooseFileFor: (field) => `${field}：选择 .npy 或 CSV 文件`,
  noText: (file) => `${file} 的数太多，此处不显示`,
  numbers: (shape) => `${shape} 个数`,
  fromFile: (file) => `来自 ${file}`,
  call: '这是一个调用，不是数。请粘贴数本身。',
  unlinked: '数太多，链接放不下：链接仍保留之前的数组。',

  missing: (names) => `还缺少：${names.map((name) => arrays[name]).join('、')}。`,
  busy: (percent) => `搜索中…… ${percent} %`,
  shapes: '没有一种卷积能从这样形状的输入和卷积核得到这样形状的输出。',
  shapesHint:
    '已尝试信号和平面，包括通道、滤波器和批次：填充不超过卷积核的范围，步幅到 8，膨胀到 4。' +
    '输入和输出是同一次调用的吗？',
  large: '数太多，无法搜索。请取一部分：减少行、通道或滤波器。',
  plain: '与普通的互相关相等。',
  equal: '相等，条件是：',
  tried: (count) => `共比较了 ${count.toLocaleString('zh')} 种解释。`,
  float: '相等是指：除 float32 求和可能产生的舍入外没有差别。',
  others: '仅凭这些数无法与以下解释区分：',
  without: (facts) => `没有这一条：${facts}`,
  more: (count) => `另有 ${count} 种`,
  few: (count) => `只有 ${count} 个输出：其他解释也可能碰巧相符。`,
  sameAs: (calls) =>
    `偶数大小的卷积核没有中心，各个库的做法不同。与此相同的有：${calls.join('、')}。`,
  nearest: '尝试过的解释都得不到这些数。最接近的是：',
  differs: (count, total) => `${total} 个数中有 ${count} 个不同。`,
  largest: (place, got, expected) =>
    `差别最大之处：${place}，得到的是 ${got}，按此应为 ${expected}。`,
  place: (filter, index) =>
    (filter === undefined ? '' : `滤波器 ${filter}，`) +
    index.map((at, a) => `${index.length > 1 ? (a === 0 ? '行' : '列') : '位置'} ${at}`).join('，'),
  outside: '不同之处都在窗口越过边缘的地方：请检查边界规则，或边缘之外的取值。',
  oneNumber: '只有一个数不同，往往是输入有误。',
  picture: '差别：得到的 − 按此应有的',
  pictureOf: (filter) => `滤波器 ${filter}`,
  rowHead: (row) => `行 ${row}`,
  code: '用代码得到同样结果',
  system: '库',
  program: (title) => `${title} 的程序`,
  noTrap: '犯同样错误的程序不值得抄写。请将窗口矩阵转置。',
  noLines: '这些数组要先作别的处理。请选择 NumPy 或 PyTorch。',
  noProgram: (title) => `${title} 没有完全等价的写法。翻译器的原文：`,
  openLens: '在首屏打开',
  fact,
}
