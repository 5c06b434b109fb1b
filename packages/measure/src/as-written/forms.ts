/**
 * The ways in which the two articles compute a convolution, each as one call on a problem, so that
 * they can run beside the algorithms of stridefold.
 */

import { usualErrorBound } from '../check.ts'
import { channelsLast } from '../layouts.ts'
import type { Problem } from '../problem.ts'
import {
  type Allocated,
  im2colLoops,
  type Matrix,
  matrix,
  naiveConvolution,
  rowTimesMatrix,
  stridedWindows,
  windowsTimesColumn,
} from './article1.ts'
import { conv, convMatmul, type Image, type Volume } from './article2.ts'

/**
 * Article 1: two loops; their windows as columns; windows by strides, with the transpose that the
 * article forgot.
 */
export const article1Forms: Readonly<
  Record<
    'article: loops' | 'article: im2col' | 'article: strides',
    (x: Matrix, k: Matrix, allocated?: Allocated) => Matrix
  >
> = {
  'article: loops': (x, k, a) => naiveConvolution(x, k, 0, a),
  'article: im2col': (x, k, a) => rowTimesMatrix(k, im2colLoops(x, k, a), 0, a),
  'article: strides': (x, k, a) => windowsTimesColumn(k, stridedWindows(x, k, a), 0, a),
}

/** Article 2: its loops, and its matrix. */
const article2Forms: Readonly<
  Record<
    'article: conv' | 'article: conv_matmul',
    (x: Volume, k: Volume, allocated?: Allocated) => Image
  >
> = {
  'article: conv': (x, k, a) => conv(x, k, 1, 'SAME', a),
  'article: conv_matmul': (x, k, a) => convMatmul(x, k, 1, 'SAME', a),
}

/** The name of a function of an article, such as `article: conv_matmul`. */
export type ArticleFormName = keyof typeof article1Forms | keyof typeof article2Forms

/** One way of an article on one problem. */
export interface ArticleCall {
  readonly name: ArticleFormName
  /** Computes the result. `allocated` gets the bytes of every array that it makes. */
  readonly run: (allocated?: Allocated) => ArrayLike<number>
  /** As `Output.errorBound`. */
  readonly errorBound: number
}

/** Square planes in float64: a sum of n products has n roundings, and its products as many. */
export function article1Calls({ x, k, geometry }: Problem): ArticleCall[] {
  const [rows, taps] = [geometry.axes[0]!.input, geometry.axes[0]!.kernel]
  const [input, kernel] = [matrix(rows, rows, x.data), matrix(taps, taps, k.data)]
  const errorBound = 2 * taps * taps * 2 ** -52
  return Object.entries(article1Forms).map(([name, form]) => ({
    ...{ name: name as ArticleFormName, errorBound },
    run: (allocated) => form(input, kernel, allocated).data,
  }))
}

/** Square pictures with their channels last, and one filter. */
export function article2Calls({ x, k, geometry, inputShape, kernelShape }: Problem): ArticleCall[] {
  const volume = (data: Float32Array, [, channels = 1, rows = 1, columns = 1]: readonly number[]) =>
    ({ shape: [rows, columns, channels], data }) as const
  const [input, kernel] = [
    volume(channelsLast(Float32Array.from(x.data), inputShape), inputShape),
    volume(channelsLast(Float32Array.from(k.data), kernelShape), kernelShape),
  ]
  const errorBound = usualErrorBound(geometry)
  return Object.entries(article2Forms).map(([name, form]) => ({
    ...{ name: name as ArticleFormName, errorBound },
    run: (allocated) => form(input, kernel, allocated).data,
  }))
}
