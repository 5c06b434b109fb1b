/**
 * How is an array made? From a typed array, from nested numbers, or as zeros.
 *
 * A typed array is wrapped, not copied; only `memory: 'backend'` copies its elements. Nested
 * numbers have no dtype: the array stores them as float32 and keeps the original numbers too (see
 * `untyped.ts`).
 */

import { OptionError } from '../errors.ts'
import { checkAttached, lengthOf } from './allocations.ts'
import { contiguousCopy } from './copy.ts'
import { countText } from './count-text.ts'
import { describeValue } from './describe-value.ts'
import { type DType, dtypeOf, type TypedArray, typedArrayNames, validateDType } from './dtype.ts'
import { elementCount } from './layout.ts'
import { allocateArray, type MemoryKind } from './memory.ts'
import { maxAxes, type NdArray, validateShape, view } from './ndarray.ts'
import { validateOptions } from './options.ts'
import type { DTypeOf } from './result-type.ts'

/**
 * Numbers in nested JavaScript arrays. All numbers have the same depth. All lists of one depth have
 * the same length. A single number is an array of rank 0.
 */
export type NestedNumbers = number | readonly NestedNumbers[]

/** Options of `ndarray`: which part of the data is the array, and where it lies. */
export interface CreateOptions {
  /**
   * The distance between neighbours along each axis, in elements; may be zero or negative. Default:
   * dense, in row-major order. Use it for every second row, or for data in another order.
   */
  readonly strides?: readonly number[]
  /**
   * The index in `data` of the element at [0, 0, …]. Default 0. Use it, with a shape, for a part of
   * the data.
   */
  readonly offset?: number
  /**
   * The memory of the array. Default `'heap'`: the JavaScript heap. `'backend'` copies the elements
   * into the memory of the backend. A call then uses the array in place: it copies neither inputs
   * nor results. Use it for arrays that many calls use; a 3×3 filter over 3840×2160 floats takes
   * 3.3 instead of 6.4 ms (Node 24, decision 11). Call `release()` after the last use.
   *
   * Backend memory is shared: `data.buffer` is a `SharedArrayBuffer`. A web page that is not
   * cross-origin isolated may not share memory. There the array stays on the heap, and each call
   * copies it.
   *
   * Without `release()`, the memory is freed when nothing refers to it any more: neither the array,
   * nor a view of it, nor any typed array that was cut from `data`. After `release()`, all of these
   * are rejected with the code `RELEASED`.
   *
   * `'gpu'` copies the elements into memory of the GPU. Asynchronous calls compute there, and leave
   * their results there; `await read(x)` brings them back. JavaScript reads no elements: `data` is
   * empty, and whatever reads it throws `OptionError` (`ON_GPU`). A GPU must be open (`await
   * capabilities.gpu()`), else this throws `UnavailableError` (`GPU_NOT_OPEN`, `NO_GPU`). After
   * `close()`, or if the GPU is lost, the elements are gone (`GPU_LOST`).
   */
  readonly memory?: MemoryKind
}

/**
 * Returns an array over a typed array, without a copy, or a copy of nested JavaScript numbers.
 *
 * - `data`: a typed array, whose type is the dtype, or nested numbers. Nested numbers are computed
 *   in float32, or in float64 together with a float64 operand.
 * - `shape`: the extent of each axis. Default: one axis for a typed array, the nesting for numbers.
 *   Must have as many elements as `data`, unless `strides` or `offset` is given.
 * - `options.strides`, `options.offset`, `options.memory`: see `CreateOptions`. Default: dense, on
 *   the heap.
 *
 * Throws `OptionError` for nested lists of unequal lengths (`DATA_RAGGED`), for unknown element
 * types (`DATA_INVALID`), and for shapes that do not fit (`SHAPE_MISMATCH`, `OUT_OF_BOUNDS`).
 * Throws `UnavailableError` if the backend does not have enough memory (`OUT_OF_MEMORY`), or with
 * `memory: 'gpu'` no GPU is open (`GPU_NOT_OPEN`, `NO_GPU`). Costs nothing for a typed array on the
 * heap, one copy otherwise.
 *
 * @example
 * ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]) // [[1, 2, 3], [4, 5, 6]]
 * ndarray(new Float32Array([1, 2, 3, 4]), [2], { strides: [2] }) // [1, 3]
 */
