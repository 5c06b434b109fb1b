/**
 * How does an array begin? Around a typed array that exists, from plain numbers, or as zeros.
 *
 * Typed arrays are wrapped, never copied. Plain numbers have no dtype of their own: they are stored
 * as float32 and remembered as they came (see `untyped.ts`). Only `memory: 'backend'` moves
 * elements of a typed array.
 */

import { OptionError } from '../errors.ts'
import { contiguousCopy } from './copy.ts'
import { describeValue } from './describe-value.ts'
import {
  validateDType,
  type DType,
  dtypeOf,
  type TypedArray,
  type TypedArrays,
  typedArrayNames,
} from './dtype.ts'
import { elementCount } from './layout.ts'
import { allocateArray, type MemoryKind } from './memory.ts'
import { validateShape, maxAxes, type NdArray, view } from './ndarray.ts'
import { checkedOptions } from './options.ts'

/**
 * Numbers in nested arrays, all of a depth and, at each depth, of a length; a single number is an
 * array of rank 0.
 */
export type NestedNumbers = number | readonly NestedNumbers[]

export interface CreateOptions {
  /**
   * Distance between neighbours along each axis, in elements; may be zero or negative. Default:
   * dense, the last axis contiguous.
   */
  readonly strides?: readonly number[]
  /** Element of `data` at index [0, 0, …]. Default 0. */
  readonly offset?: number
  /**
   * `'backend'` copies into the memory of the backend, where it is used without a copy until
   * `release()`. Default `'heap'`.
   *
   * That memory is shared (`data.buffer` is a `SharedArrayBuffer`). In pages that may not share
   * memory, because they are not cross-origin isolated, such an array lies on the heap and runs
   * copy it.
   *
   * The memory is given back when nothing refers to the array: neither the array, nor a view of it,
   * nor `data`, nor a typed array over part of it that `ndarray` or a call has seen. A
   * `data.subarray(…)` that nothing has seen does not keep it: wrap it with `ndarray`.
   */
  readonly memory?: MemoryKind
}

/**
 * An array over a typed array, without copying, or from nested JavaScript numbers, copied.
 *
 * - `data`: a typed array (its type is the dtype), or nested numbers: float32, or float64 where
 *   they meet a float64 operand.
 * - `shape`: extents per axis. Default: rank 1 for a typed array, the nesting for numbers. Without
 *   `strides` and `offset` it must hold exactly the elements of `data`; with one of them it may be
 *   any window that lies inside.
 *
 * Throws `OptionError` for ragged nesting (naming the place), unknown element types and windows
 * that leave the data; `UnavailableError` where `memory: 'backend'` cannot be served.
 *
 * @example ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3])
 * @example ndarray([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
 */
export function ndarray<T extends TypedArray>(
  data: T,
  shape?: readonly number[],
  options?: CreateOptions,
): NdArray<T>
export function ndarray(
  data: NestedNumbers,
  shape?: readonly number[],
  options?: CreateOptions,
): NdArray<Float32Array>
export function ndarray(
  data: TypedArray | NestedNumbers,
  shape?: readonly number[],
  given?: CreateOptions,
): NdArray {
  const options = checkedOptions('ndarray', given, ['strides', 'offset', 'memory'])
  const source = isTypedArray(data)
    ? { data, shape: [data.length], untyped: undefined }
    : fromNested(data)
  const extents = shape === undefined ? source.shape : validateShape(shape)
  const isWindow = options.strides !== undefined || options.offset !== undefined
  if (!isWindow && elementCount(extents) !== source.data.length) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `shape [${extents}] has ${elementCount(extents)} elements, but data holds ` +
        `${source.data.length}. Give a shape that holds them all, or strides or an offset if a ` +
        'part is meant.',
    )
  }
  const x = view(source.data, extents, { ...options, untyped: source.untyped })
  return options.memory === undefined || options.memory === 'heap'
    ? x
    : contiguousCopy(x, options.memory)
}

/**
 * A dense array of zeros.
 *
 * - `dtype`: default `'float32'`.
 * - `memory`: `'backend'` puts it where the backend uses it without a copy, as input or as `out`,
 *   until `release()`. Default `'heap'`.
 *
 * Throws `OptionError` for a shape that is none, `UnavailableError` where the memory does not
 * suffice.
 *
 * @example const out = zeros([480, 640], 'uint8')
 */
export function zeros<D extends DType = 'float32'>(
  shape: readonly number[],
  dtype?: D,
  options?: { readonly memory?: MemoryKind },
): NdArray<TypedArrays[D]> {
  const { memory } = checkedOptions('zeros', options, ['memory'])
  // The dtype that was asked for, or float32, is the one that comes back: only the type system
  // cannot follow.
  return allocateArray(validateShape(shape), validateDType(dtype ?? 'float32'), memory) as NdArray<
    TypedArrays[D]
  >
}

const isTypedArray = (data: unknown): data is TypedArray => dtypeOf(data) !== undefined

function fromNested(numbers: unknown): {
  data: Float32Array
  shape: readonly number[]
  untyped: Float64Array
} {
  if (!Array.isArray(numbers) && typeof numbers !== 'number') {
    throw new OptionError(
      'DATA_INVALID',
      `data is ${describeValue(numbers)}. Give a typed array (${typedArrayNames}), or ` +
        'numbers in nested arrays; arrays of other libraries go into the calls as they are.',
    )
  }
  const shape: number[] = []
  for (let level: unknown = numbers; Array.isArray(level); level = level[0]) {
    // Also what ends the descent into an array that contains itself.
    if (shape.push(level.length) > maxAxes)
      throw new OptionError('DATA_INVALID', `data is nested more than ${maxAxes} deep.`)
  }
  const untyped = new Float64Array(elementCount(shape))
  writeLevel(numbers, { shape, path: [], target: untyped }, 0)
  return { data: Float32Array.from(untyped), shape, untyped }
}

interface Nesting {
  readonly shape: readonly number[]
  /** Where in the nesting we are; grows and shrinks with the descent. */
  readonly path: number[]
  readonly target: Float64Array
}

/**
 * Writes the numbers below `level` from element `at` on, in row-major order; returns the element
 * after the last.
 */
function writeLevel(level: unknown, nesting: Nesting, at: number): number {
  const { shape, path, target } = nesting
  const extent = shape[path.length]
  if (extent === undefined) {
    if (typeof level !== 'number') throw misfit(level, path, 'a number')
    target[at] = level
    return at + 1
  }
  if (!Array.isArray(level) || level.length !== extent)
    throw misfit(level, path, `an array of ${extent}`)
  let next = at
  for (let i = 0; i < extent; i++) {
    path.push(i)
    next = writeLevel(level[i], nesting, next)
    path.pop()
  }
  return next
}

function misfit(level: unknown, path: readonly number[], expected: string): OptionError {
  const place = `data${path.map((i) => `[${i}]`).join('')}`
  const model = path.length > 0 ? ` like data${path.map(() => '[0]').join('')}` : ''
  return new OptionError(
    'DATA_RAGGED',
    `${place} is ${describeValue(level)}, but ${expected}${model} is needed there: nested ` +
      'numbers must all be of one depth and length.',
  )
}
