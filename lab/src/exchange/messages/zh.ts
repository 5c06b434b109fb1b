/** The dialogs in Chinese (zh-Hans). */

import type { OfferFault, Role } from '../offer.ts'
import type { ExchangeMessages, ProblemFacts } from './types.ts'

const at = ({ line, column }: { line: number; column: number }): string =>
  `第 ${line} 行第 ${column} 列`
const thing: Readonly<Record<Role, string>> = { input: '输入', kernel: '卷积核' }
const things = (roles: readonly Role[]): string => roles.map((role) => thing[role]).join('和')
const large = (count: number): string => count.toLocaleString('zh')

function fault(of: OfferFault): string {
  switch (of.kind) {
    case 'empty':
      return '还没有数字。请粘贴几行数字，或一个调用，例如 nn.Conv2d(1, 1, 3)。'
    case 'word':
      return `${at(of)}：这里是“${of.found}”，应为数字，例如 3、−0.5 或 1/9。`
    case 'ragged':
      return `${at(of)}：这一行有 ${of.count} 个数，第一行有 ${of.first} 个。各行个数必须相同。`
    case 'open':
      return `${at(of)}：这个括号没有闭合。`
    case 'rest':
      return `${at(of)}：最后一个括号后面多出“${of.found}”，请删去。`
    case 'comma':
      return `${at(of)}：这个逗号可能是小数点，也可能是分隔符。请写 0.5，不要写 0,5。`
    case 'many':
      return `共 ${large(of.count)} 个数，而一个链接最多容纳 ${large(of.most)} 个。请只取一部分。`
    case 'axes':
      return `数组有 ${of.shape.length} 个轴（${of.shape.join('×')}）。实验室可显示 1 到 5 个轴：批、通道，以及最多三个空间轴。`
    case 'code':
      return '未能读懂这个调用。'
    case 'file':
      return '未能读取这个文件。'
    case 'problem':
      return '实验室无法显示这个问题。'
  }
}

const facts = (f: ProblemFacts): string =>
  [
    `输入 ${f.input}`,
    `卷积核 ${f.kernel}`,
    f.flip ? '卷积' : '互相关',
    f.stride && `步幅 ${f.stride}`,
    f.dilation && `膨胀 ${f.dilation}`,
    f.padding && `填充 ${f.padding}`,
    f.border && `边界 ${f.border}`,
    f.groups && `${f.groups} 组`,
    `输出 ${f.output}`,
  ]
    .filter(Boolean)
    .join('，')

export const zh: ExchangeMessages = {
  close: '关闭',
  openTitle: '打开',
  openLead:
    '粘贴一个矩阵，或某个库的一个调用；也可以拖入 .npy 或 CSV 文件。确认读懂了什么之后，页面才会改变。',
  textLabel: '数字或调用',
  placeholder: '1 0 -1\n2 0 -2\n1 0 -1\n\nnn.Conv2d(1, 1, 3, stride=2, padding=1)',
  chooseFile: '选择文件（.npy、.csv、.txt）',
  noFileLeaves: '数据不会离开这台设备。代码只读取，从不执行。',
  understood: '读懂的内容',
  numbers: (shape, range) => `${shape} 个数，${range}`,
  call: (system) => `${system} 的调用`,
  facts,
  assumed: (roles) => `代码没有给出${things(roles)}的形状，使用页面当前的形状。`,
  biasNamed: '调用还会加上偏置，但代码中没有它的数值；页面显示不加偏置的和。',
  ownNumbers: (roles) => `${things(roles)}的数值取自代码。`,
  kernelCut: (shape) => `卷积核比新的输入大，已裁为 ${shape}。`,
  useAs: '用作',
  roles: { input: '输入', kernel: '卷积核' },
  use: '使用',
  becomes: '页面将显示',
  fault,
  original: '读取程序的原话（英文）：',
  cannotShow: '实验室无法显示：',
  system: '库',
  automatic: '根据用词识别',
  saveTitle: '保存或复制',
  picture: '图片',
  whichPicture: '内容',
  figure: '输入、卷积核、输出',
  saveSvg: '保存 SVG',
  pngScale: 'PNG 的大小',
  savePng: '保存 PNG',
  animation: '动画',
  gifFrames: (frames, seconds) =>
    `窗口在输入上移动：${frames} 帧，${seconds.toLocaleString('zh')} 秒。`,
  saveGif: '保存 GIF',
  gifProgress: (percent) => `GIF：${percent} %`,
  stop: '停止',
  gifLarge: 'GIF 将超过 8 MB。请使用较小的输入。',
  numbersTitle: '数值',
  arrays: { input: '输入', kernel: '卷积核', output: '输出', matrix: '窗口矩阵' },
  save: (what, ending) => `把${what}保存为 ${ending}`,
  matrixLarge: (count, most) => `共 ${count} 个数；超过 ${most} 个时不保存。`,
  code: '代码',
  programFor: (system) => `${system} 程序`,
  noProgram: (system) => `${system} 没有完全等价的写法。翻译程序的原话（英文）：`,
  missing: (roles) =>
    `程序需要 ${roles.map((role) => (role === 'input' ? 'x' : 'k')).join(' 和 ')}：请把${things(roles)}保存为文件。`,
  copy: '复制',
  copied: '已复制',
  saveCode: '保存程序',
  embed: '嵌入自己的网页',
  embedLead:
    '把首屏作为框架嵌入课程网页，内容就是当前的问题。请把实验室的文件放到自己的服务器上；框架不会从别处加载任何东西。',
  embedHeight: '高度',
  failed: (message) => `无法保存：${message}`,
  saved: (name) => `已保存：${name}`,
  openInLab: '在实验室中打开',
}
