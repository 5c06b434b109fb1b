/**
 * Chinese texts of the views that show the numbers as a matrix or as memory: im2col, Toeplitz,
 * memory and strides.
 */

import type { memory as English } from '../en/memory.ts'

export const memory: typeof English = {
  asVector: (what) => `展平的${what}`,
  equationMore: '输出还包含偏置，或常数边界的乘积。',
  denseTitle: (inputs, outputs, lines) =>
    `用全连接层表示同样的计算：${inputs} 个样本，${outputs} 个输出，${lines} 条连接`,
  denseCaption:
    '用全连接层表示同样的计算。颜色相同的线共享一个权重；矩阵中为空的地方没有线（稀疏连接）。',
  denseTooLarge: (nodes, lines) =>
    `此图最多绘制 ${nodes} 个样本、${nodes} 个输出和 ${lines} 条连接。`,
  matrixTooLarge: (rows, columns) =>
    `矩阵有 ${rows} × ${columns} 个单元，超出此页面的上限。请使用较小的输入。`,
  readsTitle: '读取该元素的输出',
  addressTitle: '从下标到地址',
  matrixName: { im2col: 'im2col 矩阵', toeplitz: 'Toeplitz 矩阵', memory: '输入的地址' },
  animationTitle: '从窗口到矩阵',
  animationLabel: (stage, column) => `第 ${column} 列的窗口：${stage}`,
  animationCaption: '左边是填充后的输入，右边是矩阵，其中已有前面各窗口的列。',
  animationTooLarge: (rows, columns, planes, taps) =>
    `此动画最多支持 ${rows} × ${columns} 的输入、${planes} 个平面和 ${taps} 个乘积。`,
  playAnimation: '播放动画',
  stageBack: '上一阶段',
  stageOn: '下一阶段',
  stages: { 0: '在输入中', 1: '取出', 2: '展平', 3: '放入矩阵' },
  windowBack: '上一个窗口',
  windowOn: '下一个窗口',
  layoutName: '每个窗口为',
  layouts: { columns: '一列', rows: '一行' },
  formName: '矩阵',
  forms: { copied: '复制数据', strided: '只用地址' },
  windowMatrix: '窗口',
  windowAddresses: '窗口，以填充后输入中的地址表示',
  kernelMatrix: '卷积核',
  outputMatrix: '输出',
  columnsNote: '每个滤波器一行，每个窗口一列。矩阵乘积改变形状后就是输出。',
  rowsNote: '同样三个矩阵的转置，因此两个因子交换位置。文章一使用了这两种写法。',
  viewOf: (shape) => `填充后输入 ${shape} 的视图`,
  bytes: (n) => `${n} 字节`,
  borderBytes: (n) => `两者都需要填充后的输入：${n} 字节。`,
  libraryBytes: '本库分块计算此算例所需的工作区：',
  copiesTitle: '每个样本被复制多少次？',
  copies: '每个样本的副本数',
  transposeMatrix: '转置矩阵（转置卷积）',
  transposedResult: '输出的转置卷积',
  transposedNote:
    '沿同样的连接、用同样的权重，从输出映射到输入。它不是逆运算，不能恢复原来的输入。',
  grow: '增大输入',
  shrink: '减小输入',
  touched: (times) =>
    times === 0 ? '不在视图中' : times === 1 ? '在视图中出现一次' : `在视图中出现 ${times} 次`,
  touches: (once, repeated, max, skipped) =>
    `下面的视图中，${once} 个元素出现一次，${repeated} 个元素出现多次${repeated > 0 ? `（最多 ${max} 次）` : ''}，另有 ${skipped} 个元素未出现。`,
  pointAtByte: '将指针移到一个元素上，查看哪些输出读取它。',
  linesTouched: (lines, all, list) =>
    `焦点读取 ${all} 个缓存行中的 ${lines} 个${lines > 0 ? `：${list}` : ''}。`,
  memoryExtent: (elements, dtype, bytes, lines) =>
    `${elements} 个 ${dtype} 元素，每个 ${bytes} 字节，共 ${elements * bytes} 字节，占 ${lines} 个 64 字节的缓存行。`,
  elementAt: (element, sample, byte, line, at) =>
    `元素 ${element} 是样本 [${sample}]，从字节 ${byte} 开始，即缓存行 ${line} 的字节 ${at}。`,
  byteWithin: (byte, within, bytes) =>
    `字节 ${byte} 是该元素的字节 ${within}。对齐读取从 ${bytes} 的倍数开始。`,
  readByNone: '没有输出读取它。',
  readBy: (reads, outputs, of) =>
    `它被 ${of} 个输出读取，共 ${reads} 次：${outputs.join('、')}${of > outputs.length ? '……' : ''}。`,
  stridesTitle: '用形状和内存跨距定义视图',
  viewPreset: '视图',
  viewPresets: {
    lies: '输入本身',
    transposed: '转置',
    flipped: '翻转（负跨距）',
    second: '每两个样本取一个',
    windows: '平面内的所有窗口',
    im2col: 'im2col 矩阵',
    overlap: '重叠的行（文章一）',
    broadcast: '同一行重复三次（跨距 0）',
    diagonal: '对角线',
  },
  presetNeeds: { windows: '窗口大于平面', im2col: '仅限没有填充时' },
  ownView: '自定义',
  viewHint: '每个轴一个数。内存跨距可以为 0 或负数。偏移是 [0, 0, …] 的地址。',
  asCode: '用代码表示这个视图',
  codeNote:
    'stridefold 以元素计数，并检查每个下标都在内存之内。NumPy 以字节计数，不作检查：内存跨距错误时会读到数组以外的内存。',
  viewNumbers: { shape: '形状', strides: '内存跨距', offset: '偏移' },
  unitName: '单位',
  units: { elements: '元素', bytes: '字节' },
  viewNotWhole: (scale) =>
    scale === 1 ? '请输入整数。' : `请输入整数。内存跨距和偏移须为 ${scale} 字节的倍数。`,
  viewRank: (shape, strides) =>
    `当前有 ${shape} 个长度和 ${strides} 个内存跨距。两者的个数须相同，为 1 到 8 个。`,
  viewReach: (max) => `内存跨距和偏移须在 −${max} 到 ${max} 之间。`,
  viewExtents: (max) => `各轴长度须不小于 1，单元总数不超过 ${max}。`,
  least: '最小地址',
  greatest: '最大地址',
  provenInside: '每个地址都在这两者之间，因此不会读到内存之外。本库在创建视图之前作此检查。',
  outsideAddresses: (n) => `${n} 个地址在内存之外，不会被读取`,
  theView: '视图',
  theCopy: '对副本作同样的写入',
  viewTooLarge: (cells, max) => `视图有 ${cells} 个单元，最多绘制 ${max} 个。`,
  notInView: '视图不包含焦点所在的元素。',
  sameAddress: (n) => `视图中另有 ${n} 个单元使用此地址`,
  writeThrough: (value) => `通过此单元写入 ${value}`,
  undoWrite: (before) => `撤销（恢复为 ${before}）`,
  writeNote:
    'asStrided 和 slidingWindows 创建的视图默认只读，因为一次写入可能改变多个单元。选项 writable 允许写入。contiguous 会复制数据。',
  wrote: (element, before, cells, sample) =>
    `元素 ${element} 原为 ${before}。视图的 ${cells} 个单元和输入的样本 [${sample}] 同时改变，因为它们共用一个地址。写入副本只改变一个单元，输入不变。`,
  columnBytes: (rows, columns, bytes, own) =>
    `${rows} × ${columns} 个单元，${bytes} 字节；输入为 ${own} 字节。用内存跨距表示同样的窗口无需复制：0 字节。`,
}
