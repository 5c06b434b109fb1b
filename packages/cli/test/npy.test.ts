import { describe, expect, test } from 'vitest'
import { type NpyArray, readNpy, writeNpy } from '../src/npy.ts'

// Written by NumPy 1.24: np.save of np.arange(-3, 3).reshape(2, 3) in every type; 'F':
// np.asfortranarray; v2, v3: np.lib.format.write_array.
const saved: Readonly<Record<string, string>> = {
  '<f4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAEDAAAAAwAAAgL8AAAAAAACAPwAAAEA=',
  '<f8':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAIwAAAAAAAAADAAAAAAAAA8L8AAAAAAAAAAAAAAAAAAPA/AAAAAAAAAEA=',
  '<i4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9/////v////////8AAAAAAQAAAAIAAAA=',
  '<i2':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9//7///8AAAEAAgA=',
  '|i1':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9/v8AAQI=',
  '|u1':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQIDBAU=',
  '<u2':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPHUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAEAAgADAAQABQA=',
  '>f4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIArAQAAAwAAAAL+AAAAAAAAAP4AAAEAAAAA=',
  '>f8':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIArACAAAAAAAAMAAAAAAAAAAv/AAAAAAAAAAAAAAAAAAAD/wAAAAAAAAQAAAAAAAAAA=',
  '>i4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr////9/////v////8AAAAAAAAAAQAAAAI=',
  '>i2':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//f/+//8AAAABAAI=',
  '>u2':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPnUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAABAAIAAwAEAAU=',
  F: 'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAEDAAAAAAAAAAMAAAIA/AACAvwAAAEA=',
  v2: 'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAEDAAAAAwAAAgL8AAAAAAACAPwAAAEA=',
  v3: 'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAEDAAAAAwAAAgL8AAAAAAACAPwAAAEA=',
  '<i8':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9//////////7///////////////////8AAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAA=',
  '<f2':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAwgDAALwAAAA8AEA=',
  '|b1':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAQEAAQE=',
  '<c8':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAEDAAAAAAAAAAMAAAAAAAACAvwAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAQAAAAAA=',
  '<u4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9/////v////////8AAAAAAQAAAAIAAAA=',
  '<U3':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPFUzJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAotAAAAMwAAAAAAAAAtAAAAMgAAAAAAAAAtAAAAMQAAAAAAAAAwAAAAAAAAAAAAAAAxAAAAAAAAAAAAAAAyAAAAAAAAAAAAAAA=',
  scalar:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAOBA',
  vector:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5PwAAAAAAAPh/AAAAAAAA8P8=',
  records:
    'k05VTVBZAQB2AHsnZGVzY3InOiBbKCd4JywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAA==',
}

const bytesOf = (name: string): Buffer => Buffer.from(saved[name]!, 'base64')

/** The elements in the order of their indices. */
function inOrder({ data, shape, strides }: NpyArray): number[] {
  const visit = (axis: number, at: number): number[] =>
    axis === shape.length
      ? [data[at]!]
      : Array.from({ length: shape[axis]! }, (_, i) =>
          visit(axis + 1, at + i * strides[axis]!),
        ).flat()
  return visit(0, 0)
}

