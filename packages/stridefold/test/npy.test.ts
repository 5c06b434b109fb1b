/**
 * Does 'stridefold/npy' read what NumPy writes, and write the same bytes? The files and values come
 * from scripts/npy-fixtures.py. Damaged files must throw `OptionError`, and nothing else.
 */

import fc from 'fast-check'
import { readNpy, readNpyHeader, writeNpy } from 'stridefold/npy'
import {
  type DType,
  flip,
  type NdArray,
  ndarray,
  OptionError,
  slice,
  toNested,
  transpose,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import fixtures from './fixtures/npy.json' with { type: 'json' }

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

/** The elements in the order of their indices. An empty array may have a billion empty rows. */
const elements = (x: NdArray): number[] =>
  x.shape.includes(0) ? [] : (([toNested(x)] as unknown[]).flat(70 as number) as number[])

const dtypeOfKind: Readonly<Record<string, DType>> = {
  f2: 'float32',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'float64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'float64',
  u8: 'float64',
  b1: 'uint8',
}
const ownTypes = ['f4', 'f8', 'i1', 'i2', 'i4', 'u1', 'u2']

const rows = fixtures.entries.map((entry) => {
  const values = [...new Float64Array(bytesOf(entry.values).buffer)]
  return { ...entry, values, file: bytesOf(entry.file), kind: entry.descr.slice(1) }
})

/** A file of `data` below a header with this text. */
function fileOf(header: string, data: ArrayBufferView = new Uint8Array(0)): Uint8Array {
  const file = new Uint8Array(10 + header.length + data.byteLength)
  file.set(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0))
  new DataView(file.buffer).setUint16(8, header.length, true)
  file.set(
    Uint8Array.from(header, (character) => character.charCodeAt(0)),
    10,
  )
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length)
  return file
}

