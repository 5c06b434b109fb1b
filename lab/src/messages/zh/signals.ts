/**
 * Chinese texts of the 1-D smoothing view.
 */

import type { signals as English } from '../en/signals.ts'

export const signals: typeof English = {
  sumTitle: '此处的和',
  notOneAxis: '页面上的问题不止一个轴。',
  showSignal: '改为显示一个带噪声的信号',
  inNumbers: '信号与权重的数字',
  signalShape: '信号',
  ownNumbers: '其他数',
  signals: { step: '阶跃', sine: '正弦', pulses: '脉冲', ramp: '斜坡' },
  noise: '噪声',
  newNoise: '新的噪声',
  pointer: '指针',
  pointerJobs: { points: '指向位置', signal: '绘制信号', weighting: '绘制权重' },
  weighting: '权重',
  weightings: {
    box: '矩形',
    triangle: '三角',
    gaussian: '高斯',
    exponential: '遗忘(指数)',
    difference: '差分',
  },
  width: '宽度',
  samples: (n) => `${n} 个样本`,
  alignment: '可见范围',
  ownAlignment: '按问题的填充',
  alignments: {
    causal: '只看过去(因果)',
    centred: '两侧相同(居中)',
    valid: '仅完整窗口(VALID)',
    full: '所有重叠(FULL)',
  },
  weightingRejected: '无法显示:',
  sampleAt: (n) => `样本 ${n}`,
  shownResult: '显示的结果',
  signalName: '信号',
  productsName: '乘积',
  resultName: '结果',
  hiddenChannels: (n) => `另有 ${n} 个通道也计入和中,此处未画出。`,
  normalise: '使其和为 1',
  weightingProperties: (sum, absolute, isWeighting, isCausal) =>
    `权重之和为 ${sum},绝对值之和为 ${absolute}。${isWeighting ? '没有负权重且和为 1:结果是加权平均。' : '它不是加权平均。'}${isCausal ? '和中没有结果位置之后的样本。' : '和中也有结果位置之后的样本。'}`,
  plotPlace: '位置',
  plotAt: (place, taps, sum) => `输出 ${place}:${taps} 个乘积,和 ${sum}`,
  plotLegend: '蓝色:信号,边界代替处较淡。橙色:此处的权重。粉色:乘积。绿色:结果,画在其存放的位置。',
  ringsLegend: '圆圈:与焦点有关的每个样本和每个结果。乘积画在它们所计入的结果处。',
  responseTitle: '权重对波的作用',
  responseLabel: '增益随频率(每样本周期数)的变化;数字见旁边的表格。',
  responseCaption: (dilation, stride, inserted) =>
    [
      `横轴为每${inserted > 1 ? '个位置(含插入的零)' : '样本'}周期数:0.5 时每隔一个${inserted > 1 ? '位置' : '样本'}符号相反。左侧为这种波被放大的倍数。`,
      dilation > 1 ? `权重相隔 ${dilation},因此曲线到频率 1 为止重复 ${dilation} 次。` : '',
      stride > 1
        ? `每 ${stride} 个结果保留一个:高于 ${Number((0.5 / stride).toPrecision(3))} 的波的剩余部分显示为较慢的波。`
        : '',
    ].join(''),
  frequency: '每样本周期数',
  gain: '增益',
  continuousTitle: '求和背后的积分',
  continuousLabel: '正弦、会遗忘的权重及其乘积;竖条是求和所取的样本。',
  continuousCaption:
    '横轴为时间,在 t = 7 处求和。蓝色:x。橙色:在时刻 t 翻转的 w。绿色:乘积,其面积为 s(t)。竖条:求和所代替的部分。',
  samplesPerUnit: '单位时间的样本数',
  perUnit: (n) => `每单位 ${n} 个`,
  sumAndIntegral: (sum, area, difference) => `和 × 步长 ${sum} · 积分 ${area} · 差 ${difference}`,
}
