/**
 * The .npy files of commands: every error names the file and has the exit code of bad input. What
 * the library reads and writes, its own tests compare with NumPy.
 */

import { writeNpy as libraryFile } from 'stridefold/npy'
import { zeros } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { exitCodeOf, exitCodes } from '../src/failure.ts'
import { readNpy, writeNpy } from '../src/npy.ts'

/** A file of `elements` under a header. */
function file(descr: string, shape: string, elements: ArrayBufferView, order = 'False'): Buffer {
  const line = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape}), }`
  const header = Buffer.from(`\x93NUMPY\x01\0\0\0${line.padEnd(117)}\n`, 'latin1')
  header.writeUInt16LE(118, 8)
  return Buffer.concat([
    header,
    Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength),
  ])
}

describe('reads', () => {
  test('strides of either order, and the bytes after the array', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6)
    expect(readNpy(file("'<f4'", '2, 3', data), 'a.npy')).toEqual({
      data,
      shape: [2, 3],
      strides: [3, 1],
      offset: 0,
      trailingBytes: 0,
    })
    expect(readNpy(file("'<f4'", '2, 2', data, 'True'), 'a.npy')).toEqual({
      data: data.subarray(0, 4),
      shape: [2, 2],
      strides: [1, 2],
      offset: 0,
      trailingBytes: 8,
    })
  })

  test.each([
    [
      'a.npy: element 1 in file order is -9007199254740993, but integers are exact only up to ' +
        "2^53. Scale it, or convert it with .astype('float64').",
      file("'<i8'", '2,', BigInt64Array.of(1n, -(2n ** 53n) - 1n)),
    ],
    [
      'a.npy is damaged: its header does not describe an array.',
      file("'<f8'", '2 2', new Float64Array(4)),
    ],
    [
      'a.npy has shape (9007199254740991, 0): extents up to 2147483647 are supported.',
      file("'<f8'", '9007199254740991, 0', new Float64Array(0)),
    ],
    [
      "a.npy has elements of type '<c8'. Supported types: f4, f8, i4, i2, i1, u1, u2, u4, i8, " +
        'u8, f2, b1.',
      file("'<c8'", '2,', new Float32Array(4)),
    ],
    ['a.npy has records', file("[('x', '<f4')]", '2,', new Float32Array(2))],
    [
      "a.npy is cut off: shape (2, 3) of '<f4' takes 24 bytes, but the file has 20.",
      file("'<f4'", '2, 3', new Float32Array(5)),
    ],
    [
      'a.npy is cut off: its header takes 128 bytes, but the file has 40.',
      file("'<f4'", '2,', new Float32Array(2)).subarray(0, 40),
    ],
    [
      'a.npy does not begin as a .npy file of version 1 to 3 does. Save the array with np.save.',
      Buffer.from('\x93NUMPY\x04\0\0\0{}', 'latin1'),
    ],
  ])('%s', (message, bytes) => {
    let error: unknown
    try {
      readNpy(bytes, 'a.npy')
    } catch (thrown) {
      error = thrown
    }
    expect(String(error)).toContain(message)
    expect(exitCodeOf(error)).toBe(exitCodes.input)
  })
})

test('writes what the library writes', () => {
  const data = Float64Array.of(0.1, Number.NaN, -Infinity)
  expect(writeNpy(data, [3])).toEqual(libraryFile(data))
  expect(writeNpy(new Uint8Array(6), [2, 3])).toEqual(libraryFile(zeros([2, 3], 'uint8')))
})