const header = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`

function errorOf(call: () => unknown): OptionError {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('nothing was thrown')
}

describe('reads what NumPy saved', () => {
  test.each(rows)('$descr $order $shape, version $version', (row) => {
    const { file, shape, values, order } = row
    const x = readNpy(file)
    expect(x.shape).toEqual(shape)
    expect(x.dtype).toBe(dtypeOfKind[row.kind])
    expect(elements(x)).toEqual(values)
    expect(readNpyHeader(file)).toMatchObject({
      version: row.version,
      descr: row.descr,
      shape,
      fortranOrder: order === 'F',
    })
    if (order === 'F') expect(x.strides[0]).toBe(1)
    // The same bytes, with the wrong alignment, as an ArrayBuffer, and in shared memory.
    const shifted = new Uint8Array(file.length + 1).subarray(1)
    shifted.set(file)
    const isolated = typeof SharedArrayBuffer === 'function'
    const shared = new Uint8Array(
      isolated ? new SharedArrayBuffer(file.length) : new ArrayBuffer(file.length),
    )
    shared.set(file)
    for (const other of [shifted, file.buffer, shared])
      expect(elements(readNpy(other))).toEqual(values)
  })

  test('shares memory where it can, and copies elsewhere', () => {
    const small = rows.filter(({ values }) => values.length > 0)
    for (const { file, kind, descr } of small) {
      const shares = readNpy(file).data.buffer === file.buffer
      expect(shares, descr).toBe(ownTypes.includes(kind) && descr[0] !== '>')
    }
  })

  test.skipIf(!('Float16Array' in globalThis))('float16 as it is, if asked for', () => {
    for (const { file, kind, descr, values } of rows.filter((row) => row.kind === 'f2')) {
      const x = readNpy(file, { dtype: 'float16' })
      expect([kind, x.dtype]).toEqual(['f2', 'float16'])
      expect(elements(x)).toEqual(values)
      expect(x.data.buffer === file.buffer, descr).toBe(descr[0] === '<')
      if (descr[0] === '<' && x.strides.at(-1) === 1) expect(writeNpy(x)).toEqual(file)
    }
  })

  test('float16 of other files, and other types', () => {
    const { code, message } = errorOf(() =>
      readNpy(writeNpy([1]), { name: 'a.npy', dtype: 'float16' }),
    )
    expect([code, message]).toEqual([
      'DTYPE_MISMATCH',
      "a.npy has elements of type '<f4', and dtype: 'float16' keeps those of float16 as they " +
        'are. Leave dtype out.',
    ])
    const other = (): unknown => readNpy(writeNpy([1]), { dtype: 'float64' as never })
    expect(errorOf(other).code).toBe('OPTION_INVALID')
    expect(errorOf(() => readNpy(writeNpy([1]), { order: 'F' } as never)).code).toBe(
      'OPTION_UNKNOWN',
    )
  })

  test('every float16', () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
    const x = readNpy(fileOf(header('<f2', '(65536,)'), bits))
    // IEEE 754: a value with this exponent is a multiple of 2^(exponent − 25).
    bits.forEach((half, i) => {
      const [exponent, fraction] = [(half >> 10) & 31, half & 1023]
      const size =
        exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (exponent === 0 ? fraction : fraction + 1024) * 2 ** (Math.max(exponent, 1) - 25)
      if (!Object.is(x.data[i], half >= 2 ** 15 ? -size : size)) expect(x.data[i]).toBe(size)
    })
  })

  test('headers that other programs write', () => {
    const data = Float32Array.of(1, 2)
    for (const text of [
      header('<f4', '(2,)').replaceAll("'", '"'),
      header('<f4', '(2)'),
      header('f4', '(2L,)'),
      header('=f4', '( 2 , )'),
      "{ 'shape':(2,),'fortran_order':False,u'descr':u'<f4' }   \n",
    ])
      expect([...readNpy(fileOf(text, data)).data]).toEqual([1, 2])
  })

  test('one of several arrays in a file', () => {
    const [first, second] = [writeNpy([1, 2]), writeNpy([[3], [4]])]
    const both = new Uint8Array(first.length + second.length)
    both.set(first)
    both.set(second, first.length)
    expect(errorOf(() => readNpy(both, 'a.npy')).message).toBe(
      "a.npy is too long: shape (2,) of '<f4' takes 8 bytes, but the file has 144. Read one " +
        'array of it with bytes.subarray(0, 136).',
    )
    const { byteOffset, byteLength } = readNpyHeader(both)
    expect(elements(readNpy(both.subarray(0, byteOffset + byteLength)))).toEqual([1, 2])
    expect(elements(readNpy(both.subarray(byteOffset + byteLength)))).toEqual([3, 4])
  })
})

describe('writes what NumPy saves', () => {
  const own = rows.filter(
    ({ kind, order, descr, version }) =>
      ownTypes.includes(kind) && order === 'C' && descr[0] !== '>' && version === 1,
  )
  test.each(own)('$descr $shape', ({ file, kind, shape, values }) => {
    const x = zeros(shape, dtypeOfKind[kind]!)
    x.data.set(values)
    expect(writeNpy(x)).toEqual(file)
    // As a view with other strides: the array with its axes reversed, twice.
    const reversed = transpose(x)
    expect(elements(readNpy(writeNpy(reversed)))).toEqual(elements(reversed))
    expect(writeNpy(transpose(reversed))).toEqual(file)
  })

  const halves = rows.filter(
    ({ descr, order, version }) => descr === '<f2' && order === 'C' && version === 1,
  )
  test.each(halves)('float16 $shape, from other types', ({ file, shape, values }) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = zeros(shape, dtype)
      x.data.set(values)
      expect(writeNpy(x, { dtype: 'float16' })).toEqual(file)
      expect(writeNpy(transpose(transpose(x)), { dtype: 'float16' })).toEqual(file)
    }
  })

  test('float16 rounded as NumPy rounds', () => {
    const { values, file } = fixtures.rounded
    const x = new Float64Array(bytesOf(values).buffer)
    expect(writeNpy(x, { dtype: 'float16' })).toEqual(bytesOf(file))
    // Nested numbers are not rounded to float32 first.
    expect(writeNpy([...x], { dtype: 'float16' })).toEqual(bytesOf(file))
    const integers = readNpy(writeNpy(Int32Array.of(2049, -2051, 70000), { dtype: 'float16' }))
    expect([...integers.data]).toEqual([2048, -2052, Infinity])
  })

  test('no other dtype, and no other option', () => {
    expect(errorOf(() => writeNpy([1], { dtype: 'float32' } as never))).toMatchObject({
      code: 'OPTION_INVALID',
      message:
        `writeNpy: dtype is the string "float32". Only 'float16' can be asked for. Otherwise ` +
        'the file has the dtype of the array.',
    })
    expect(errorOf(() => writeNpy([1], { order: 'F' } as never)).code).toBe('OPTION_UNKNOWN')
  })

  test('clamped bytes as uint8, nested numbers as float32', () => {
    const clamped = writeNpy(Uint8ClampedArray.of(1, 2))
    expect(clamped).toEqual(writeNpy(Uint8Array.of(1, 2)))
    expect(readNpyHeader(writeNpy([0.1])).descr).toBe('<f4')
    expect(readNpyHeader(writeNpy(7)).shape).toEqual([])
  })

  test('an array of 64 axes', () => {
    const file = writeNpy(zeros(new Array<number>(64).fill(1)))
    expect(file.length % 64).toBe(4)
    expect(readNpy(file).shape).toHaveLength(64)
  })

  test('what is not an array throws', () => {
    expect(errorOf(() => writeNpy('text' as never)).code).toBe('ARRAY_UNKNOWN')
  })
})

const types: readonly DType[] = [
  ...('Float16Array' in globalThis ? (['float16'] as const) : []),
  'float32',
  'float64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'uint8c',
  'uint16',
]

test('a round trip of any view keeps shape, values and type', () => {
  const view = fc
    .tuple(
      fc.constantFrom(...types),
      fc.array(fc.nat(4), { maxLength: 4 }),
      fc.array(fc.double(), { minLength: 256, maxLength: 256 }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([dtype, shape, values, turned, thinned]) => {
      const whole = zeros([...shape], dtype)
      whole.data.set(values.slice(0, whole.data.length))
      const x: NdArray = turned ? transpose(flip(whole)) : whole
      return thinned && x.shape.length > 0 ? slice(x, [1, null, 2]) : x
    })
  fc.assert(
    fc.property(view, (x) => {
      const back = readNpy(writeNpy(x))
      expect(back.shape).toEqual(x.shape)
      const types: Readonly<Record<string, DType>> = { uint8c: 'uint8', float16: 'float32' }
      expect(back.dtype).toBe(types[x.dtype] ?? x.dtype)
      expect(elements(back)).toEqual(elements(x))
    }),
  )
})

// What the message calls them, by the type.
const called: Readonly<Record<string, string>> = {
  complex64: "elements of type '<c8'.* complex numbers. Save x.real",
  "[('x', '<f4'), ('y', '<i4')]": 'records: a file of plain numbers is needed. Save one field',
  'datetime64[D]': 'dates. Convert them',
  '<U2': 'strings. If they are numbers, convert them',
  '|S2': 'strings. If they are numbers, convert them',
  object: 'Python objects. If they are numbers, convert them',
  longdouble: "precision. Convert it with .astype\\('float64'\\)",
}

describe('refuses', () => {
  test.each(fixtures.refused)('$descr', ({ descr, file }) => {
    const { code, message } = errorOf(() => readNpy(bytesOf(file), 'a.npy'))
    expect(code).toBe('DTYPE_UNKNOWN')
    expect(message).toMatch(new RegExp(`^a\\.npy has .*${called[descr]!}`))
  })

  test.each([
    ['<i8', BigInt64Array.of(1n, -(2n ** 53n) - 1n, 2n ** 60n + 1n), '-9007199254740993'],
    ['<u8', BigUint64Array.of(1n, 2n ** 64n - 1n, 0n), '18446744073709551615'],
  ])('%s that is not exact, with the first such value', (descr, integers, value) => {
    const file = fileOf(header(descr, '(3,)'), integers)
    expect(errorOf(() => readNpy(file, 'a.npy'))).toMatchObject({
      code: 'INTEGER_INEXACT',
      message:
        `a.npy: element 1 in file order is ${value}, but integers are exact only up to 2^53. ` +
        "Scale it, or convert it with .astype('float64').",
    })
  })

  test('no 64-bit integer that a number holds exactly', () => {
    const file = fileOf(header('<u8', '(2,)'), BigUint64Array.of(2n ** 60n, 2n ** 63n))
    expect([...readNpy(file).data]).toEqual([2 ** 60, 2 ** 63])
  })

  test.each([
    header('<f4', '(2 2)'),
    header('<f4', '(-4,)'),
    header('<f4', '(0x4,)'),
    header('<f4', '(4.0,)'),
    header('<f4', '((4,),)'),
    header('<f4', '(4,,)'),
    header('<f4', '(,)'),
    header('<f4', '[4]'),
    header('<f4', '4'),
    header('<f4', '(4,)', 'Maybe'),
    header('<f4', '(4,)', '0'),
    header('<f4', '(4,)').replace('descr', 'dtype'),
    header('<f4', '(4,)').replace(", 'shape': (4,)", ''),
    header('<f4', '(4,)').replace('}', ", 'shape': (4,)}"),
    header('<f4', '(4,)').replace('}', "'shape': (4,)}"),
    header('<f4', '(4,)').replace('}', "'more': 1}"),
    header('<f4', '(4,)').replace('}', "'shape': }"),
    header('<f4', '(4,)').replace('}', ''),
    header('<f4', '(4,)').replace('{', '['),
    `${header('<f4', '(4,)')}{`,
    '{}',
    '',
    ' ',
  ])('the header %j', (text) => {
    expect(errorOf(() => readNpy(fileOf(text, new Float32Array(4)), 'a.npy'))).toMatchObject({
      code: 'NPY_INVALID',
      message:
        'a.npy is damaged: its header does not describe an array. Copy it again, or save it ' +
        'again with np.save.',
    })
  })

  test('shapes that no array can have', () => {
    const message = (shape: string): string =>
      errorOf(() => readNpy(fileOf(header('<f4', shape)), 'a.npy')).message
    const tooMany = ': its elements are too many to count (2^53).'
    expect(message('(4503599627370496, 4)')).toContain(`(4503599627370496, 4)${tooMany}`)
    expect(message('(0, 9007199254740992)')).toContain(tooMany)
    expect(message(`(${'9'.repeat(400)},)`)).toContain(tooMany)
    expect(message(`(${'1,'.repeat(65)})`)).toBe(
      'a.npy has 65 axes: arrays with at most 64 axes are supported.',
    )
    expect(message('(9007199254740991,)')).toContain('takes 36028797018963964 bytes')
  })

  test('other bytes, other versions and other values', () => {
    const file = writeNpy([1, 2])
    for (const [at, byte] of [
      [0, 0],
      [5, 0],
      [6, 0],
      [6, 4],
    ] as const) {
      const other = file.slice()
      other[at] = byte
      expect(errorOf(() => readNpy(other)).message).toBe(
        'the .npy file does not begin as a .npy file of version 1 to 3 does. Save the array with ' +
          'np.save.',
      )
    }
    const archive = Uint8Array.of(0x50, 0x4b, 3, 4, ...file)
    expect(errorOf(() => readNpy(archive, 'a.npz'))).toMatchObject({
      code: 'NPY_INVALID',
      message:
        'a.npz is a .npz archive of several arrays. Take a .npy file out of it, or save one ' +
        'array with np.save.',
    })
    expect(errorOf(() => readNpy('text' as never, 'a.npy'))).toMatchObject({
      code: 'DATA_INVALID',
      message:
        'a.npy is the string "text": a Uint8Array or an ArrayBuffer is needed. Read the file as ' +
        'bytes, not as text.',
    })
    for (const value of [null, undefined, 3, {}, [1], Float32Array.of(1)])
      expect(errorOf(() => readNpy(value as never)).code).toBe('DATA_INVALID')
    const { buffer } = file
    structuredClone(buffer, { transfer: [buffer] })
    expect(errorOf(() => readNpy(file)).code).toBe('NPY_INVALID')
    expect(errorOf(() => readNpy(buffer)).code).toBe('NPY_INVALID')
  })

  test('a file that is cut off, anywhere', () => {
    const file = writeNpy([[1, 2, 3]])
    for (let length = 0; length < file.length; length++) {
      const { code, message } = errorOf(() => readNpy(file.subarray(0, length), 'a.npy'))
      expect(code).toBe(length < 10 ? 'NPY_INVALID' : 'NPY_LENGTH_MISMATCH')
      if (length === 20) expect(message).toMatch('takes 128 bytes, but the file has 20.')
      if (length === 131) expect(message).toMatch('takes 12 bytes, but the file has 3.')
    }
  })

  test('a control sequence in the type is escaped', () => {
    const { message } = errorOf(() => readNpy(fileOf(header('\x1b[31m\u009b', '()'))))
    expect(message).toMatch("'\\x1b[31m")
    expect(message).not.toMatch(/[^ -~]/)
  })

  test('headers of a megabyte, at once', () => {
    const long = 2 ** 20 - 100
    const file = (text: string): Uint8Array => {
      const bytes = new Uint8Array(12 + text.length)
      bytes.set(fileOf('').subarray(0, 6))
      bytes[6] = 2
      new DataView(bytes.buffer).setUint32(8, text.length, true)
      bytes.set(
        Uint8Array.from(text, (character) => character.charCodeAt(0)),
        12,
      )
      return bytes
    }
    const start = performance.now()
    for (const text of [
      ' '.repeat(long),
      `{${' '.repeat(long)}`,
      `{'descr'${' '.repeat(long)}`,
      `{'descr': '${'x'.repeat(long)}`,
      `{'descr': '${'x'.repeat(long)}'${' '.repeat(50)}`,
      `{'shape': (${'1,'.repeat(long / 2)}`,
      `{'shape': (${' '.repeat(long)}), }`,
      `{'shape': (1${' '.repeat(long)}1), }`,
      `{'shape': (${'9'.repeat(long)}), }`,
      "{'descr': ".repeat(long / 10),
      ','.repeat(long),
      '{'.repeat(long),
      `${header('<f4', '(1)')}${' '.repeat(long)}}`,
    ])
      expect(errorOf(() => readNpy(file(text))).code).toBe('NPY_INVALID')
    expect(performance.now() - start).toBeLessThan(30_000)
    expect(errorOf(() => readNpy(file(' '.repeat(2 ** 20 + 1)))).message).toMatch(
      'takes 1048577 bytes, and at most 1048576 are supported',
    )
  })
})

