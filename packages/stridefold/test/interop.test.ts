/**
 * Which arrays of other libraries are accepted, and which message does any other value get? The
 * classes below copy the published structure of each library.
 */

import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import { ndarray, zeros } from '../src/ndarray/create.ts'
import { asNdArray, toNested } from '../src/ndarray/interop.ts'
import { slice, transpose } from '../src/ndarray/views.ts'
import { asStrided } from '../src/ndarray/windows.ts'

/**
 * scijs: `new View2dfloat32(data, shape0, shape1, stride0, stride1, offset)` with methods on the
 * prototype.
 */
class ScijsView {
  readonly data: Float32Array
  readonly shape: number[]
  readonly stride: number[]
  readonly offset: number
  constructor(data: Float32Array, shape: number[], stride: number[], offset: number) {
    this.data = data
    this.shape = shape
    this.stride = stride
    this.offset = offset
  }
  get dtype(): string {
    return 'float32'
  }
  get size(): number {
    return this.shape[0]! * this.shape[1]!
  }
}

/**
 * stdlib: all properties are getters, `strides` count elements, and an array of rank 0 has one
 * stride.
 */
class StdlibArray {
  readonly #fields: {
    data: Float64Array | number[]
    shape: number[]
    strides: number[]
    offset: number
  }
  constructor(data: Float64Array | number[], shape: number[], strides: number[], offset: number) {
    this.#fields = { data, shape, strides, offset }
  }
  get data(): Float64Array | number[] {
    return this.#fields.data
  }
  get shape(): number[] {
    return [...this.#fields.shape]
  }
  get strides(): number[] {
    return [...this.#fields.strides]
  }
  get offset(): number {
    return this.#fields.offset
  }
  get order(): string {
    return 'column-major'
  }
}

describe('accepts arrays by their structure, without a copy:', () => {
  const data = new Float32Array([0, 1, 2, 3, 4, 5, 6, 7])

  test('arrays of stridefold unchanged', () => {
    const x = slice(ndarray(data, [2, 4]), 1)
    expect(asNdArray(x)).toBe(x)
    const readOnly = asStrided(x, {})
    expect(asNdArray(readOnly)).toBe(readOnly)
    // A copy that is not frozen is validated again, and stays read-only.
    expect(asNdArray({ ...readOnly })).toMatchObject({ shape: [4], offset: 4, writable: false })
    expect(() => asNdArray(Object.freeze({ ...x, offset: 5 }))).toThrow(
      expect.objectContaining({ code: 'OUT_OF_BOUNDS' }),
    )
  })

  test('scijs', () => {
    const x = asNdArray(new ScijsView(data, [2, 3], [1, -2], 5))
    expect(x.data).toBe(data)
    expect(toNested(x)).toEqual([
      [5, 3, 1],
      [6, 4, 2],
    ])
  })

  test('stdlib, in column-major order, of rank 0, and of generic numbers', () => {
    const doubles = new Float64Array([1, 2, 3, 4, 5, 6])
    const x = asNdArray(new StdlibArray(doubles, [2, 3], [1, 2], 0))
    expect(x.data).toBe(doubles)
    expect(toNested(x)).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ])
    expect(toNested(new StdlibArray(doubles, [], [0], 3) as never)).toBe(4)
    expect(asNdArray(new StdlibArray([1, 2, 3, 4], [2], [2], 1))).toMatchObject({
      shape: [2],
      strides: [2],
      offset: 1,
      dtype: 'float32',
    })
  })

  test('zarrita chunks', () => {
    expect(
      asNdArray({ data: new Uint16Array([1, 2, 3, 4]), shape: [2, 2], stride: [2, 1] }),
    ).toMatchObject({
      dtype: 'uint16',
      strides: [2, 1],
    })
    expect(asNdArray({ data: new Uint16Array([1, 2, 3, 4]), shape: [2, 2] })).toMatchObject({
      strides: [2, 1],
      offset: 0,
    })
  })

  test('tensors of TensorFlow.js', () => {
    const tensor = (values: unknown, shape: number[], dtype: string) => ({
      shape,
      dtype,
      dataSync: () => values,
      data: () => Promise.resolve(values),
    })
    expect(asNdArray(tensor(data, [2, 2, 2], 'float32')).data).toBe(data)
    expect(asNdArray(tensor(new Int32Array(3), [3], 'int32'))).toMatchObject({
      dtype: 'int32',
      shape: [3],
    })
    expect(asNdArray(tensor(new Uint8Array([1, 0]), [2], 'bool'))).toMatchObject({ dtype: 'uint8' })
    expect(() => asNdArray(tensor(new Float32Array(2), [1], 'complex64'), 'kernel')).toThrow(
      'kernel is a tensor of dtype complex64',
    )
  })

  test('images, as rows of RGBA', () => {
    const image = {
      data: Uint8ClampedArray.from({ length: 24 }, (_, i) => i),
      width: 2,
      height: 3,
    }
    expect(asNdArray(image)).toMatchObject({
      data: image.data,
      shape: [3, 2, 4],
      dtype: 'uint8c',
    })
    expect(toNested(slice(image, 1, 0))).toEqual([8, 9, 10, 11])
    expect(() => asNdArray({ data: new Uint8Array(18), width: 2, height: 3 })).toThrow(
      '24 samples of RGBA are needed, but data holds 18',
    )
  })

  test('typed arrays as rank 1; plain numbers are copied', () => {
    expect(asNdArray(data)).toMatchObject({ data, shape: [8], strides: [1] })
    expect(asNdArray([[1, 2]])).toMatchObject({ shape: [1, 2], dtype: 'float32' })
    expect(asNdArray(3).shape).toEqual([])
    expect(toNested(transpose([[1, 2]]))).toEqual([[1], [2]])
  })
})

