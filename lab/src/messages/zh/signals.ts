/**
 * Chinese texts of the 1-D smoothing view.
 */

import type { signals as English } from '../en/signals.ts'

export const signals: typeof English = {
  sumTitle: '此位置的和',
  notOneAxis: '当前算例不止一个轴。',
  showSignal: '显示一个带噪声的一维信号',
  inNumbers: '信号、权重与结果的数值',
  plotTitle: '按位置画出的信号、权重、乘积和结果',
  signalShape: '信号',
  ownNumbers: '自定义',
  signals: { step: '阶跃', sine: '正弦', pulses: '脉冲', ramp: '斜坡' },
  noise: '噪声',
  newNoise: '新的噪声',
  pointer: '指针',
  pointerJobs: { points: '选择位置', signal: '绘制信号', weighting: '绘制权重' },
  weighting: '权重',
  weightings: {
    box: '矩形',
    triangle: '三角',
    gaussian: '高斯',
    exponential: '指数衰减',
    difference: '差分',
  },
  width: '宽度',
  samples: (n) => `${n} 个样本`,
  alignment: '对齐方式',
  ownAlignment: '自定义填充',
  alignments: {
    causal: '因果（只用过去的样本）',
    centred: '居中',
    valid: '仅完整窗口（VALID）',
    full: '所有重叠（FULL）',
  },
  weightingRejected: '无法显示：',
  sampleAt: (n) => `样本 ${n}`,
  shownResult: '显示的结果',
  signalName: '信号',
  productsName: '乘积',
  resultName: '结果',
  hiddenChannels: (n) => `另有 ${n} 个通道计入和中，但未绘出。`,
  normalise: '归一化（和为 1）',
  weightingProperties: (sum, absolute, isWeighting, isCausal) =>
    `权重之和为 ${sum}，绝对值之和为 ${absolute}。${isWeighting ? '没有负权重且和为 1，因此每个结果都是加权平均。' : '结果不是加权平均。'}${isCausal ? '结果不使用其位置之后的样本。' : '结果也使用其位置之后的样本。'}`,
  plotPlace: '位置',
  plotAt: (place, taps, sum) => `输出 ${place}：${taps} 个乘积，和为 ${sum}`,
  plotLegend:
    '蓝色：信号，空心点为边界。橙色：此位置的权重。紫色：乘积。绿色：结果，画在其存放的位置。',
  ringsLegend: '圆圈标出所选乘积的样本和结果。每个乘积画在其结果的位置。',
  responseTitle: '权重的频率响应',
  responseLabel: '增益随频率（每样本周期数）的变化；数值见旁边的表格。',
  responseCaption: (dilation, stride, inserted) =>
    [
      `横轴：频率，单位为每${inserted > 1 ? '个位置（含插入的零）' : '样本'}周期数；频率为 0.5 时，相邻${inserted > 1 ? '位置' : '样本'}的符号相反。纵轴：增益。`,
      dilation > 1 ? `膨胀为 ${dilation}，因此曲线在频率 0 到 1 之间重复 ${dilation} 次。` : '',
      stride > 1
        ? `步幅为 ${stride}，因此高于 ${Number((0.5 / stride).toPrecision(3))} 的频率表现为较低的频率（混叠）。`
        : '',
    ].join(''),
  frequency: '每样本周期数',
  gain: '增益',
  continuousTitle: '和所近似的积分',
  continuousLabel: '正弦、指数衰减的权重及其乘积；竖条是和的各项。',
  continuousCaption:
    '横轴：时间，在 t = 7 处求和。蓝色：x。橙色：w，在时刻 t 翻转。紫色：乘积，其下的面积为 s(t)。竖条：和对该面积的近似。',
  samplesPerUnit: '单位时间的样本数',
  perUnit: (n) => `每单位 ${n} 个`,
  sumAndIntegral: (sum, area, difference) => `和 × 步长 ${sum} · 积分 ${area} · 差 ${difference}`,
}
