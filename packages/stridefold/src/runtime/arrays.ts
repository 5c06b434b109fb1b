/** Prepares the arrays of a run: converts them to the compute type and checks them. */

import { OptionError } from '../errors.ts'
import { validateBias } from '../geometry/bias.ts'
import { asShaped, checkShape } from '../ndarray/check-shape.ts'
import { contiguousCopy, copy, overlaps } from '../ndarray/copy.ts'
import { type ComputeDType, dtypeOf } from '../ndarray/dtype.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { allocateArray, isOnGpu, type MemoryKind } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Question } from '../problem/problem.ts'

/** Returns the kernel in the compute type; a copy only if its dtype differs. */
export function toComputeType(kernel: NdArray, dtype: ComputeDType): NdArray {
  if (kernel.dtype === dtype) return kernel
  const converted = allocateArray(kernel.shape, dtype)
  copy(kernel, converted)
  return converted
}

/** Returns the bias as a contiguous array in the compute type, one number per filter. */
export function biasOf({ geometry: g, call }: Question, bias: unknown): NdArray | undefined {
  if (bias === undefined) return undefined
  return toComputeType(
    contiguousCopy(promoteUntyped(validateBias(call, bias, g.filters), g.dtype)),
    g.dtype,
  )
}

/**
 * Returns the array for a result of this shape; a typed array only needs as many elements. Throws
 * for a list, and for a tensor that returns a copy of its data: the caller would never see the
 * result. `checkOut` checks the rest.
 */
export function outArray(call: string, out: unknown, shape: readonly number[]): NdArray {
  if (dtypeOf(out) !== undefined) return asShaped(`${call}: out`, out, shape)
  const array = asNdArray(out, 'out')
  const { data } = out as { readonly data?: unknown }
  if (array === out || array.data === data || isOnGpu(array)) return array
  throw new OptionError(
    'OUT_READ_ONLY',
    'no result can be written into out: it is a list, or a tensor that returns a copy of its ' +
      'data. Give a typed array, or an array from zeros().',
  )
}

/** Where the caller wants the result. */
interface ResultPlace {
  readonly out?: object | undefined
  readonly memory?: MemoryKind | undefined
}

/**
 * The array for the result of a run on `x`: that of the caller, or a new one in the memory of the
 * backend, or on the GPU. Undefined if the run makes one on the heap.
 */
export function resultArray(
  { call, outputShape, storedDType }: Question,
  { out, memory }: ResultPlace,
  x: NdArray,
): NdArray | undefined {
  if (out !== undefined) return outArray(call, out, outputShape)
  const place = memory ?? (isOnGpu(x) ? 'gpu' : 'heap')
  return place === 'heap' ? undefined : allocateArray(outputShape, storedDType, place)
}

/** Throws `OptionError` unless the result fits into `out` and `out` overlaps no operand. */
export function checkOut(
  out: NdArray,
  question: Pick<Question, 'call' | 'outputShape' | 'resultDType'>,
  operands: readonly NdArray[],
): void {
  checkShape(`${question.call}: out`, out, question.outputShape)
  if (out.dtype !== question.resultDType) {
    throw new OptionError(
      'DTYPE_MISMATCH',
      `${question.call}: out is ${out.dtype}, but the result is ${question.resultDType}. Give ` +
        `out of that type, or dtype: '${out.dtype}'.`,
    )
  }
  if (!out.writable)
    throw new OptionError(
      'OUT_READ_ONLY',
      `${question.call}: out is a read-only view. Give a writable array.`,
    )
  if (operands.some((x) => overlaps(out, x))) {
    throw new OptionError(
      'OUT_OVERLAPS',
      `${question.call}: out shares memory with an operand, so the result would overwrite ` +
        'samples that are still needed. Give a separate array.',
    )
  }
}
