import { describe, expect, test } from 'vitest'
import { type NpyArray, readNpy, writeNpy } from '../src/npy.ts'

// Written by NumPy 1.24: np.save of np.arange(-3, 3).reshape(2, 3) in every type; 'F': np.asfortranarray; v2, v3: np.lib.format.write_array.
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
    axis === shape.length ? [data[at]!] : Array.from({ length: shape[axis]! }, (_, i) => visit(axis + 1, at + i * strides[axis]!)).flat()
  return visit(0, 0)
}

describe('reading what NumPy wrote', () => {
  test.each(['<f4', '<f8', '<i4', '<i2', '|i1', '>f4', '>f8', '>i4', '>i2', 'F', 'v2', 'v3'])('%s', (name) => {
    const array = readNpy(bytesOf(name), 'a.npy')
    expect(array.shape).toEqual([2, 3])
    expect(inOrder(array)).toEqual([-3, -2, -1, 0, 1, 2])
  })

  test.each(['|u1', '<u2', '>u2'])('%s', (name) => {
    expect(inOrder(readNpy(bytesOf(name), 'a.npy'))).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('a scalar has no axes, and doubles are kept to the last bit', () => {
    expect(readNpy(bytesOf('scalar'), 'a.npy')).toMatchObject({ shape: [], data: Float32Array.of(7) })
    expect(readNpy(bytesOf('vector'), 'a.npy')).toMatchObject({
      shape: [3],
      data: Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY),
    })
  })

  test.each(['<i8', '<f2', '|b1', '<c8', '<u4', '<U3'])('%s is refused with its name and the types that are read', (name) => {
    expect(() => readNpy(bytesOf(name), 'a.npy')).toThrow(`a.npy holds elements of type '${name}': f4, f8, i4, i2, i1, u1, u2 are read.`)
  })

  test('records, a cut file, a cut header and a later version are refused', () => {
    expect(() => readNpy(bytesOf('records'), 'a.npy')).toThrow('a.npy holds records')
    expect(() => readNpy(bytesOf('<f4').subarray(0, -1), 'a.npy')).toThrow(
      "a.npy is cut off: shape (2, 3) of '<f4' takes 24 bytes, and 23 are there.",
    )
    expect(() => readNpy(bytesOf('<f4').subarray(0, 40), 'a.npy')).toThrow('a.npy is damaged: its header describes no array.')
    const later = Buffer.from(bytesOf('<f4'))
    later[6] = 4
    expect(() => readNpy(later, 'a.npy')).toThrow('a.npy is no .npy file of version 1 to 3.')
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
    expect(Buffer.from(writeNpy(Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY), [3])).equals(bytesOf('vector'))).toBe(true)
  })
})
