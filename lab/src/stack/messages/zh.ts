import type { StackMessages } from './en.ts'

export const zh: StackMessages = {
  title: '通道 · stridefold lab',
  headline: ['通道：', '每个滤波器读取所有通道，得到一个输出平面。'],
  skip: '跳到各平面',
  toLens: '返回首屏',

  input: '输入',
  weights: '权重',
  output: '输出',
  bias: '偏置',
  counts: (filters, planes, kernel, weights) =>
    `${filters} 个滤波器，各有 ${planes} 个 ${kernel} 平面，共 ${weights} 个权重。`,
  item: (item, all) => `显示批量中的第 ${item} 项（共 ${all} 项）。`,

  scene: '该层的各平面：选中的输出',
  spoken: (filter, row, column, value) => `滤波器 ${filter}，行 ${row}，列 ${column}：${value}`,
  channel: (channel) => `通道 ${channel}`,
  filterName: (filter, channels) =>
    channels === undefined ? `滤波器 ${filter}` : `滤波器 ${filter}：通道 ${channels.join('、')}`,
  outputPlane: (filter) => `来自 ${filter}`,

  play: '播放',
  pause: '暂停',
  back: '上一个输出',
  on: '下一个输出',
  scrub: '输出',
  placeName: (filter, row, column) => `滤波器 ${filter} · 行 ${row} · 列 ${column}`,
  sumTitle: (filter, row, column) => `一个输出：滤波器 ${filter}，行 ${row}，列 ${column}`,
  productsOf: (products) => `，即以下乘积之和：${products}`,

  layer: '卷积层',
  sliders: {
    channels: '通道数',
    filters: '滤波器数',
    kernel: '卷积核',
    stride: '步幅',
    padding: '填充',
  },
  groups: '每个滤波器读取',
  dense: '所有通道',
  twoGroups: '2 组',
  depthwise: '一个通道',
  groupsNote: (groups, channels) =>
    groups === 1
      ? '分组数 = 1：每个滤波器对每个通道各有一个平面。'
      : groups === channels
        ? `分组数 = ${groups}，即逐通道卷积：每个滤波器只有一个平面。`
        : `分组数 = ${groups}：每个滤波器读取 ${channels} 个通道中的 ${channels / groups} 个。`,

  camera: '视角',
  turn: '转动',
  flat: '并排',
  stacked: '立体',
  keys: '拖动可转动。点按输出或样本可选中。按键：方向键、Page Up、Page Down；按住 Shift 则转动。',

  legendTitle: '哪些平面对应',
  legend: {
    input: '输入的一个平面。窗口在所有通道中的位置相同。',
    weights: '滤波器的一个平面，与编号相同的通道相乘。',
    output: '输出平面“来自 0”由滤波器 0 得到。',
  },
  workspace: '在工作区中打开',

  fault: {
    case: ({ channels, filters, rows, columns, kernel }) =>
      `不是本页能显示的卷积层。本页显示两个轴、输入不膨胀的层，最多 ${channels} 个通道、${filters} 个滤波器、` +
      `含填充 ${rows} × ${columns} 个样本，卷积核最大 ${kernel} × ${kernel}，例如 case:1x3x5x6_*_2x3x3x3。`,
    at: () => '不是有效位置。请依次写滤波器、行、列，均为整数，例如 at:1,0,2。',
    turn: () => '不是有效角度。请依次写转动、俯仰的度数，均为整数，例如 turn:38,16。',
    name: () => '不是本页的设置。本页有 case:、at: 和 turn:。',
  },
}
