/**
 * How are arrays made? Around typed arrays, from plain numbers, as zeros, and in backend memory.
 * The tests also give the errors for invalid input.
 */

import { afterEach, describe, expect, test } from 'vitest'
import { InternalError, OptionError, UnavailableError } from '../src/errors.ts'
import { type NestedNumbers, ndarray, zeros } from '../src/ndarray/create.ts'
import { type DType, dtypes, toDType } from '../src/ndarray/dtype.ts'
import { asNdArray, toNested } from '../src/ndarray/interop.ts'
import { mayVisitTwice } from '../src/ndarray/layout.ts'
import { type BackendMemory, isInBackendMemory, setBackendMemory } from '../src/ndarray/memory.ts'
import { operandDType, promoteUntyped } from '../src/ndarray/untyped.ts'
import { contiguous, slice, transpose } from '../src/ndarray/views.ts'
import { dtypeNames } from './random-views.ts'

describe('ndarray around a typed array', () => {
  test('shares the memory and is dense by default', () => {
    const data = new Int16Array([1, 2, 3, 4, 5, 6])
    const x = ndarray(data, [2, 3])
    expect(x.data).toBe(data)
    expect(x).toMatchObject({
      shape: [2, 3],
      strides: [3, 1],
      offset: 0,
      dtype: 'int16',
      writable: true,
    })
    data[4] = 50
    expect(toNested(x)).toEqual([
      [1, 2, 3],
      [4, 50, 6],
    ])
    expect(Object.isFrozen(x) && Object.isFrozen(x.shape) && Object.isFrozen(x.strides)).toBe(true)
  })

  test('has rank 1 without a shape, and takes negative and zero strides', () => {
    const data = new Float32Array([1, 2, 3, 4])
    expect(ndarray(data).shape).toEqual([4])
    expect(toNested(ndarray(data, [2, 2], { strides: [-2, 1], offset: 2 }))).toEqual([
      [3, 4],
      [1, 2],
    ])
    expect(toNested(ndarray(data, [2, 3], { strides: [1, 0] }))).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ])
  })

  test.each(dtypeNames)('gets dtype %s from its typed array', (dtype) => {
    expect(ndarray(dtypes[dtype].create(3)).dtype).toBe(dtype)
    expect(zeros([3], dtype)).toMatchObject({ dtype, data: dtypes[dtype].create(3) })
  })

  test('does not keep its arguments', () => {
    const shape = [2, 1]
    const strides = [1, 2]
    const x = ndarray(new Uint8Array(2), shape, { strides })
    shape[0] = 9
    strides[0] = 9
    expect(x).toMatchObject({ shape: [2, 1], strides: [1, 2] })
  })

  test('is read-only if it visits an element twice', () => {
    const data = new Float32Array(12)
    expect(ndarray(data, [2, 3], { strides: [0, 1] }).writable).toBe(false)
    expect(ndarray(data, [3, 3], { strides: [1, 1] }).writable).toBe(false)
    expect(ndarray(data, [3, 4], { strides: [1, 3] }).writable).toBe(true)
    expect(ndarray(data, [1, 12], { strides: [0, -1], offset: 11 }).writable).toBe(true)
    expect([
      mayVisitTwice([2, 2], [1, 2]),
      mayVisitTwice([2, 2], [-2, 2]),
      mayVisitTwice([0, 5], [0, 0]),
    ]).toEqual([false, true, false])
  })
})

