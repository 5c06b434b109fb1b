/**
 * Every WebAssembly instruction that stridefold emits, with the bytes of the specification.
 *
 * There is one table per encoding: plain one-byte instructions, vector instructions after the
 * prefix 0xFD, and instructions with a memory argument. Relaxed vector instructions (0x100 and
 * above) are marked, because not every engine has them.
 */

export const plain = {
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'f32.eq': 0x5b,
  'f32.lt': 0x5d,
  'f64.eq': 0x61,
  'f64.lt': 0x63,
  'i32.clz': 0x67,
  'i32.ctz': 0x68,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'f32.abs': 0x8b,
  'f32.neg': 0x8c,
  'f32.nearest': 0x90,
  'f32.sqrt': 0x91,
  'f32.add': 0x92,
  'f32.sub': 0x93,
  'f32.mul': 0x94,
  'f32.div': 0x95,
  'f32.min': 0x96,
  'f32.max': 0x97,
  'f64.abs': 0x99,
  'f64.neg': 0x9a,
  'f64.nearest': 0x9e,
  'f64.sqrt': 0x9f,
  'f64.add': 0xa0,
  'f64.sub': 0xa1,
  'f64.mul': 0xa2,
  'f64.div': 0xa3,
  'f64.min': 0xa4,
  'f64.max': 0xa5,
  'f32.convert_i32_s': 0xb2,
  'f32.convert_i32_u': 0xb3,
  'f32.demote_f64': 0xb6,
  'f64.convert_i32_s': 0xb7,
  'f64.convert_i32_u': 0xb8,
  'f64.promote_f32': 0xbb,
  select: 0x1b,
  drop: 0x1a,
  return: 0x0f,
  unreachable: 0x00,
} as const

/** Saturating conversions, after the prefix 0xFC. */
export const saturating = {
  'i32.trunc_sat_f32_s': 0,
  'i32.trunc_sat_f32_u': 1,
  'i32.trunc_sat_f64_s': 2,
  'i32.trunc_sat_f64_u': 3,
} as const

/** Loads and stores: [opcode, log2 of the natural alignment]. */
export const memory = {
  'i32.load': [0x28, 2],
  'f32.load': [0x2a, 2],
  'f64.load': [0x2b, 3],
  'i32.load8_s': [0x2c, 0],
  'i32.load8_u': [0x2d, 0],
  'i32.load16_s': [0x2e, 1],
  'i32.load16_u': [0x2f, 1],
  'i32.store': [0x36, 2],
  'f32.store': [0x38, 2],
  'f64.store': [0x39, 3],
  'i32.store8': [0x3a, 0],
  'i32.store16': [0x3b, 1],
} as const

/** Vector loads and stores, after the prefix 0xFD. */
export const vectorMemory = {
  'v128.load': [0x00, 4],
  'v128.load8x8_s': [0x01, 3],
  'v128.load8x8_u': [0x02, 3],
  'v128.load16x4_s': [0x03, 3],
  'v128.load16x4_u': [0x04, 3],
  'v128.load8_splat': [0x07, 0],
  'v128.load16_splat': [0x08, 1],
  'v128.load32_splat': [0x09, 2],
  'v128.load64_splat': [0x0a, 3],
  'v128.store': [0x0b, 4],
  'v128.load32_zero': [0x5c, 2],
  'v128.load64_zero': [0x5d, 3],
} as const

/** Vector loads and stores of one lane. */
export const laneMemory = {
  'v128.load8_lane': [0x54, 0],
  'v128.load16_lane': [0x55, 1],
  'v128.load32_lane': [0x56, 2],
  'v128.load64_lane': [0x57, 3],
  'v128.store8_lane': [0x58, 0],
  'v128.store16_lane': [0x59, 1],
  'v128.store32_lane': [0x5a, 2],
  'v128.store64_lane': [0x5b, 3],
} as const