describe('reading what NumPy wrote', () => {
  test.each([
    '<f4',
    '<f8',
    '<i8',
    '<i4',
    '<i2',
    '<f2',
    '|i1',
    '>f4',
    '>f8',
    '>i4',
    '>i2',
    'F',
    'v2',
    'v3',
  ])('%s', (name) => {
    const array = readNpy(bytesOf(name), 'a.npy')
    expect(array.shape).toEqual([2, 3])
    expect(inOrder(array)).toEqual([-3, -2, -1, 0, 1, 2])
  })

  test.each(['|u1', '<u2', '>u2'])('%s', (name) => {
    expect(inOrder(readNpy(bytesOf(name), 'a.npy'))).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('bool is 0 and 1, uint32 is exact', () => {
    expect(readNpy(bytesOf('|b1'), 'a.npy').data).toEqual(Uint8Array.of(1, 1, 1, 0, 1, 1))
    expect([...readNpy(bytesOf('<u4'), 'a.npy').data]).toEqual([
      2 ** 32 - 3,
      2 ** 32 - 2,
      2 ** 32 - 1,
      0,
      1,
      2,
    ])
  })

  /** A file of `elements` under a header as other programs write it. */
  const file = (descr: string, shape: string, elements: ArrayBufferView, quote = "'"): Buffer => {
    const line = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.replaceAll(
      "'",
      quote,
    )
    const header = Buffer.from(`\x93NUMPY\x01\0\0\0${line.padEnd(117)}\n`, 'latin1')
    header.writeUInt16LE(118, 8)
    return Buffer.concat([
      header,
      Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength),
    ])
  }

  test('a header in double quotes', () => {
    expect(readNpy(file('<f8', '2,', Float64Array.of(1, 2), '"'), 'a.npy')).toMatchObject({
      shape: [2],
      data: Float64Array.of(1, 2),
    })
  })

  test.each([
    ['<i8', BigInt64Array.of(2n ** 53n, -(2n ** 53n), 7n), '>i8'],
    ['<u8', BigUint64Array.of(2n ** 53n, 0n, 7n), '>u8'],
  ])('%s is exact up to 2^53, low or high byte first', (descr, integers, bigEndian) => {
    const expected = Float64Array.from(integers, Number)
    expect(readNpy(file(descr, '3', integers), 'a.npy').data).toEqual(expected)
    expect(
      readNpy(file(bigEndian, '3', Buffer.from(Buffer.from(integers.buffer)).swap64()), 'a.npy')
        .data,
    ).toEqual(expected)
  })

  test.each([
    ['<i8', BigInt64Array.of(1n, -(2n ** 53n) - 1n, 2n ** 60n), '-9007199254740993'],
    ['<u8', BigUint64Array.of(1n, 2n ** 64n - 1n), '18446744073709551615'],
  ])('%s beyond is rejected with the first value that is', (descr, integers, value) => {
    expect(() => readNpy(file(descr, String(integers.length), integers), 'a.npy')).toThrow(
      `a.npy: element 1 in file order is ${value}, but integers are exact only up to 2^53.`,
    )
  })

  test('float16 to the last bit', () => {
    // Largest, smallest normal, smallest subnormal, 1/3, infinities, NaN: NumPy 1.24.
    const bits = Uint16Array.of(0x7bff, 0x0400, 0x0001, 0x3555, 0x7c00, 0xfc00, 0x7e00, 0x8000)
    const values = [
      65504,
      2 ** -14,
      2 ** -24,
      0.333251953125,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      -0,
    ]
    expect([...readNpy(file('<f2', '8', bits), 'a.npy').data]).toEqual(values)
  })

  test.each(['2 2', '-4', '0x4', '4.0', '(4,)', '1e3', '4,,'])(
    'a shape of (%s) is damage',
    (shape) => {
      expect(() => readNpy(file('<f8', shape, new Float64Array(4)), 'a.npy')).toThrow(
        'a.npy is damaged: its header does not describe an array.',
      )
    },
  )

  test('an extent that is too large for any file, beside an extent of 0', () => {
    const empty = file('<f8', '9007199254740991, 0', new Float64Array(0))
    expect(() => readNpy(empty, 'a.npy')).toThrow(
      'a.npy has shape (9007199254740991, 0): extents up to 2147483647 are supported.',
    )
  })

  test('a scalar has no axes, and doubles are kept to the last bit', () => {
    expect(readNpy(bytesOf('scalar'), 'a.npy')).toMatchObject({
      shape: [],
      data: Float32Array.of(7),
    })
    expect(readNpy(bytesOf('vector'), 'a.npy')).toMatchObject({
      shape: [3],
      data: Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY),
    })
  })

  test.each(['<c8', '<U3'])('%s is rejected with its name and the types that are read', (name) => {
    expect(() => readNpy(bytesOf(name), 'a.npy')).toThrow(
      `a.npy has elements of type '${name}'. Supported types: ` +
        'f4, f8, i4, i2, i1, u1, u2, u4, i8, u8, f2, b1.',
    )
  })

  test('records, a truncated file or header, and a later version are rejected', () => {
    expect(() => readNpy(bytesOf('records'), 'a.npy')).toThrow('a.npy has records')
    expect(() => readNpy(bytesOf('<f4').subarray(0, -1), 'a.npy')).toThrow(
      "a.npy is cut off: shape (2, 3) of '<f4' takes 24 bytes, but the file has 23.",
    )
    expect(() => readNpy(bytesOf('<f4').subarray(0, 40), 'a.npy')).toThrow(
      'a.npy is damaged: its header does not describe an array.',
    )
    const later = Buffer.from(bytesOf('<f4'))
    later[6] = 4
    expect(() => readNpy(later, 'a.npy')).toThrow('a.npy is not a .npy file of version 1 to 3.')
  })
})

describe('writing', () => {
  test.each([
    ['<f4', Float32Array.of(-3, -2, -1, 0, 1, 2)],
    ['<f8', Float64Array.of(-3, -2, -1, 0, 1, 2)],
    ['|u1', Uint8Array.of(0, 1, 2, 3, 4, 5)],
  ])('%s gives the very bytes of NumPy', (name, data) => {
    expect(Buffer.from(writeNpy(data, [2, 3])).equals(bytesOf(name))).toBe(true)
  })

  test('a vector has the comma that makes it a tuple', () => {
    expect(
      Buffer.from(writeNpy(Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY), [3])).equals(
        bytesOf('vector'),
      ),
    ).toBe(true)
  })
})
