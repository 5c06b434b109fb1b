/**
 * How do the arrays of a run lie in memory? Their dtypes, strides and places, without their data.
 */

import type { KernelProperties, OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { memorySpanOf } from '../ndarray/memory.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import { inputInOrder, kernelInOrder } from './axis-orders.ts'
import { isIntegerResult, type Problem, type Question } from './problem.ts'

/** The arrays of one run in canonical order. */
export interface Operands {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly output: NdArray
}

/** The dtype and the strides of an array in canonical order. */
export const layoutOf = (x: NdArray): OperandLayout => ({
  dtype: x.dtype,
  outer: x.strides[0]!,
  channel: x.strides[1]!,
  axes: x.strides.slice(2),
})

/**
 * The problem of a question on these arrays. Reads no element. `values`: what is known of those of
 * the kernel.
 */
export function problemOf(
  question: Question,
  { input, kernel, bias, output }: Operands,
  values?: KernelProperties,
): Problem {
  const { offset, activation, padAdjoints } = question
  const descriptors: OperandDescriptors = {
    input: layoutOf(input),
    kernel: layoutOf(kernel),
    output: layoutOf(output),
    bias: bias !== undefined,
    offset,
    ...(activation === undefined ? {} : { activation }),
    ...(padAdjoints === undefined ? {} : { padAdjoints }),
    ...(values === undefined ? {} : { values }),
  }
  return {
    ...question,
    descriptors,
    spans: {
      input: memorySpanOf(input),
      kernel: memorySpanOf(kernel),
      output: memorySpanOf(output),
      ...(bias === undefined ? {} : { bias: memorySpanOf(bias) }),
    },
  }
}

/**
 * Placeholders for contiguous arrays on the heap, in canonical order. The kernel has the compute
 * type. So has the input, but for an integer result it has the type of the result: bytes in, bytes
 * out.
 */
export function contiguousOperands(
  question: Question,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  hasBias: boolean,
): Operands {
  const { geometry: g, orders, outputShape, resultDType } = question
  return {
    input: inputInOrder(
      placeholder(inputShape, isIntegerResult(question) ? resultDType : g.dtype),
      orders,
    ),
    kernel: kernelInOrder(placeholder(kernelShape, g.dtype), orders),
    bias: hasBias ? placeholder([g.filters], g.dtype) : undefined,
    output: inputInOrder(placeholder(outputShape, resultDType), orders),
  }
}
