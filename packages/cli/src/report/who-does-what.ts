/**
 * Lists which of these methods well-known libraries use, read from their sources. Nothing is
 * claimed about code that was not read.
 */

import type { Cell, Section, Words } from './section.ts'

interface SystemRow {
  readonly system: string
  readonly method: Words
  readonly source: string
}

export const systems: readonly SystemRow[] = [
  {
    system: 'PyTorch, CPU and GPU',
    method: {
      en:
        'chooses among twenty backends by shape and device: oneDNN (Mkldnn), cuDNN, NNPACK, ' +
        'XNNPACK, Winograd for depthwise 3×3, and finally im2col with a matrix product (Slow2d)',
      zh: '按形状与设备在二十种后端中选择：oneDNN（Mkldnn）、cuDNN、NNPACK、XNNPACK、3×3 逐通道的 Winograd，最后才是 im2col 加矩阵乘（Slow2d）',
    },
    source:
      '[ConvBackend in ' +
      'aten/src/ATen/native/ConvUtils.h](https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/ConvUtils.h)',
  },
  {
    system: 'ONNX Runtime, CPU',
    method: {
      en:
        'MLAS: a matrix product directly on the input for 1×1 kernels (GemmDirect); otherwise ' +
        'windows are expanded in parts, then multiplied (ExpandThenGemm, …Segmented); separate ' +
        'depthwise code in WebAssembly; NCHWc blocks on desktop processors',
      zh: 'MLAS：1×1 卷积核直接对输入做矩阵乘（GemmDirect），否则分段展开窗口再做矩阵乘（ExpandThenGemm 及分段版）；WebAssembly 中逐通道另有代码',
    },
    source:
      '[MLAS_CONV_ALGORITHM in ' +
      'onnxruntime/core/mlas/inc/mlas.h](https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/mlas/inc/mlas.h)',
  },
  {
    system: 'XNNPACK (TensorFlow.js wasm, TensorFlow Lite)',
    method: {
      en:
        'an operator for channels-last layers: it builds no im2col matrix but finds rows ' +
        'through a table of pointers (“indirect” matrix product)',
      zh: '面向通道在后布局的算子：不构建 im2col 矩阵，而是通过指针表找到各行（“间接”矩阵乘）',
    },
    source:
      '[xnn_create_convolution2d_nhwc_f32, ' +
      'google/XNNPACK](https://github.com/google/XNNPACK/blob/master/include/xnnpack.h)',
  },
  {
    system: 'OpenCV, filter2D',
    method: {
      en:
        'the direct sum for small kernels; products of spectra (DFT) from 130 taps (about ' +
        '11×11) with SSE3 for bytes and floats, and from 50 taps otherwise',
      zh: '小卷积核直接求和；有 SSE3 时字节与浮点从 130 点起（约 11×11）改用频域乘积（DFT），否则从 50 点起',
    },
    source:
      '[dft_filter_size in ' +
      'modules/imgproc/src/filter.dispatch.cpp](https://github.com/opencv/opencv/blob/4.x/modules/imgproc/src/filter.dispatch.cpp)',
  },
  {
    system: 'SciPy, signal.convolve',
    method: {
      en:
        'estimates both costs and uses the direct sum or one transform of the whole array ' +
        '(choose_conv_method); overlap-add is a separate call (oaconvolve)',
      zh: '估算两者后选择直接求和或整体变换（choose_conv_method）；重叠相加另有函数（oaconvolve）',
    },
    source:
      '[choose_conv_method in ' +
      'scipy/signal/_signaltools.py](https://github.com/scipy/scipy/blob/main/scipy/signal/_signaltools.py)',
  },
  {
    system: 'stridefold',
    method: {
      en:
        'direct sums without copies, separable passes, Winograd, products of spectra by ' +
        'overlap-save; im2col and the sparse matrix of the kernel for comparison',
      zh: '就地直接求和、可分离多次一维、Winograd、重叠保留的频域乘积；im2col 与稀疏矩阵用于比较',
    },
    source: '`stridefold plan CASE`',
  },
]

export function whoSection(): Section {
  return {
    id: 'who',
    title: { en: 'Who does what', zh: '谁用什么方法' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'Article 1 ends with “TensorFlow does exactly the same operations”. This is only ' +
            'partly true: few libraries build the matrix of windows today, and all of them ' +
            'choose among several methods.',
          zh: '文章 1 最后说“TensorFlow 执行完全相同的操作”。只对了一部分：如今很少有人真正构建窗口矩阵，而且各家都有多种方法并加以选择。',
        },
      },
      {
        kind: 'table',
        name: 'who-does-what',
        caption: {
          en: 'Read from their sources in November 2026; the links lead to the code.',
          zh: '2026 年 11 月读自各自的源代码；链接指向原处。',
        },
        head: [
          { en: 'system', zh: '系统' },
          { en: 'methods', zh: '方法' },
          { en: 'source', zh: '来源' },
        ],
        rows: systems.map(({ system, method, source }): Cell[] => [system, method, source]),
      },
    ],
  }
}