export function ndarray<Data extends TypedArray | NestedNumbers>(
  data: Data,
  shape?: readonly number[],
  createOptions?: CreateOptions,
): NdArray<DTypeOf<Data>> {
  const options = validateOptions('ndarray', createOptions, ['strides', 'offset', 'memory'])
  if (isTypedArray(data) && shape === undefined) checkAttached(data, 'data')
  const source = isTypedArray(data)
    ? { data, shape: [lengthOf(data)], untyped: undefined }
    : fromNested(data)
  const extents = shape === undefined ? source.shape : validateShape(shape)
  const mayBePart = options.strides !== undefined || options.offset !== undefined
  if (!mayBePart && elementCount(extents) !== lengthOf(source.data)) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `shape [${extents}] has ` +
        `${countText(elementCount(extents), 'element')}, but data holds ` +
        `${source.data.length}. Give a shape that holds all of them, or strides or an offset for ` +
        'a part.',
    )
  }
  const x: NdArray = view(source.data, extents, { ...options, untyped: source.untyped })
  const array =
    options.memory === undefined || options.memory === 'heap'
      ? x
      : contiguousCopy(x, options.memory)
  // The array has the dtype of the typed array, or float32 for numbers.
  return array as NdArray<DTypeOf<Data>>
}

/**
 * Returns a dense array of zeros.
 *
 * - `shape`: the extent of each axis.
 * - `dtype`: the element type. Default `'float32'`.
 * - `options.memory`: `'backend'` allocates the array in the memory of the backend, `'gpu'` in that
 *   of the GPU. A call uses it there without a copy, as input or as `out`. Default `'heap'`. See
 *   `CreateOptions`.
 *
 * Throws `OptionError` for a shape or dtype that is not valid (`SHAPE_INVALID`, `DTYPE_UNKNOWN`),
 * `UnavailableError` if there is not enough memory (`OUT_OF_MEMORY`), or with `memory: 'gpu'` if no
 * GPU is open (`GPU_NOT_OPEN`, `NO_GPU`). Costs the allocation of all elements.
 *
 * @example
 * zeros([2, 3], 'uint8') // [[0, 0, 0], [0, 0, 0]]
 */
export function zeros<D extends DType = 'float32'>(
  shape: readonly number[],
  dtype?: D,
  options?: {
    /** The memory: `'heap'`, `'backend'` or `'gpu'`. Default `'heap'`. See `CreateOptions`. */
    readonly memory?: MemoryKind
  },
): NdArray<D> {
  const { memory } = validateOptions('zeros', options, ['memory'])
  // Where no dtype is given, D is 'float32'.
  return allocateArray(validateShape(shape), validateDType(dtype ?? ('float32' as D)), memory)
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
        'numbers in nested arrays. Pass arrays of other libraries to the calls directly.',
    )
  }
  const shape: number[] = []
  for (let level: unknown = numbers; Array.isArray(level); level = level[0]) {
    // This limit also stops at an array that contains itself.
    if (shape.push(level.length) > maxAxes)
      throw new OptionError('DATA_INVALID', `data is nested more than ${maxAxes} deep.`)
  }
  const untyped = new Float64Array(elementCount(shape))
  writeLevel(numbers, { shape, path: [], target: untyped }, 0)
  return { data: Float32Array.from(untyped), shape, untyped }
}

interface Nesting {
  readonly shape: readonly number[]
  /** The indices that lead to the current level. */
  readonly path: number[]
  readonly target: Float64Array
}

/**
 * Writes the numbers of `level` into `target` in row-major order, from element `at`. Returns the
 * element after the last one.
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
  const entry = `data${path.map((i) => `[${i}]`).join('')}`
  const example = path.length > 0 ? ` like data${path.map(() => '[0]').join('')}` : ''
  return new OptionError(
    'DATA_RAGGED',
    `${entry} is ${describeValue(level)}, but ${expected}${example} is needed there: all lists ` +
      'of a depth must have the same length, and all numbers the same depth.',
  )
}
