/**
 * Test cases for every computing instruction: operands and the expected result, worked out by hand.
 * The operands are chosen so that similar instructions give different results.
 */

import type { ValueType } from '../src/backends/wasm/assembler/body.ts'
import type { PlainOp, VectorOp } from '../src/backends/wasm/assembler/opcodes.ts'

export type Lanes =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array

export const f4 = (...v: number[]): Lanes => Float32Array.from(v)
export const d2 = (...v: number[]): Lanes => Float64Array.from(v)
export const i4 = (...v: number[]): Lanes => Int32Array.from(v)
const u4 = (...v: number[]): Lanes => Uint32Array.from(v)
export const h8 = (...v: number[]): Lanes => Int16Array.from(v)
const uh8 = (...v: number[]): Lanes => Uint16Array.from(v)
const b16 = (...v: number[]): Lanes => Int8Array.from(v)
export const ub16 = (...v: number[]): Lanes => Uint8Array.from(v)
const l2 = (...v: bigint[]): Lanes => BigInt64Array.from(v)
export const asBytes = (x: Lanes): number[] =>
  Array.from(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))

type PlainCase = readonly [
  operands: string,
  results: 'i32' | 'f32' | 'f64',
  args: readonly number[],
  expected: number,
]

const binary = (type: 'i32' | 'f32' | 'f64', a: number, b: number, expected: number): PlainCase => [
  type,
  type,
  [a, b],
  expected,
]
const compare = (type: 'i32' | 'f32' | 'f64', a: number, b: number, expected: 0 | 1): PlainCase => [
  type,
  'i32',
  [a, b],
  expected,
]
const unary = (type: 'i32' | 'f32' | 'f64', a: number, expected: number): PlainCase => [
  type,
  type,
  [a],
  expected,
]

type ComputingOp = Exclude<PlainOp, 'select' | 'drop' | 'return' | 'unreachable'>