describe('ndarray from plain numbers', () => {
  test('copies them as float32', () => {
    const numbers = [
      [1, 2],
      [3, 4],
      [5, 6],
    ]
    const x = ndarray(numbers)
    numbers[0]![0] = 99
    expect(x).toMatchObject({ dtype: 'float32', shape: [3, 2] })
    expect([...x.data]).toEqual([1, 2, 3, 4, 5, 6])
    expect(ndarray([1, 2, 3, 4], [2, 2]).shape).toEqual([2, 2])
  })

  test.each<[NestedNumbers, number[]]>([
    [7, []],
    [[], [0]],
    [
      [[], []],
      [2, 0],
    ],
    [
      [[[1]], [[2]]],
      [2, 1, 1],
    ],
  ])('%j has shape %j, and toNested returns it unchanged', (numbers, shape) => {
    expect(ndarray(numbers).shape).toEqual(shape)
    expect(toNested(ndarray(numbers))).toEqual(numbers)
  })

  test('they take the dtype of the computation without rounding before it', () => {
    const k = ndarray([0.1, 1e300, 3])
    const wide = ndarray(new Float64Array(2))
    const bytes = ndarray(new Uint8Array(2))
    expect(operandDType(k)).toBe('float32')
    expect(operandDType(k, bytes)).toBe('float32')
    expect(operandDType(k, wide)).toBe('float64')
    expect(promoteUntyped(k, 'float32')).toBe(k)
    expect(promoteUntyped(k, 'float64')).toMatchObject({
      dtype: 'float64',
      data: new Float64Array([0.1, 1e300, 3]),
    })
    expect(promoteUntyped(bytes, 'float64')).toBe(bytes)
  })

  test('views, copies and the backend keep the exact numbers; later writes replace them', () => {
    const k = ndarray([
      [0.1, 0.2],
      [0.3, 0.4],
    ])
    expect(toNested(promoteUntyped(slice(transpose(k), 1), 'float64'))).toEqual([0.2, 0.4])
    expect(toNested(promoteUntyped(contiguous(transpose(k)), 'float64'))).toEqual([
      [0.1, 0.3],
      [0.2, 0.4],
    ])
    k.data[0] = 5
    expect(toNested(promoteUntyped(k, 'float64'))).toEqual([
      [5, 0.2],
      [0.3, 0.4],
    ])
  })
})

describe('rejected input and its message', () => {
  const selfContaining: unknown[] = []
  selfContaining.push(selfContaining)

  test.each<[string, () => unknown, string, string]>([
    [
      'a short row',
      () => ndarray([[1, 2], [3]]),
      'DATA_RAGGED',
      'data[1] is an array of 1, but an array of 2 like data[0] is needed there',
    ],
    [
      'a number among rows',
      () => ndarray([[1], 2]),
      'DATA_RAGGED',
      'data[1] is the number 2, but an array of 1 like data[0]',
    ],
    [
      'a row among numbers',
      () => ndarray([[1, [2]]]),
      'DATA_RAGGED',
      'data[0][1] is an array of 1, but a number like data[0][0]',
    ],
    [
      'a string',
      () => ndarray([1, 'a' as never]),
      'DATA_RAGGED',
      'data[1] is the string "a", but a number',
    ],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    ['a hole', () => ndarray([1, , 3] as never), 'DATA_RAGGED', 'data[1] is undefined'],
    [
      'an array that contains itself',
      () => ndarray(selfContaining as never),
      'DATA_INVALID',
      'nested more than 64 deep',
    ],
    [
      'no data',
      () => ndarray(undefined as never),
      'DATA_INVALID',
      'data is undefined. Give a typed array (Float32Array',
    ],
    [
      'a DataView',
      () => ndarray(new DataView(new ArrayBuffer(4)) as never),
      'DATA_INVALID',
      'data is a DataView',
    ],
    [
      'a shape that is too small',
      () => ndarray(new Float32Array(10), [3, 3]),
      'SHAPE_MISMATCH',
      'shape [3,3] has 9 elements, but data holds 10',
    ],
    [
      'a fraction',
      () => ndarray(new Float32Array(3), [1.5, 2]),
      'SHAPE_INVALID',
      'extent 1.5 along axis 0',
    ],
    ['a negative extent', () => zeros([2, -3]), 'SHAPE_INVALID', 'extent -3 along axis 1'],
    [
      'a number as shape',
      () => zeros(3 as never),
      'SHAPE_INVALID',
      'shape 3 is not a list of extents',
    ],
    [
      'an unknown dtype',
      () => zeros([1], 'float8' as never),
      'DTYPE_UNKNOWN',
      'dtype "float8" is not known. Use one of float32',
    ],
    [
      'an unknown memory',
      () => zeros([1], 'int8', { memory: 'disk' as never }),
      'MEMORY_UNKNOWN',
      "Use 'heap', 'backend' or 'gpu'",
    ],
    [
      'strides of another rank',
      () => ndarray(new Int8Array(4), [2, 2], { strides: [1] }),
      'STRIDES_INVALID',
      'strides [1] do not fit shape [2,2]',
    ],
    [
      'a fractional offset',
      () => ndarray(new Int8Array(4), [2], { offset: 0.5 }),
      'OFFSET_INVALID',
      'offset 0.5',
    ],
    [
      'strides that end after the data',
      () => ndarray(new Int8Array(4), [2, 2], { strides: [-2, 1], offset: 1 }),
      'OUT_OF_BOUNDS',
      'index [1, 0] would be element -1 of data that holds 4',
    ],
  ])('%s', (_, act, code, words) => {
    const error = caught(act)
    expect(error).toBeInstanceOf(OptionError)
    expect(error).toMatchObject({ code })
    expect(error.message).toContain(words)
  })

  test('an array too large for the engine throws UnavailableError', () => {
    const error = caught(() => zeros([1e9, 1e6]))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' })
  })
})

