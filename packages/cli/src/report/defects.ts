/**
 * Shows where the articles are wrong or incomplete. Their code runs unchanged beside the right
 * computation, and both results are shown.
 */

import {
  asUint8,
  conv,
  convMatmul,
  dotAsWritten,
  matrix,
  naiveConvolution,
  padding,
  stridedWindows,
  type Volume,
  windowsTimesColumn,
} from '@stridefold/measure/articles'
import {
  analyzeKernel,
  contiguous,
  convolve,
  correlate,
  geometry,
  type NdArray,
  ndarray,
  outputShape,
  slidingWindows,
  toNested,
} from 'stridefold/sync'
import { emboss, sampleVolume } from './emboss.ts'
import type { Cell, Section, Words } from './section.ts'

/** One defect: `theirs` is the result of the article, `ours` the right one. */
export interface Defect {
  readonly row: string
  readonly claim: Words
  readonly theirs: Words | string
  readonly ours: Words | string
}

const list = (values: ArrayLike<number>, digits = 2): string =>
  `[${Array.from(values, (v) => Number(v.toFixed(digits))).join(', ')}]`

/**
 * The message of the error that `work` throws. If it does not throw, the claim in the report is
 * wrong, which is an error.
 */
function errorMessageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('the code of the article should fail here, but it did not')
}

/** The input and kernel of the article, and an input that is not symmetric. */
const x3 = matrix(3, 3, [3, 9, 0, 2, 8, 1, 1, 4, 8])
const k2 = matrix(2, 2, [8, 9, 4, 4])
const x4 = matrix(4, 4, [1, 7, 2, 0, 3, 1, 8, 4, 5, 2, 6, 9, 0, 3, 1, 2])
const valid = (
  x: ArrayLike<number>,
  shape: readonly number[],
  k: ArrayLike<number>,
  taps: readonly number[],
  bias = 0,
): NdArray =>
  correlate(ndarray(Float64Array.from(x), shape), ndarray(Float64Array.from(k), taps), {
    mode: 'valid',
    bias,
  })

function volume(
  height: number,
  width: number,
  channels: number,
  value: (i: number) => number,
): Volume {
  return {
    shape: [height, width, channels],
    data: Float32Array.from({ length: height * width * channels }, (_, i) => value(i)),
  }
}

