/** Computes a case of exact-case.ts with stridefold. */

import {
  conv1d,
  conv2d,
  conv3d,
  convolve,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  correlate,
  type NdArray,
  ndarray,
} from 'stridefold/sync'
import { type ExactCase, integerTypes, numbersOf } from './exact-case.ts'

/** The arrays of a case as its call takes them. */
function exactArrays({ call, x, kernel, input }: ExactCase): {
  readonly x: NdArray
  readonly kernel: NdArray
} {
  const first = call === 'convolve' || call === 'correlate' ? 2 : 0
  const samples = integerTypes[input].create(x.data)
  return {
    x: ndarray(samples, x.shape.slice(first)),
    kernel: ndarray(Float32Array.from(numbersOf(kernel)), kernel.shape.slice(first)),
  }
}

type Compute = (x: NdArray, kernel: NdArray, options: object) => NdArray

const calls: Readonly<Record<ExactCase['call'], readonly Compute[]>> = {
  convolve: [convolve, convolve, convolve],
  correlate: [correlate, correlate, correlate],
  conv: [conv1d, conv2d, conv3d],
  convTranspose: [convTranspose1d, convTranspose2d, convTranspose3d],
}

/** Computes a case with stridefold; `options` are added to those of the case. */
export function computeExactCase(c: ExactCase, options: object): NdArray {
  const { x, kernel } = exactArrays(c)
  return calls[c.call][c.axes.length - 1]!(x, kernel, { ...c.options, ...options })
}