export const plainCases: Readonly<Record<ComputingOp, readonly PlainCase[]>> = {
  'i32.eqz': [
    ['i32', 'i32', [0], 1],
    ['i32', 'i32', [5], 0],
  ],
  'i32.eq': [compare('i32', 3, 3, 1), compare('i32', 3, 4, 0), compare('i32', 4, 3, 0)],
  'i32.ne': [compare('i32', 3, 3, 0), compare('i32', 3, 4, 1), compare('i32', 4, 3, 1)],
  'i32.lt_s': [compare('i32', -1, 1, 1), compare('i32', 1, -1, 0), compare('i32', 1, 1, 0)],
  'i32.lt_u': [compare('i32', -1, 1, 0), compare('i32', 1, -1, 1), compare('i32', 1, 1, 0)],
  'i32.gt_s': [compare('i32', -1, 1, 0), compare('i32', 1, -1, 1), compare('i32', 1, 1, 0)],
  'i32.gt_u': [compare('i32', -1, 1, 1), compare('i32', 1, -1, 0), compare('i32', 1, 1, 0)],
  'i32.le_s': [compare('i32', -1, 1, 1), compare('i32', 1, -1, 0), compare('i32', 1, 1, 1)],
  'i32.le_u': [compare('i32', -1, 1, 0), compare('i32', 1, -1, 1), compare('i32', 1, 1, 1)],
  'i32.ge_s': [compare('i32', -1, 1, 0), compare('i32', 1, -1, 1), compare('i32', 1, 1, 1)],
  'i32.ge_u': [compare('i32', -1, 1, 1), compare('i32', 1, -1, 0), compare('i32', 1, 1, 1)],
  'f32.eq': [
    compare('f32', 1.5, 1.5, 1),
    compare('f32', 1, 2, 0),
    compare('f32', Number.NaN, Number.NaN, 0),
  ],
  'f32.lt': [compare('f32', 1, 2, 1), compare('f32', 2, 1, 0), compare('f32', 1, 1, 0)],
  'f64.eq': [
    compare('f64', 1.5, 1.5, 1),
    compare('f64', 1, 2, 0),
    compare('f64', Number.NaN, Number.NaN, 0),
  ],
  'f64.lt': [compare('f64', 1, 2, 1), compare('f64', 2, 1, 0), compare('f64', 1, 1, 0)],
  'i32.clz': [unary('i32', 0x00f0, 24)],
  'i32.ctz': [unary('i32', 0x00f0, 4)],
  'i32.add': [binary('i32', 7, 3, 10)],
  'i32.sub': [binary('i32', 7, 3, 4)],
  'i32.mul': [binary('i32', 7, 3, 21)],
  'i32.div_s': [binary('i32', -7, 2, -3)],
  'i32.div_u': [binary('i32', -7, 2, 0x7ffffffc)],
  'i32.rem_s': [binary('i32', -7, 3, -1)],
  'i32.rem_u': [binary('i32', -7, 3, 0)],
  'i32.and': [binary('i32', 12, 10, 8)],
  'i32.or': [binary('i32', 12, 10, 14)],
  'i32.xor': [binary('i32', 12, 10, 6)],
  'i32.shl': [binary('i32', -16, 2, -64)],
  'i32.shr_s': [binary('i32', -16, 2, -4)],
  'i32.shr_u': [binary('i32', -16, 2, 0x3ffffffc)],
  'f32.abs': [unary('f32', -2.5, 2.5)],
  'f32.neg': [unary('f32', 2.5, -2.5), unary('f32', -2.5, 2.5)],
  'f32.nearest': [unary('f32', 2.5, 2), unary('f32', 3.5, 4), unary('f32', -2.75, -3)],
  'f32.sqrt': [unary('f32', 6.25, 2.5)],
  'f32.add': [binary('f32', 7, 2, 9)],
  'f32.sub': [binary('f32', 7, 2, 5)],
  'f32.mul': [binary('f32', 7, 2, 14)],
  'f32.div': [binary('f32', 7, 2, 3.5)],
  'f32.min': [binary('f32', 7, 2, 2)],
  'f32.max': [binary('f32', 7, 2, 7)],
  'f64.abs': [unary('f64', -2.1, 2.1)],
  'f64.neg': [unary('f64', 2.1, -2.1), unary('f64', -2.1, 2.1)],
  'f64.nearest': [unary('f64', 2.5, 2), unary('f64', 3.5, 4), unary('f64', -2.75, -3)],
  'f64.sqrt': [unary('f64', 6.25, 2.5)],
  'f64.add': [binary('f64', 7.1, 2, 9.1)],
  'f64.sub': [binary('f64', 7, 2, 5)],
  'f64.mul': [binary('f64', 7, 2, 14)],
  'f64.div': [binary('f64', 7, 2, 3.5)],
  'f64.min': [binary('f64', 7, 2, 2)],
  'f64.max': [binary('f64', 7, 2, 7)],
  'f32.convert_i32_s': [['i32', 'f32', [-2], -2]],
  'f32.convert_i32_u': [['i32', 'f32', [-2], 4294967296]],
  'f32.demote_f64': [['f64', 'f32', [0.1], Math.fround(0.1)]],
  'f64.convert_i32_s': [['i32', 'f64', [-2], -2]],
  'f64.convert_i32_u': [['i32', 'f64', [-2], 4294967294]],
  'f64.promote_f32': [['f32', 'f64', [0.1], Math.fround(0.1)]],
}

/** Operands (vectors, or a number with its type) and the expected vector or number. */
export type VectorCase = readonly [
  operands: readonly (Lanes | readonly [ValueType, number])[],
  expected: Lanes | number,
]

const allBits = -1
const [fa, fb] = [f4(7, -2, 2.5, 9), f4(2, 3, 2.5, -4)]
const [da, db] = [d2(7, -2.5), d2(2, 4)]
const [bitsA, bitsB] = [i4(0b1100, -1, 0, 0x0f0f), i4(0b1010, 0, -1, 0x00ff)]
const wide = h8(-300, 300, -5, 5, 127, 128, -128, -129)
const wide2 = h8(255, 256, 0, -1, 32767, -32768, 100, 200)
const clampTo = (low: number, high: number, ...lists: Lanes[]): number[] =>
  lists.flatMap((list) =>
    Array.from(list as ArrayLike<number | bigint>, (v) => Math.min(high, Math.max(low, Number(v)))),
  )
const narrowA = i4(-40000, 40000, -5, 65535)
const narrowB = i4(65536, 0, 32767, -32768)
const bytesIn = b16(...Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? -1 - i : i + 1)))
const halfIn = h8(-1, 2, -3, 4, -5, 6, -7, 8)
const unsignedBytes = asBytes(bytesIn)
const unsignedHalves = Array.from(
  new Uint16Array(Int16Array.from(halfIn as ArrayLike<number>).buffer),
)

