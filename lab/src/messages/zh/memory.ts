/**
 * Chinese texts of the views that show the numbers as a matrix or as memory: im2col, Toeplitz,
 * memory and strides.
 */

import type { memory as English } from '../en/memory.ts'

export const memory: typeof English = {
  asVector: (what) => `展平的${what}`,
  equationMore: '输出还包含偏置,或边界常数所加的部分。',
  denseTitle: (inputs, outputs, lines) =>
    `同样的数画成一层:${inputs} 个样本,${outputs} 个输出,${lines} 条连接`,
  denseCaption: '同样的数画成全连接层:一种颜色是一个共享的权重;缺少的线就是矩阵中的零。',
  denseTooLarge: (nodes, lines) =>
    `此层最多绘制 ${nodes} 个样本、${nodes} 个输出和 ${lines} 条连接。`,
  matrixTooLarge: (rows, columns) =>
    `矩阵有 ${rows} × ${columns} 个单元,无法在此页面构建。请使用较小的输入。`,
  readsTitle: '谁读取这个元素',
  addressTitle: '从下标到地址',
  matrixName: { im2col: 'im2col 矩阵', toeplitz: 'Toeplitz 矩阵', memory: '输入的地址' },
  animationTitle: '窗口进入矩阵的过程',
  animationLabel: (stage, column) => `第 ${column} 列的窗口:${stage}`,
  animationCaption: '左边是填充后的输入,右边是矩阵;此窗口之前的列已经在矩阵中。',
  animationTooLarge: (rows, columns, planes, taps) =>
    `此过程最多绘制 ${rows} × ${columns} 的输入、${planes} 个平面和 ${taps} 个乘积。`,
  playAnimation: '播放过程',
  stageBack: '上一阶段',
  stageOn: '下一阶段',
  stages: { 0: '在输入中', 1: '取出', 2: '展平', 3: '放入矩阵' },
  windowBack: '上一个窗口',
  windowOn: '下一个窗口',
  layoutName: '一个窗口是',
  layouts: { columns: '一列', rows: '一行' },
  formName: '矩阵',
  forms: { copied: '实际生成', strided: '只用地址' },
  windowMatrix: '窗口',
  windowAddresses: '窗口,以填充后输入中的地址表示',
  kernelMatrix: '卷积核',
  outputMatrix: '输出',
  columnsNote: '每个滤波器一行,每个窗口一列:乘积就是输出,再折回其形状。',
  rowsNote: '同样的三个矩阵沿对角线翻转,因此因子交换位置:文章一中两种写法都有。',
  viewOf: (shape) => `填充后输入 ${shape} 的视图`,
  bytes: (n) => `${n} 字节`,
  borderBytes: (n) => `两者都需要带边界的输入:${n} 字节。`,
  libraryBytes: '本库处理此问题的工作区(每次一块):',
  copiesTitle: '每个样本被复制多少次?',
  copies: '每个样本的副本数',
  transposeMatrix: '沿对角线翻转矩阵(转置卷积)',
  transposedResult: '输出的转置卷积',
  transposedNote: '沿同样的连接、用同样的权重从输出回到输入。它不是逆运算:输入的数字不会恢复。',
  grow: '增大输入',
  shrink: '减小输入',
  cellsOn: (times) =>
    times === 0 ? '不在视图中' : times === 1 ? '在视图中一次' : `在视图中 ${times} 次`,
  touches: (once, repeated, most, skipped) =>
    `下面的视图有 ${once} 个元素出现一次,${repeated} 个出现多次${repeated > 0 ? `(最多 ${most} 次)` : ''},略过 ${skipped} 个。`,
  pointAtByte: '指向一个元素,查看谁读取它。',
  linesTouched: (lines, all, list) =>
    `焦点读取 ${all} 个缓存行中的 ${lines} 个${lines > 0 ? `:${list}` : ''}。`,
  memoryExtent: (elements, dtype, bytes, lines) =>
    `${elements} 个 ${dtype} 元素,每个 ${bytes} 字节:共 ${elements * bytes} 字节,占 ${lines} 个 64 字节的缓存行。`,
  elementAt: (element, sample, byte, line, at) =>
    `元素 ${element} 是样本 [${sample}],从字节 ${byte} 开始,位于缓存行 ${line} 内第 ${at} 字节。`,
  byteWithin: (byte, within, bytes) =>
    `字节 ${byte} 是其中的第 ${within} 个字节;对齐的读取从 ${bytes} 的倍数开始。`,
  readByNone: '没有输出读取它。',
  readBy: (reads, outputs, of) =>
    `它被读取 ${reads} 次,来自 ${of} 个输出:${outputs.join('、')}${of > outputs.length ? '……' : ''}。`,
  stridesTitle: '用形状和跨距定义视图',
  viewPreset: '视图',
  viewPresets: {
    lies: '原样',
    transposed: '转置',
    flipped: '翻转(负跨距)',
    second: '每隔一个样本',
    windows: '平面内的所有窗口',
    im2col: 'im2col 矩阵',
    overlap: '重叠的行(文章一)',
    broadcast: '同一行三次(跨距 0)',
    diagonal: '对角线',
  },
  presetNeeds: { windows: '没有窗口能放下', im2col: '仅在没有填充时' },
  ownView: '自定义的数',
  viewHint: '每个轴一个数。跨距可以为 0 或负数;偏移是 [0, 0, …] 所在之处。',
  asCode: '用代码表示这个视图',
  codeNote:
    'stridefold 以元素计数,并证明每个下标都在内存之内。NumPy 以字节计数,不作检查:跨距错误时会读到别处的内存。',
  viewNumbers: { shape: '形状', strides: '跨距', offset: '偏移' },
  unitName: '单位',
  units: { elements: '元素', bytes: '字节' },
  viewNotWhole: (scale) =>
    scale === 1 ? '需要整数。' : `需要整数;跨距和偏移须为 ${scale} 字节的倍数。`,
  viewRank: (shape, strides) => `${shape} 个长度和 ${strides} 个跨距:两者数量须相同,1 到 8 个。`,
  viewReach: (most) => `跨距和偏移须在 −${most} 到 ${most} 之间。`,
  viewExtents: (most) => `长度须不小于 1,单元总数不超过 ${most}。`,
  least: '最小地址',
  greatest: '最大地址',
  provenInside: '每个下标都落在两者之间,因此不会读到内存之外。本库在视图产生之前就证明这一点。',
  outsideAddresses: (n) => `${n} 个地址在内存之外;那里不会被读取`,
  theView: '视图',
  theCopy: '写入副本时',
  viewTooLarge: (cells, most) => `视图有 ${cells} 个单元;最多绘制 ${most} 个。`,
  notInView: '焦点不在视图的任何元素上。',
  sameAddress: (n) => `视图中还有 ${n} 个单元在此地址`,
  writeThrough: (value) => `通过此单元写入 ${value}`,
  undoWrite: (before) => `撤销:恢复为 ${before}`,
  writeNote:
    'asStrided 和 slidingWindows 给出的视图默认只读,凡要写入之处都会被拒绝,因为一次写入可能改变许多单元;需要可写的视图须明确要求。contiguous 会复制。',
  wrote: (element, before, cells, sample) =>
    `元素 ${element} 原为 ${before}。视图中有 ${cells} 个单元随之改变,输入的样本 [${sample}] 也一样:它们是内存中的同一处。在副本中只有一个单元改变,输入不变。`,
  columnBytes: (rows, columns, bytes, own) =>
    `${rows} × ${columns} 个单元,${bytes} 字节;输入为 ${own} 字节。用内存跨距表示同样的窗口不需复制:0 字节。`,
  counts: (zeros, nonZeros, distinct, shared, free) =>
    `${zeros} 个零,${nonZeros} 个非零,${distinct} 个不同的值。参数:共享 ${shared} 个;若全部自由则 ${free} 个。`,
}