describe("memory: 'backend'", () => {
  afterEach(() => setBackendMemory(undefined))

  /**
   * Returns a memory that allocates one block after the other in a buffer of 0xff bytes. It records
   * every released block.
   */
  function recordingMemory(
    lead = 0,
  ): BackendMemory & { readonly buffer: ArrayBuffer; readonly returned: number[] } {
    const buffer = new ArrayBuffer(1024)
    new Uint8Array(buffer).fill(0xff)
    const returned: number[] = []
    let end = lead
    return {
      buffer,
      returned,
      allocate(bytes) {
        const byteOffset = end
        end += Math.ceil(bytes / 64) * 64
        return { buffer, byteOffset, isOpen: () => true, release: () => returned.push(byteOffset) }
      },
    }
  }

  test('is unavailable without a backend that provides it', () => {
    const error = caught(() => zeros([2], 'float32', { memory: 'backend' }))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ code: 'NO_BACKEND_MEMORY' })
  })

  test('holds zeros and copies until release', () => {
    const memory = recordingMemory()
    setBackendMemory(memory)
    const x = zeros([2, 3], 'int16', { memory: 'backend' })
    const y = ndarray(new Float32Array([0, 1, 2, 3]), [2, 2], {
      strides: [-2, 1],
      offset: 2,
      memory: 'backend',
    })
    expect([x.data.buffer, y.data.buffer]).toEqual([memory.buffer, memory.buffer])
    expect([x.data.byteOffset, y.data.byteOffset]).toEqual([0, 64])
    expect([toNested(x), toNested(y)]).toEqual([
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [
        [2, 3],
        [0, 1],
      ],
    ])
    expect([
      isInBackendMemory(y),
      isInBackendMemory(slice(y, 1)),
      isInBackendMemory(contiguous(y)),
    ]).toEqual([true, true, false])
    const row = slice(y, 1)
    row.release()
    y.release()
    expect(memory.returned).toEqual([64])
    expect([isInBackendMemory(y), isInBackendMemory(x)]).toEqual([false, true])
    expect(() => slice(y, 0)).toThrow(/array was released/)
    expect(asNdArray(x)).toBe(x)
  })

  test('keeps plain numbers untyped', () => {
    setBackendMemory(recordingMemory())
    const k = ndarray([0.1, 0.2], undefined, { memory: 'backend' })
    expect(toNested(promoteUntyped(k, 'float64'))).toEqual([0.1, 0.2])
    expect(isInBackendMemory(k)).toBe(true)
  })

  test('a block that is not aligned throws InternalError', () => {
    setBackendMemory(recordingMemory(4))
    expect(caught(() => zeros([2], 'float32', { memory: 'backend' }))).toBeInstanceOf(InternalError)
  })

  test('release does nothing for ordinary arrays', () => {
    const x = zeros([2])
    x.release()
    expect(toNested(slice(x, 0))).toBe(0)
  })
})

test.each<[number, DType, number]>([
  [0.5, 'uint8', 0],
  [1.5, 'uint8', 2],
  [2.5, 'uint8', 2],
  [2.5000000000000004, 'uint8', 3],
  [0.49999999999999994, 'uint8', 0],
  [-0.5, 'int8', 0],
  [-1.5, 'int8', -2],
  [-129, 'int8', -128],
  [300, 'uint8c', 255],
  [-1, 'uint16', 0],
  [2147483646.5, 'int32', 2147483646],
  [2147483647.5, 'int32', 2147483647],
  [-Infinity, 'int16', -32768],
  [Number.NaN, 'int32', 0],
  [0.1, 'float32', Math.fround(0.1)],
  [0.1, 'float64', 0.1],
])('%d as %s is %d', (value, dtype, expected) => {
  expect(toDType(value, dtype)).toBe(expected)
})

function caught(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
