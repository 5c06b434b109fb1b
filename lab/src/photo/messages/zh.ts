/**
 * The picture page in Chinese (zh-Hans).
 */

import type { PhotoMessages } from './en.ts'

const number = (value: number): string => value.toLocaleString('zh')

export const zh: PhotoMessages = {
  title: '你的图片 · stridefold 实验室',
  headline: ['你的图片，', '就在这台设备上滤波，不会发送到任何地方。'],
  toLens: '返回首屏',
  skip: '跳到图片',
  loading: '正在加载……',

  choose: '选择图片',
  sample: '示例',
  samples: { scene: '港口', rings: '圆环', cutout: '圆盘' },
  dropHint: '也可以拖到这里，或者粘贴',
  dropNow: '松开即可打开图片',
  camera: '摄像头',
  cameraStarting: '摄像头正在启动……',
  pauseCamera: '定格',
  resumeCamera: '继续',
  stopCamera: '关闭摄像头',
  cameraRests: '标签页隐藏时，摄像头暂停。',
  rate: (frames, dropped) => `每秒 ${frames} 帧${dropped > 0 ? `，跳过 ${dropped} 帧` : ''}`,
  savePng: '保存 PNG',
  saveNpy: '保存 .npy',
  saving: (percent) => `正在保存……${percent}%`,
  saved: (name) => `已保存 ${name}。`,
  noSave: '内存不足，无法生成文件。可以试试 PNG。',

  noPicture: '链接里只有滤波器，没有图片。请选择自己的图片，现在显示的是示例。',
  broken: (name) => `浏览器无法把 ${name} 当作图片读取。`,
  brokenHint: '请试试 PNG、JPEG 或 WebP 文件。原来的图片保留不变。',
  noFiles: '粘贴或拖入的内容里没有图片。',
  cameraRefused: '浏览器拒绝了摄像头。请在地址栏旁允许使用，或者选择一张图片。',
  cameraMissing: '没有找到摄像头。请选择一张图片。',
  cameraBusy: '摄像头没有响应，可能正被其他程序占用。',
  cameraInsecure: '浏览器只允许 https 页面或本机页面使用摄像头。',
  failed: (message) => `无法计算：${message}`,
  close: '关闭',

  picture: '图片',
  size: (width, height) =>
    `${number(width)} × ${number(height)}` +
    (width * height >= 1e6
      ? `，${((width * height) / 1e6).toLocaleString('zh', { maximumFractionDigits: 1 })} 百万像素`
      : ''),
  before: '之前',
  after: '之后',
  compare: '前后对比的分界线',
  reduced: '缩小图片的预览',
  computing: (percent) => `整张图片：${percent}%`,
  pixelKeys: '方向键移动像素，加 Shift 移动十格，回车固定；加减号缩放，0 显示整张图片。',
  zoom: '图片大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  zoomWhole: '整张图片',
  zoomNow: (scale) => `${Math.round(100 * scale)} %`,
  pixelAt: (row, column) => `第 ${number(row)} 行、第 ${number(column)} 列`,
  kept: '已固定',
  colours: ['红', '绿', '蓝'],
  grey: '灰度',
  inspector: '指针下的像素',
  noPixel: '指向一个像素，按下可以固定。',
  openLens: '在放大镜中打开',
  openLensHint: (width, height) => `滤波器读到的 ${width} × ${height} 个数`,
  of: '/',
  spoken: (row, column, values) => `第 ${row} 行、第 ${column} 列：${values}`,

  histogram: '亮度分布',
  histogramLabel: (low, high) => `滤波前后各数值的个数。结果从 ${low} 到 ${high}。`,
  range: (low, high) => `结果从 ${low} 到 ${high}。`,
  nothingCut: '没有数值被截断。',
  cut: (below, above, share) =>
    `${[
      ...(below > 0 ? [`${number(below)} 个低于黑`] : []),
      ...(above > 0 ? [`${number(above)} 个高于白`] : []),
    ].join('，')}：${share} 的数值被截断。`,

  filters: '滤波器',
  filterNumber: (place) => `滤波器 ${place}`,
  addFilter: '添加滤波器',
  up: (name) => `${name} 提前`,
  down: (name) => `${name} 推后`,
  remove: (name) => `删除 ${name}`,
  isOn: (name) => `启用 ${name}`,
  noFilters: '没有滤波器，图片保持原样。',
  ownWeights: '自定义权重',

  kernel: '卷积核',
  smoothing: '平滑',
  sharpening: '锐化',
  edges: '找边缘',
  kernels: {
    identity: '不变',
    box: '均值',
    gaussian: '高斯',
    motion: '运动模糊',
    sharpen: '锐化',
    unsharp: 'USM 锐化',
    emboss: '浮雕',
    'article-emboss': '文章中的“浮雕”',
    'sobel-x': 'Sobel ↔',
    'sobel-y': 'Sobel ↕',
    'scharr-x': 'Scharr ↔',
    'scharr-y': 'Scharr ↕',
    'prewitt-x': 'Prewitt ↔',
    'prewitt-y': 'Prewitt ↕',
    laplacian: '拉普拉斯，四邻域',
    laplacian8: '拉普拉斯，八邻域',
    log: '高斯拉普拉斯',
    dog: '高斯差分',
    gabor: 'Gabor：条纹',
  },
  parameters: {
    sigma: 'σ',
    size: '尺寸',
    length: '长度',
    angle: '角度',
    amount: '强度',
    ratio: '比值',
    wavelength: '波长',
    aspect: '长宽比',
    phase: '相位',
  },
  automatic: '自动',
  rows: '行数',
  columns: '列数',
  weightAt: (row, column) => `权重第 ${row} 行、第 ${column} 列`,
  grid: (rows, columns) => `${rows} × ${columns} 个权重`,
  gridKeys: '方向键移动，输入数字修改权重，Delete 置 0。',
  draw: '画笔',
  pen: '画出的权重',
  turn: '旋转 180°',
  zeros: '全部置 0',
  paste: '粘贴矩阵',
  pasteLabel: '每行一行，或用分号分隔',
  pasteExample: '1 2 1\n2 4 2\n1 2 1',
  use: '使用',
  cancel: '取消',
  divisor: '除以',
  offset: '再加上',
  normalise: '使总和为 1',
  normaliseZero: '使正权重之和为 1',
  matrixFault: (fault) => {
    switch (fault.kind) {
      case 'empty':
        return '里面没有数字。'
      case 'word':
        return `“${fault.word}”不是数字。`
      case 'ragged':
        return `第 ${fault.row} 行有 ${fault.count} 个数，但第 1 行有 ${fault.first} 个。`
      case 'large':
        return `共有 ${fault.height} × ${fault.width} 个权重，最多只能 31 × 31。`
    }
  },
  kernelLarge: (width, height) =>
    `这个卷积核有 ${height} × ${width} 个权重，最多只能 31 × 31。请选小一点的参数。`,
  kernelFault: (message) => `没有这个卷积核：${message}`,
  notNumber: '不是数字，权重没有改变。',

  result: '结果',
  border: '边界',
  borders: {
    reflect: '镜像',
    symmetric: '镜像，含边缘',
    edge: '重复边缘',
    wrap: '接另一侧',
    zero: '黑色',
  },
  channels: '颜色',
  channelNames: {
    each: '各通道分别',
    luma: '亮度',
    red: '只看红',
    green: '只看绿',
    blue: '只看蓝',
  },
  alpha: '透明度',
  alphaNames: { keep: '保持不变', filter: '一起滤波', premultiply: '给颜色加权' },
  noAlpha: '没有透明像素',
  show: '显示方式',
  showNames: {
    auto: '自动',
    clip: '0 为黑，255 为白',
    offset: '0 在中间',
    abs: '不看符号',
    minmax: '拉满范围',
  },
  automaticShow: (name) => `自动：${name}`,
  linear: '线性光',
  place: '计算设备',
  places: { processor: '处理器', gpu: 'GPU' },
  gpuNamed: (name, isFallback) =>
    isFallback ? `GPU：${name}。速度慢：实际由处理器计算。` : `GPU：${name}。`,
  gpuMissing: {
    insecure: '没有 GPU：浏览器只允许 https 网页或本机网页使用 GPU。',
    browser: '没有 GPU：此浏览器不支持 WebGPU。',
    adapter: '没有 GPU：浏览器没有找到，或不使用它。',
  },

  facts: '它做了什么',
  rank: (rank, width, height) => {
    const products = width * height
    if (products === 1) return '每个值一个乘积。'
    if (rank === 0) return '所有权重都是 0。'
    if (rank === undefined || rank * (width + height) >= products)
      return `每个值 ${number(products)} 个乘积。秩为 ${rank ?? '?'}，先行后列并不更省。`
    return rank === 1
      ? `可分离：每个值 ${width} + ${height} 个乘积，而不是 ${number(products)} 个。`
      : `秩为 ${rank}：每个值 ${rank} × (${width} + ${height}) 个乘积，而不是 ${number(products)} 个。`
  },
  sum: (sum, isZero) => (isZero ? '权重总和为 0：平坦区域变成 0。' : `权重总和为 ${sum}。`),
  response: '频率响应',
  responseLabel: (flat, across, down) =>
    `每种波保留多少。平坦区域 × ${flat}，最细的条纹 ↔ × ${across}，↕ × ${down}。`,
  flat: '平坦',
  finestAcross: '最细 ↔',
  finestDown: '最细 ↕',
  plan: (algorithm, backend, predicted) => `${backend} 上的 ${algorithm}，预计 ${predicted} 毫秒`,
  planUntimed: (algorithm, backend) => `${backend} 上的 ${algorithm}`,
  planOf: '方案',
  time: (filters, whole) => `上次运行：滤波 ${filters} 毫秒，含像素 ${whole} 毫秒`,
  explain: '完整方案',
}