export function defects(): Defect[] {
  const stale = matrix(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  const windows4 = slidingWindows(ndarray(Float64Array.from(x4.data), [4, 4]), [2, 2])
  const article4 = errorMessageOf(() => dotAsWritten(k2, stridedWindows(x4, k2), 0))
  const tall = volume(5, 7, 1, (i) => (i * 5) % 11)
  const wide: Volume = volume(3, 5, 1, (i) => i - 7)
  const convResult = conv(
    tall,
    volume(3, 3, 1, () => 1),
    1,
    'VALID',
  )
  const expectedShape = outputShape('correlate', [5, 7], [3, 3], { mode: 'valid' })
  const seven = padding([7, 7], 'SAME')
  const tensorflow = geometry('conv2d', [1, 1, 224, 224], [1, 1, 7, 7], {
    stride: 2,
    padding: 'same',
  }).axes[0]!
  const laplacian = analyzeKernel(
    ndarray([
      [0.1, 0.1, 0.1],
      [0.1, -0.8, 0.1],
      [0.1, 0.1, 0.1],
    ]),
  )
  const image = sampleVolume()
  const filtered = conv(image, { shape: [3, 3, 3], data: emboss }, 1).data
  const wrapped = asUint8(filtered)
  const negative = filtered.filter((v) => v < 0).length
  const signal = [1, 2, 4, 8]
  const weights = [1, 0, -1]
  const matmul35 = errorMessageOf(() => conv(tall, wide, 1))
  const right35 = correlate(
    ndarray(Float64Array.from(tall.data), [5, 7]),
    ndarray(Float64Array.from(wide.data), [3, 5]),
  )
  const swapped = convMatmul(tall, wide, 1)
  return [
    {
      row: 'D-01',
      claim: {
        en:
          'Article 1 takes its windows from x, an array of an earlier example, instead of the ' +
          'input.',
        zh: '文章 1 从先前例子中的数组 x 取窗口，而不是从输入。',
      },
      theirs: list(windowsTimesColumn(k2, stridedWindows(stale, k2), 0.06).data),
      ours: list(naiveConvolution(x3, k2, 0.06).data),
    },
    {
      row: 'D-02',
      claim: {
        en:
          'Its reshape uses kernel.shape[0]*2 columns, which is right only for a 2×2 kernel. ' +
          'Here with 3×3.',
        zh: '它的 reshape 写了 kernel.shape[0]*2 列：只有 2×2 卷积核可行。这里用 3×3。',
      },
      theirs: errorMessageOf(() => stridedWindows(x4, matrix(3, 3, new Array(9).fill(1)))),
      ours: list(valid(x4.data, [4, 4], new Array(9).fill(1), [3, 3]).data),
    },
    {
      row: 'D-03',
      claim: {
        en:
          'The windows are in rows, but the product needs them in columns. The 3×3 example hides ' +
          'this, because its matrix is square and symmetric. Here with 4×4.',
        zh: '窗口在行里，而乘积需要列。3×3 的例子掩盖了它：那里矩阵是方阵且对称。这里用 4×4。',
      },
      theirs: `3×3: ${list(dotAsWritten(k2, stridedWindows(x3, k2), 0.06).data)}; 4×4: ${article4}`,
      ours: `4×4: ${list(valid(x4.data, [4, 4], k2.data, [2, 2]).data)}`,
    },
    {
      row: 'D-04',
      claim: {
        en: 'Only square inputs work: both extents of the output are rows − k + 1. Here 3 × 5.',
        zh: '只支持方形输入：输出行列都按行数计算。这里用 3 × 5。',
      },
      theirs: {
        en: `${naiveConvolution(matrix(3, 5, signalOf(15)), k2, 0).data.length} results`,
        zh: `${naiveConvolution(matrix(3, 5, signalOf(15)), k2, 0).data.length} 个结果`,
      },
      ours: {
        en: `${valid(signalOf(15), [3, 5], k2.data, [2, 2]).data.length} results, 2 × 4`,
        zh: `${valid(signalOf(15), [3, 5], k2.data, [2, 2]).data.length} 个结果，2 × 4`,
      },
    },
    {
      row: 'D-05',
      claim: {
        en:
          '“MKL-DNN is Intel’s BLAS”: it is a library of layers with direct sums, Winograd and ' +
          'matrix products. PyTorch chooses among twenty backends.',
        zh: '“MKL-DNN 是 Intel 的 BLAS”：它是网络层的库，含直接求和、Winograd 与矩阵乘；PyTorch 在二十种后端中选择。',
      },
      theirs: { en: 'one product', zh: '一次矩阵乘' },
      ours: { en: 'see “Who does what”', zh: '见“谁用什么方法”' },
    },
    {
      row: 'D-06',
      claim: {
        en:
          'The article says that the view of windows saves memory. But the reshape before the ' +
          'product copies all windows.',
        zh: '据说窗口视图省去了内存开销，但乘积之前的 reshape 全部复制。',
      },
      theirs: {
        en: `${contiguous(windows4).data.byteLength} bytes copied of 128`,
        zh: `由 128 字节复制出 ${contiguous(windows4).data.byteLength} 字节`,
      },
      ours: {
        en:
          `${windows4.data.byteLength - 128} bytes: the view of shape ` +
          `${windows4.shape.join(' × ')} is used without a copy`,
        zh: `${windows4.data.byteLength - 128} 字节：形状 ${windows4.shape.join(' × ')} 的视图就地参与计算`,
      },
    },
    {
      row: 'D-07',
      claim: {
        en: 'Article 2’s conv takes a mode and ignores it. Here VALID, 5 × 7 by 3 × 3.',
        zh: '文章 2 的 conv 接受 mode 却不使用。这里 VALID，5 × 7 与 3 × 3。',
      },
      theirs: `${convResult.height} × ${convResult.width}`,
      ours: expectedShape.join(' × '),
    },
    {
      row: 'D-08',
      claim: {
        en: 'Its slices swap height and width of the kernel. Here a 3 × 5 kernel.',
        zh: '切片时交换了卷积核的高与宽。这里用 3 × 5 卷积核。',
      },
      theirs: `conv: ${matmul35}; conv_matmul: ${list(swapped.data.subarray(0, 4))} …`,
      ours: `${list(right35.data.subarray(0, 4))} …`,
    },
    {
      row: 'D-09',
      claim: {
        en: 'SAME ignores the stride. TensorFlow and ONNX use it: n = 224, k = 7, stride 2.',
        zh: 'SAME 没有考虑步幅，而 TensorFlow 与 ONNX 考虑：n = 224，k = 7，步幅 2。',
      },
      theirs: `(${seven[0]}, ${seven[2]})`,
      ours: `(${tensorflow.before}, ${tensorflow.after})`,
    },
    {
      row: 'D-10',
      claim: {
        en: 'The “emboss” kernel is symmetric in all directions and sums to 0.',
        zh: '所谓“浮雕”卷积核各向相同，且和为 0。',
      },
      theirs: { en: 'emboss', zh: '浮雕' },
      ours: {
        en: `sum ${laplacian.sum.toFixed(2)}: a Laplacian, which shows edges`,
        zh: `和为 ${laplacian.sum.toFixed(2)}：拉普拉斯算子，显示边缘`,
      },
    },
    {
      row: 'D-11',
      claim: {
        en: 'Its result is cast to uint8, so negative values wrap around.',
        zh: '结果直接转成 uint8，负值回绕。',
      },
      theirs: {
        en: `${countAbove(wrapped, 200)} of ${wrapped.length} pixels brighter than 200`,
        zh: `${wrapped.length} 个像素中 ${countAbove(wrapped, 200)} 个亮于 200`,
      },
      ours: {
        en:
          `${countAbove(Uint8ClampedArray.from(filtered), 200)} with saturation; ${negative} ` +
          'results were negative',
        zh: `饱和处理后 ${countAbove(Uint8ClampedArray.from(filtered), 200)} 个；其中 ${negative} 个结果为负`,
      },
    },
    {
      row: 'D-12',
      claim: {
        en: 'The article defines the flip of the kernel, but computes a correlation.',
        zh: '先定义了翻转，随后却忘了：实际计算的是互相关。',
      },
      theirs: list(toNested(correlate(signal, weights)) as number[]),
      ours: list(toNested(convolve(signal, weights)) as number[]),
    },
    {
      row: 'D-13',
      claim: {
        en:
          'Neither article covers gradients, dilation, groups, transposed layers, FFT, Winograd, ' +
          'separable kernels, accuracy, borders other than zeros, alpha or NaN.',
        zh: '两篇文章都没有：梯度、空洞、分组、转置层、FFT、Winograd、可分离核、精度、零以外的边界、透明通道、NaN。',
      },
      theirs: '–',
      ours: { en: 'stridefold has calls for all of these', zh: 'stridefold 均可调用' },
    },
  ]
}

const signalOf = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * 7) % 5)
const countAbove = (values: ArrayLike<number>, level: number): number =>
  Array.from(values).filter((v) => v > level).length

export function defectsSection(): Section {
  const rows = defects().map(({ row, claim, theirs, ours }): Cell[] => [row, claim, theirs, ours])
  return {
    id: 'defects',
    title: { en: 'Where the articles are wrong or incomplete', zh: '文章的错误与不完整之处' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'The code of the articles runs unchanged on small arrays that are neither square ' +
            'nor symmetric, so no error stays hidden. Middle: its result. Right: the right ' +
            'result, by stridefold.',
          zh: '原样运行文章的代码，所用小例子既非方形也不对称，不掩盖任何问题。中：它的结果；右：stridefold 的正确结果。',
        },
      },
      {
        kind: 'table',
        name: 'defects',
        caption: {
          en: 'Thirteen defects, each run for this report.',
          zh: '共十三处，均刚刚运行。',
        },
        head: [
          { en: 'row', zh: '条目' },
          { en: 'what', zh: '内容' },
          { en: 'as written', zh: '照文章' },
          { en: 'right', zh: '正确' },
        ],
        rows,
      },
    ],
  }
}
