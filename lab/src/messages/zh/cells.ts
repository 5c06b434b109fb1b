/**
 * Chinese texts that several views use: tensors, planes, cells, the focus.
 */

import type { cells as English } from '../en/cells.ts'
import { translateSentence } from './library.ts'

export const cells: typeof English = {
  input: '输入',
  kernel: '卷积核',
  output: '输出',
  bias: '偏置',
  tap: '乘积项',
  batch: (n) => `样例 ${n}`,
  channel: (n) => `通道 ${n}`,
  filter: (n) => `滤波器 ${n}`,
  layer: (n) => `层 ${n < 0 ? `−${-n}` : n}`,
  plane: (names) => names.filter(Boolean).join('，'),
  planes: (from, to, of) => `平面 ${from}–${to}（共 ${of} 个）`,
  planesBack: '前面的平面',
  planesOn: '后面的平面',
  cellAt: (row, column) => `第 ${row} 行第 ${column} 列`,
  partShown: (top, bottom, rows, left, right, columns) =>
    `当前显示第 ${top}–${bottom} 行（共 ${rows} 行）、第 ${left}–${right} 列（共 ${columns} 列）。用方向键和翻页键移动。`,
  kinds: {
    padding: '填充',
    inserted: '样本之间的零',
    cropped: '被裁剪，不会被读取',
    zero: '没有连接',
    above: '卷积较大',
    skipped: '不在视图中',
    repeated: '在视图中多次出现',
    outside: '在内存之外',
    written: '刚刚写入',
    below: '互相关较大',
  },
  edit: '新的数值',
  noNumber: (text) => `“${text}”不是有效的数，已保留原来的数。请输入数字，例如 −2.5。`,
  play: '播放',
  pause: '暂停',
  placeOf: (place, count) => `第 ${place} 个（共 ${count} 个）`,
  nothingShown: '将指针移到任意视图的单元上，这里会显示它的乘积。单击或按回车键可固定该单元。',
  library: translateSentence,
  axisName: (axis) => `轴 ${axis}`,
  unpin: '取消固定',
  sentences: (all) => all.filter(Boolean).join(''),
  focus: (view, index) => `${view} [${index}]`,
  colon: '：',
  focusTitle: '焦点',
  focusLine: (name, result) => `${name}：${result}`,
  byte: (n) => `字节 ${n}`,
  focusSum: (taps, sum) => `${taps} 个乘积，和为 ${sum}`,
  focusMany: (taps, outputs) => `${outputs} 个输出中的 ${taps} 个乘积`,
}