describe('a damaged file gives an array or an OptionError', () => {
  const check = (bytes: Uint8Array): void => {
    try {
      const x = readNpy(bytes)
      expect(x.data.length).toBe(x.shape.reduce((count, extent) => count * extent, 1))
    } catch (error) {
      expect(error).toBeInstanceOf(OptionError)
    }
  }
  const file = fc.constantFrom(...rows.map((row) => row.file))

  test('bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(file, changes, (original, list) => {
        const bytes = original.slice()
        for (const [at, byte] of list) if (at < bytes.length) bytes[at] = byte
        check(bytes)
      }),
      { numRuns: 3000 },
    )
  })

  test('words of the header exchanged', () => {
    const word = fc.constantFrom(
      ...["'descr'", "'shape'", "'fortran_order'", "'<f4'", "'|O'", 'True', 'False', '(', ')'],
      ...['[', ']', '{', '}', ',', ':', ' ', '\\', '"', "'", '0', '1', '-1', '9007199254740993'],
      ...['None', 'L', '\0', '\n', '\u00ff'],
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (list) =>
        check(fileOf(list.join(''), new Float32Array(1))),
      ),
      { numRuns: 3000 },
    )
  })

  test('cut off or longer', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.uint8Array({ maxLength: 20 }), (original, cut, tail) => {
        check(Uint8Array.from([...original.subarray(0, cut % (original.length + 1)), ...tail]))
      }),
    )
  })
})

test('an array over data of any offset is written alone', () => {
  const x = ndarray(Float64Array.of(0, 1, 2, 3, 4), [2], { offset: 3 })
  expect(elements(readNpy(writeNpy(x)))).toEqual([3, 4])
})