export const vectorCases: Readonly<Record<VectorOp, readonly VectorCase[]>> = {
  'i32x4.splat': [[[['i32', -7]], i4(-7, -7, -7, -7)]],
  'f32x4.splat': [[[['f32', 1.5]], f4(1.5, 1.5, 1.5, 1.5)]],
  'f64x2.splat': [[[['f64', 1.1]], d2(1.1, 1.1)]],
  // −1 > −2 as signed numbers and as unsigned ones; 1 > −1 only as signed ones.
  'i16x8.gt_s': [
    [
      [h8(1, 2, 3, -1, 1, -1, 32767, -32768), h8(2, 2, 2, -2, -1, 1, -32768, 32767)],
      h8(0, 0, -1, -1, -1, 0, -1, 0),
    ],
  ],
  'f32x4.eq': [[[fa, fb], i4(0, 0, allBits, 0)]],
  'f32x4.lt': [[[fa, fb], i4(0, allBits, 0, 0)]],
  'f32x4.gt': [[[fa, fb], i4(allBits, 0, 0, allBits)]],
  'f64x2.eq': [
    [[d2(1, 2), d2(1, 3)], l2(-1n, 0n)],
    [[d2(1, 2), d2(0, 2)], l2(0n, -1n)],
  ],
  'f64x2.lt': [
    [[da, db], l2(0n, -1n)],
    [[da, da], l2(0n, 0n)],
  ],
  'f64x2.gt': [
    [[da, db], l2(-1n, 0n)],
    [[da, da], l2(0n, 0n)],
  ],
  'v128.not': [[[bitsA], i4(~0b1100, 0, -1, ~0x0f0f)]],
  'v128.and': [[[bitsA, bitsB], i4(0b1000, 0, 0, 0x000f)]],
  'v128.andnot': [[[bitsA, bitsB], i4(0b0100, -1, 0, 0x0f00)]],
  'v128.or': [[[bitsA, bitsB], i4(0b1110, -1, -1, 0x0fff)]],
  'v128.xor': [[[bitsA, bitsB], i4(0b0110, -1, -1, 0x0ff0)]],
  'v128.bitselect': [[[i4(1, 2, 3, 4), i4(5, 6, 7, 8), i4(-1, 0, -1, 0)], i4(1, 6, 3, 8)]],
  'v128.any_true': [
    [[i4(0, 0, 4, 0)], 1],
    [[i4(0, 0, 0, 0)], 0],
  ],
  'f32x4.demote_f64x2_zero': [[[d2(0.1, -2.5)], f4(0.1, -2.5, 0, 0)]],
  'f64x2.promote_low_f32x4': [[[f4(0.1, -2.5, 3, 4)], d2(Math.fround(0.1), -2.5)]],
  'i8x16.narrow_i16x8_s': [[[wide, wide2], b16(...clampTo(-128, 127, wide, wide2))]],
  'i8x16.narrow_i16x8_u': [[[wide, wide2], ub16(...clampTo(0, 255, wide, wide2))]],
  'f32x4.nearest': [[[f4(0.5, 1.5, 2.5, -3.7)], f4(0, 2, 2, -4)]],
  'i16x8.shr_s': [
    [
      [h8(9, -9, 0x7fff, -0x8000, 4, -4, 1, -1), ['i32', 2]],
      h8(2, -3, 0x1fff, -0x2000, 1, -1, 0, -1),
    ],
  ],
  'i16x8.shr_u': [
    [
      [h8(9, -9, 0x7fff, -0x8000, 4, -4, 1, -1), ['i32', 2]],
      h8(2, 0x3ffd, 0x1fff, 0x2000, 1, 0x3fff, 0, 0x3fff),
    ],
  ],
  'i16x8.add': [
    [
      [h8(7, -2, 0x7fff, 0x00ff, 5, 6, 7, 8), h8(2, 5, 1, 1, 50, 60, 70, 80)],
      h8(9, 3, -0x8000, 0x0100, 55, 66, 77, 88),
    ],
  ],
  'i16x8.sub': [
    [
      [h8(7, -2, -0x8000, 0x0100, 5, 6, 7, 8), h8(2, 5, 1, 1, 50, 60, 70, 80)],
      h8(5, -7, 0x7fff, 0x00ff, -45, -54, -63, -72),
    ],
  ],
  'i16x8.mul': [
    [
      [h8(7, -2, 0x4000, 0x0101, 5, 6, 7, 8), h8(2, 5, 6, 0x0101, 3, 3, 3, 3)],
      h8(14, -10, -0x8000, 0x0201, 15, 18, 21, 24),
    ],
  ],
  'i16x8.max_s': [
    [[h8(1, -1, 5, -5, 0, 0, 7, -7), h8(-1, 1, 4, -4, 1, -1, 8, -8)], h8(1, 1, 5, -4, 1, 0, 8, -7)],
  ],
  'i16x8.min_u': [
    [[h8(1, -1, 5, -5, 0, 0, 7, -7), h8(-1, 1, 4, -4, 1, -1, 8, -8)], h8(1, 1, 4, -5, 0, 0, 7, -8)],
  ],
  'f64x2.nearest': [[[d2(2.5, -3.7)], d2(2, -4)]],
  'i16x8.narrow_i32x4_s': [[[narrowA, narrowB], h8(...clampTo(-32768, 32767, narrowA, narrowB))]],
  'i16x8.narrow_i32x4_u': [[[narrowA, narrowB], uh8(...clampTo(0, 65535, narrowA, narrowB))]],
  'i16x8.extend_low_i8x16_s': [[[bytesIn], h8(...Array.from(bytesIn, Number).slice(0, 8))]],
  'i16x8.extend_high_i8x16_s': [[[bytesIn], h8(...Array.from(bytesIn, Number).slice(8))]],
  'i16x8.extend_low_i8x16_u': [[[bytesIn], h8(...unsignedBytes.slice(0, 8))]],
  'i16x8.extend_high_i8x16_u': [[[bytesIn], h8(...unsignedBytes.slice(8))]],
  'i32x4.extend_low_i16x8_s': [[[halfIn], i4(-1, 2, -3, 4)]],
  'i32x4.extend_high_i16x8_s': [[[halfIn], i4(-5, 6, -7, 8)]],
  'i32x4.extend_low_i16x8_u': [[[halfIn], i4(...unsignedHalves.slice(0, 4))]],
  'i32x4.extend_high_i16x8_u': [[[halfIn], i4(...unsignedHalves.slice(4))]],
  'i32x4.gt_s': [
    [[i4(1, 0x10000, -1, -0x80000000), i4(2, 0xffff, -2, 0x7fffffff)], i4(0, -1, -1, 0)],
    [[i4(5, -5, 1, -1), i4(5, -5, -1, 1)], i4(0, 0, -1, 0)],
  ],
  'i32x4.shr_s': [
    [[i4(9, -9, 0x7fffffff, -0x80000000), ['i32', 2]], i4(2, -3, 0x1fffffff, -0x20000000)],
  ],
  'i32x4.shl': [[[i4(1, -2, 3, 0x40000000), ['i32', 2]], i4(4, -8, 12, 0)]],
  'i32x4.add': [[[i4(7, -2, 3, 2147483647), i4(2, 5, 4, 1)], i4(9, 3, 7, -2147483648)]],
  'i32x4.sub': [[[i4(7, -2, 3, 0), i4(2, 5, 4, 1)], i4(5, -7, -1, -1)]],
  'i32x4.mul': [
    [[i4(7, -2, 0x10000, 0x40000000), i4(2, 5, 0x10001, 6)], i4(14, -10, 0x10000, -0x80000000)],
  ],
  'i32x4.dot_i16x8_s': [
    [
      [
        h8(1, 2, -3, 4, 32767, 32767, -32768, -32768),
        h8(5, 6, 7, -8, 32767, 32767, -32768, -32768),
      ],
      i4(17, -53, 2147352578, -2147483648),
    ],
  ],
  'i64x2.extend_low_i32x4_s': [[[i4(-7, 8, 9, 10)], l2(-7n, 8n)]],
  'i64x2.shl': [[[l2(0x80000001n, -3n), ['i32', 4]], l2(0x800000010n, -48n)]],
  'i64x2.add': [[[l2(0xffffffffn, -3n), l2(1n, 1n)], l2(0x100000000n, -2n)]],
  'f32x4.abs': [[[f4(-1, 2, -3.5, -0)], f4(1, 2, 3.5, 0)]],
  'f32x4.neg': [[[f4(-1, 2, -3.5, 0)], f4(1, -2, 3.5, -0)]],
  'f32x4.sqrt': [[[f4(4, 9, 6.25, 0)], f4(2, 3, 2.5, 0)]],
  'f32x4.add': [[[fa, fb], f4(9, 1, 5, 5)]],
  'f32x4.sub': [[[fa, fb], f4(5, -5, 0, 13)]],
  'f32x4.mul': [[[fa, fb], f4(14, -6, 6.25, -36)]],
  'f32x4.div': [[[fa, fb], f4(3.5, -2 / 3, 1, -2.25)]],
  'f32x4.min': [[[f4(7, -2, 1, 0), f4(2, 3, Number.NaN, -0)], f4(2, -2, Number.NaN, -0)]],
  'f32x4.max': [[[f4(7, -2, 1, -0), f4(2, 3, Number.NaN, 0)], f4(7, 3, Number.NaN, 0)]],
  'f32x4.pmin': [[[f4(7, -2, 1, 0), f4(2, 3, Number.NaN, -0)], f4(2, -2, 1, 0)]],
  'f32x4.pmax': [[[f4(7, -2, 1, -0), f4(2, 3, Number.NaN, 0)], f4(7, 3, 1, -0)]],
  'f64x2.abs': [[[d2(-1.1, 2)], d2(1.1, 2)]],
  'f64x2.neg': [[[d2(-1.1, 2)], d2(1.1, -2)]],
  'f64x2.sqrt': [[[d2(6.25, 2)], d2(2.5, Math.SQRT2)]],
  'f64x2.add': [[[da, db], d2(9, 1.5)]],
  'f64x2.sub': [[[da, db], d2(5, -6.5)]],
  'f64x2.mul': [[[da, db], d2(14, -10)]],
  'f64x2.div': [[[da, db], d2(3.5, -0.625)]],
  'f64x2.min': [
    [[d2(7, 0), d2(2, -0)], d2(2, -0)],
    [[d2(1, 1), d2(3, Number.NaN)], d2(1, Number.NaN)],
  ],
  'f64x2.max': [
    [[d2(7, -0), d2(2, 0)], d2(7, 0)],
    [[d2(1, 1), d2(3, Number.NaN)], d2(3, Number.NaN)],
  ],
  'f64x2.pmin': [
    [[d2(7, 0), d2(2, -0)], d2(2, 0)],
    [[d2(1, 1), d2(3, Number.NaN)], d2(1, 1)],
  ],
  'f64x2.pmax': [
    [[d2(7, -0), d2(2, 0)], d2(7, -0)],
    [[d2(1, 1), d2(3, Number.NaN)], d2(3, 1)],
  ],
  'i32x4.trunc_sat_f32x4_s': [[[f4(-2.7, 3e9, Number.NaN, 5.9)], i4(-2, 2147483647, 0, 5)]],
  'i32x4.trunc_sat_f32x4_u': [[[f4(-2.7, 3e9, Number.NaN, 1e12)], u4(0, 3e9, 0, 4294967295)]],
  'f32x4.convert_i32x4_s': [[[i4(-2, 3, 0, 100)], f4(-2, 3, 0, 100)]],
  'f32x4.convert_i32x4_u': [[[i4(-2, 3, 0, 100)], f4(4294967296, 3, 0, 100)]],
  'i32x4.trunc_sat_f64x2_s_zero': [[[d2(-2.7, 3e9)], i4(-2, 2147483647, 0, 0)]],
  'i32x4.trunc_sat_f64x2_u_zero': [[[d2(-2.7, 3e9)], u4(0, 3e9, 0, 0)]],
  'f64x2.convert_low_i32x4_s': [[[i4(-2, 3, 4, 5)], d2(-2, 3)]],
  'f64x2.convert_low_i32x4_u': [[[i4(-2, 3, 4, 5)], d2(4294967294, 3)]],
  'f32x4.relaxed_madd': [[[fa, fb, f4(1, 2, 3, 4)], f4(15, -4, 9.25, -32)]],
  'f32x4.relaxed_nmadd': [[[fa, fb, f4(1, 2, 3, 4)], f4(-13, 8, -3.25, 40)]],
  'f64x2.relaxed_nmadd': [[[da, db, d2(1, 2)], d2(-13, 12)]],
  'f64x2.relaxed_madd': [[[da, db, d2(1, 2)], d2(15, -8)]],
}
