/**
 * The texts of the flip view, and which libraries turn the kernel.
 */

import type { Language } from '../../state/state.ts'
import type { Place } from '../stage-model.ts'
import type { Symmetry, Way } from './flip-pair.ts'
import { inLanguage } from './language.ts'

export interface FlipFacts {
  readonly symmetry: Symmetry
  /** The results of both ways at the window. */
  readonly correlation: string
  readonly convolution: string
  /** How many results of the shown ones differ. */
  readonly differing: number
  readonly shown: number
}

export interface FlipText {
  readonly pages: Readonly<Record<'results' | 'libraries', string>>
  readonly ways: string
  readonly way: Readonly<Record<Way, { readonly name: string; readonly kernel: string }>>
  readonly products: (way: string) => string
  readonly productName: (place: Place, sum: string) => string
  readonly turnName: (degrees: number) => string
  readonly turn: string
  readonly angle: string
  readonly differences: string
  readonly differing: (differing: number, shown: number) => string
  readonly differenceName: (place: Place, value: string) => string
  readonly caption: (facts: FlipFacts) => { readonly title: string; readonly rest: string }
  readonly library: string
  readonly turning: Readonly<Record<Way, string>>
  readonly librariesCaption: { readonly title: string; readonly rest: string }
}

const en: FlipText = {
  pages: { results: 'Results', libraries: 'Libraries' },
  ways: 'What the page computes',
  way: {
    correlation: { name: 'Correlation', kernel: 'as given' },
    convolution: { name: 'Convolution', kernel: 'turned' },
  },
  products: (way) => `Products of the ${way.toLowerCase()}`,
  productName: ({ x, y }, sum) => `row ${y + 1}, column ${x + 1} of the window: ${sum}`,
  turnName: (degrees) => `The kernel, turned by ${degrees}°`,
  turn: 'Turn',
  angle: 'Angle of the kernel',
  differences: 'Convolution − correlation',
  differing: (differing, shown) =>
    differing === 0 ? `all ${shown} results agree` : `${differing} of ${shown} results differ`,
  differenceName: ({ x, y }, value) => `output row ${y + 1}, column ${x + 1}: difference ${value}`,
  caption: ({ symmetry, correlation, convolution }) =>
    symmetry === 'same'
      ? {
          title: 'Turning changes nothing.',
          rest:
            'This kernel is symmetric: convolution and correlation have the same products, and ' +
            `both give ${correlation}.`,
        }
      : symmetry === 'negated'
        ? {
            title: 'Turning only changes the sign.',
            rest:
              'Every weight has the opposite sign, and so has every sum. ' +
              `Here: ${correlation} and ${convolution}.`,
          }
        : {
            title: 'Turned by 180°, it is another kernel.',
            rest:
              'Correlation multiplies the first sample by the first weight, convolution by the ' +
              `last. Here: ${correlation} and ${convolution}.`,
          },
  library: 'library',
  turning: { convolution: 'turns the kernel', correlation: 'does not turn it' },
  librariesCaption: {
    title: 'One name, two operations.',
    rest:
      'Signal processing turns the kernel, deep learning does not, and both call it convolution. ' +
      'For equal results, turn the kernel once.',
  },
}

const zh: FlipText = {
  pages: { results: '结果', libraries: '各个库' },
  ways: '本页计算的运算',
  way: {
    correlation: { name: '互相关', kernel: '原样' },
    convolution: { name: '卷积', kernel: '旋转 180°' },
  },
  products: (way) => `${way}的乘积`,
  productName: ({ x, y }, sum) => `窗口第 ${y + 1} 行第 ${x + 1} 列：${sum}`,
  turnName: (degrees) => `旋转 ${degrees}° 的卷积核`,
  turn: '旋转',
  angle: '卷积核的角度',
  differences: '卷积 − 互相关',
  differing: (differing, shown) =>
    differing === 0 ? `${shown} 个结果全部相同` : `${shown} 个结果中有 ${differing} 个不同`,
  differenceName: ({ x, y }, value) => `输出第 ${y + 1} 行第 ${x + 1} 列：差 ${value}`,
  caption: ({ symmetry, correlation, convolution }) =>
    symmetry === 'same'
      ? {
          title: '旋转不改变任何结果。',
          rest: `这个卷积核是对称的，卷积与互相关的乘积相同，结果都是 ${correlation}。`,
        }
      : symmetry === 'negated'
        ? {
            title: '旋转只改变符号。',
            rest: `每个权重都变号，每个和也变号。这里是 ${correlation} 和 ${convolution}。`,
          }
        : {
            title: '旋转 180° 后，卷积核就不同了。',
            rest: `互相关用第一个权重乘第一个样本，卷积则用最后一个。这里是 ${correlation} 和 ${convolution}。`,
          },
  library: '库',
  turning: { convolution: '旋转卷积核', correlation: '不旋转' },
  librariesCaption: {
    title: '同一个名字，两种运算。',
    rest: '信号处理旋转卷积核，深度学习不旋转，两者都叫卷积。要得到相同的结果，先把卷积核旋转一次。',
  },
}

const texts: Readonly<Record<Language, FlipText>> = { en, zh }

export const flipText = (): FlipText => inLanguage(texts)

/** The calls of each library. A library may have only one of the two. */
export const libraries: readonly (Readonly<Record<Way, string>> & { readonly name: string })[] = [
  { name: 'stridefold', convolution: 'convolve', correlation: 'correlate, conv2d' },
  { name: 'NumPy', convolution: 'convolve', correlation: 'correlate' },
  { name: 'SciPy', convolution: 'signal.convolve', correlation: 'signal.correlate' },
  { name: 'MATLAB', convolution: 'conv2', correlation: 'filter2' },
  { name: 'PyTorch', convolution: '', correlation: 'conv2d' },
  { name: 'TensorFlow', convolution: '', correlation: 'nn.conv2d' },
  { name: 'OpenCV', convolution: '', correlation: 'filter2D' },
  { name: 'sharp', convolution: '', correlation: 'convolve' },
]