describe('rejects with a message that names what is accepted:', () => {
  test.each<[string, unknown, string, string]>([
    [
      'nothing',
      undefined,
      'ARRAY_UNKNOWN',
      'input is undefined. Give an array made with ndarray()',
    ],
    ['null', null, 'ARRAY_UNKNOWN', 'input is null'],
    ['a string', 'abc', 'ARRAY_UNKNOWN', 'input is the string "abc"'],
    ['a function', () => 1, 'ARRAY_UNKNOWN', 'input is a function'],
    ['a DataView', new DataView(new ArrayBuffer(8)), 'ARRAY_UNKNOWN', 'input is a DataView'],
    ['a BigInt64Array', new BigInt64Array(2), 'ARRAY_UNKNOWN', 'input is a BigInt64Array'],
    [
      'a Uint32Array',
      new Uint32Array(2),
      'ARRAY_UNKNOWN',
      'or one of Float32Array, Float64Array, Int32Array',
    ],
    ['an ArrayBuffer', new ArrayBuffer(2), 'ARRAY_UNKNOWN', 'input is an ArrayBuffer'],
    ['a Map', new Map(), 'ARRAY_UNKNOWN', 'input is a Map'],
    [
      'an image element',
      { src: 'a.png', width: 3, height: 4 },
      'ARRAY_UNKNOWN',
      'input is an object with the keys src, width, height',
    ],
    [
      'data without a shape',
      { data: new Float32Array(2) },
      'ARRAY_UNKNOWN',
      'input is an object with the keys data',
    ],
    [
      'data of BigInt',
      { data: new BigUint64Array(2), shape: [2] },
      'DTYPE_UNKNOWN',
      'the data of input is a BigUint64Array',
    ],
    [
      'data that is an object',
      { data: { get: () => 0 }, shape: [2] },
      'DTYPE_UNKNOWN',
      'the data of input is an object with the keys get',
    ],
    [
      'a shape that is none',
      { data: new Float32Array(2), shape: 2 },
      'SHAPE_INVALID',
      'shape 2 is not a list',
    ],
    [
      'a shape that leaves the data',
      { data: new Float32Array(3), shape: [2, 2] },
      'OUT_OF_BOUNDS',
      'index [1, 1] would be element 3',
    ],
    [
      'an image of half floats',
      { data: new Uint32Array(4), width: 1, height: 1 },
      'DTYPE_UNKNOWN',
      'the data of input is a Uint32Array',
    ],
  ])('%s', (_, x, code, words) => {
    expect(() => asNdArray(x, 'input')).toThrow(OptionError)
    expect(() => asNdArray(x, 'input')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    )
  })

  test('an array whose buffer was transferred', () => {
    const x = zeros([2, 2])
    structuredClone(x.data.buffer, { transfer: [x.data.buffer as ArrayBuffer] })
    expect(() => asNdArray(x, 'input')).toThrow(
      /^input of shape \[2,2\] needs element 0, but its data now holds 0/,
    )
  })
})

test('toNested counts lists too: an extent of 0 may come after a large one', () => {
  expect(toNested(zeros([2, 0]))).toEqual([[], []])
  expect(toNested(zeros([0, 1_234_567_890]))).toEqual([])
  expect(() => toNested(zeros([1_234_567_890, 0]))).toThrow(
    expect.objectContaining({ code: 'OUT_OF_MEMORY' }),
  )
})