/** Vector instructions with a lane index. */
export const laneOps = {
  'i32x4.extract_lane': 0x1b,
  'f32x4.extract_lane': 0x1f,
  'f32x4.replace_lane': 0x20,
  'f64x2.extract_lane': 0x21,
  'f64x2.replace_lane': 0x22,
} as const

/** Vector instructions without immediates. */
export const vector = {
  'i32x4.splat': 0x11,
  'f32x4.splat': 0x13,
  'f64x2.splat': 0x14,
  'i16x8.gt_s': 0x31,
  'f32x4.eq': 0x41,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f64x2.eq': 0x47,
  'f64x2.lt': 0x49,
  'f64x2.gt': 0x4a,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'v128.any_true': 0x53,
  'f32x4.demote_f64x2_zero': 0x5e,
  'f64x2.promote_low_f32x4': 0x5f,
  'i8x16.narrow_i16x8_s': 0x65,
  'i8x16.narrow_i16x8_u': 0x66,
  'f32x4.nearest': 0x6a,
  'i16x8.shr_s': 0x8c,
  'i16x8.shr_u': 0x8d,
  'i16x8.add': 0x8e,
  'i16x8.sub': 0x91,
  'i16x8.mul': 0x95,
  'i16x8.max_s': 0x98,
  'i16x8.min_u': 0x97,
  'f64x2.nearest': 0x94,
  'i16x8.narrow_i32x4_s': 0x85,
  'i16x8.narrow_i32x4_u': 0x86,
  'i16x8.extend_low_i8x16_s': 0x87,
  'i16x8.extend_high_i8x16_s': 0x88,
  'i16x8.extend_low_i8x16_u': 0x89,
  'i16x8.extend_high_i8x16_u': 0x8a,
  'i32x4.extend_low_i16x8_s': 0xa7,
  'i32x4.extend_high_i16x8_s': 0xa8,
  'i32x4.extend_low_i16x8_u': 0xa9,
  'i32x4.extend_high_i16x8_u': 0xaa,
  'i32x4.shl': 0xab,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i32x4.mul': 0xb5,
  'i64x2.extend_low_i32x4_s': 0xc7,
  'i64x2.shl': 0xcb,
  'i64x2.add': 0xce,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.min': 0xe8,
  'f32x4.max': 0xe9,
  'f32x4.pmin': 0xea,
  'f32x4.pmax': 0xeb,
  'f64x2.abs': 0xec,
  'f64x2.neg': 0xed,
  'f64x2.sqrt': 0xef,
  'f64x2.add': 0xf0,
  'f64x2.sub': 0xf1,
  'f64x2.mul': 0xf2,
  'f64x2.div': 0xf3,
  'f64x2.min': 0xf4,
  'f64x2.max': 0xf5,
  'f64x2.pmin': 0xf6,
  'f64x2.pmax': 0xf7,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'i32x4.trunc_sat_f32x4_u': 0xf9,
  'f32x4.convert_i32x4_s': 0xfa,
  'f32x4.convert_i32x4_u': 0xfb,
  'i32x4.trunc_sat_f64x2_s_zero': 0xfc,
  'i32x4.trunc_sat_f64x2_u_zero': 0xfd,
  'f64x2.convert_low_i32x4_s': 0xfe,
  'f64x2.convert_low_i32x4_u': 0xff,
  'f32x4.relaxed_madd': 0x105,
  'f32x4.relaxed_nmadd': 0x106,
  'f64x2.relaxed_madd': 0x107,
  'f64x2.relaxed_nmadd': 0x108,
} as const

/** The first opcode of relaxed SIMD. */
export const firstRelaxed = 0x100

export type PlainOp = keyof typeof plain
export type SaturatingOp = keyof typeof saturating
export type MemoryOp = keyof typeof memory
export type VectorMemoryOp = keyof typeof vectorMemory
export type LaneMemoryOp = keyof typeof laneMemory
export type LaneOp = keyof typeof laneOps
export type VectorOp = keyof typeof vector
