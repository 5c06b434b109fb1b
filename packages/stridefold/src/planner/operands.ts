/**
 * The arrays of a run as a plan takes them: in the compute type, checked, and where they lie in
 * memory.
 */

import { OptionError } from '../errors.ts'
import { checkedBias } from '../geometry/bias.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { copy, contiguousCopy, overlaps } from '../ndarray/copy.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { memoryBounds } from '../ndarray/layout.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { ExternalLayout } from '../program/backend.ts'
import type { Problem } from './problem.ts'

/** The arrays of one run in canonical order. */
export interface Operands {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly output: NdArray
}

/** The kernel in the compute type. */
export function toComputeType(kernel: NdArray, dtype: ComputeDType): NdArray {
  if (kernel.dtype === dtype) return kernel
  const converted = allocateArray(kernel.shape, dtype)
  copy(kernel, converted)
  return converted
}

export function biasOf({ geometry: g, call }: Problem, bias: unknown): NdArray | undefined {
  if (bias === undefined) return undefined
  return toComputeType(
    contiguousCopy(promoteUntyped(checkedBias(call, bias, g.filters), g.dtype)),
    g.dtype,
  )
}

/**
 * An array that a result is written into. Lists, and tensors that hand out a copy, would never show
 * it.
 */
export function outArray(out: unknown): NdArray {
  const array = asNdArray(out, 'out')
  if (
    array === out ||
    array.data === out ||
    array.data === (out as { readonly data?: unknown }).data
  )
    return array
  throw new OptionError(
    'OUT_READ_ONLY',
    'out holds its numbers where no result can be written (a list, or a tensor that hands ' +
      'out a copy). Give a typed array, or an array from zeros().',
  )
}

export function checkOut(out: NdArray, problem: Problem, operands: readonly NdArray[]): void {
  checkShape(`${problem.call}: out`, out, problem.outputShape)
  if (out.dtype !== problem.resultDType) {
    throw new OptionError(
      'DTYPE_MISMATCH',
      `${problem.call}: out is ${out.dtype}, but the result is ${problem.resultDType}. Give ` +
        `out of that type, or dtype: '${out.dtype}'.`,
    )
  }
  if (!out.writable)
    throw new OptionError(
      'OUT_READ_ONLY',
      `${problem.call}: out is a read-only view. Give an array that may be written.`,
    )
  if (operands.some((x) => overlaps(out, x))) {
    throw new OptionError(
      'OUT_OVERLAPS',
      `${problem.call}: out shares memory with an operand, which would be overwritten while ` +
        'it is read. Give an array of its own.',
    )
  }
}

/** Where a canonical array's elements lie around its first one. */
export function externalOf(x: NdArray): ExternalLayout {
  if (x.shape.includes(0)) return { span: 0, lowest: 0, inBackendMemory: false }
  const [first, last] = memoryBounds(x.shape, x.strides, 0)
  return { span: last - first + 1, lowest: first, inBackendMemory: isInBackendMemory(x) }
}
