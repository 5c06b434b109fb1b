/**
 * Copies one element, or one vector of elements, from memory to memory and converts its type.
 *
 * Conversion to integers rounds half to even and saturates. NaN becomes 0.
 */

import { type DType, dtypes, toDType } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { MemoryOp } from '../assembler/opcodes.ts'

/** The types that programs have. Those of storage are converted before and after. */
const loads: Readonly<Partial<Record<DType, MemoryOp>>> = {
  float32: 'f32.load',
  float64: 'f64.load',
  int32: 'i32.load',
  int16: 'i32.load16_s',
  int8: 'i32.load8_s',
  uint8: 'i32.load8_u',
  uint8c: 'i32.load8_u',
  uint16: 'i32.load16_u',
}

const stores: Readonly<Partial<Record<DType, MemoryOp>>> = {
  float32: 'f32.store',
  float64: 'f64.store',
  int32: 'i32.store',
  int16: 'i32.store16',
  int8: 'i32.store8',
  uint8: 'i32.store8',
  uint8c: 'i32.store8',
  uint16: 'i32.store16',
}

const isFloat = (type: DType): type is 'float32' | 'float64' =>
  type === 'float32' || type === 'float64'

/** Stack: target address. Copies the element at local `from` to it. */
export function emitElementCopy(
  f: FunctionBody,
  toType: DType,
  fromType: DType,
  from: number,
): void {
  f.get(from).mem(loads[fromType]!)
  if (toType !== fromType) {
    if (isFloat(fromType)) emitFromFloat(f, toType, fromType)
    else emitFromInteger(f, toType)
  }
  f.mem(stores[toType]!)
}

function emitFromInteger(f: FunctionBody, toType: DType): void {
  if (toType === 'float32') f.op('f32.convert_i32_s')
  else if (toType === 'float64') f.op('f64.convert_i32_s')
  else {
    f.op('f64.convert_i32_s')
    emitFromFloat(f, toType, 'float64')
  }
}

function emitFromFloat(f: FunctionBody, toType: DType, fromType: 'float32' | 'float64'): void {
  if (isFloat(toType)) {
    if (toType !== fromType) f.op(toType === 'float64' ? 'f64.promote_f32' : 'f32.demote_f64')
    return
  }
  const { min, max } = dtypes[toType]
  // The saturating truncation already has the limits of int32.
  if (fromType === 'float32') {
    f.op('f32.nearest')
    if (toType !== 'int32') f.f32(min).op('f32.max').f32(max).op('f32.min')
    f.sat('i32.trunc_sat_f32_s')
  } else {
    f.op('f64.nearest')
    if (toType !== 'int32') f.f64(min).op('f64.max').f64(max).op('f64.min')
    f.sat('i32.trunc_sat_f64_s')
  }
}

/** Stack: target address. Converts a constant and writes it there. */
export function storeElement(f: FunctionBody, type: DType, value: number): void {
  const converted = toDType(value, type)
  if (type === 'float32') f.f32(converted)
  else if (type === 'float64') f.f64(converted)
  else f.i32(converted)
  f.mem(stores[type]!)
}

/** Pushes a vector whose elements of this type are all `value`. */
export function pushFilledVector(f: FunctionBody, type: DType, value: number): void {
  const converted = toDType(value, type)
  if (type === 'float32') f.v128(converted, 'f32')
  else if (type === 'float64') f.v128(converted, 'f64')
  else {
    const { bytes } = dtypes[type]
    const lane =
      bytes === 4
        ? converted
        : bytes === 2
          ? (converted & 0xffff) * 0x10001
          : (converted & 0xff) * 0x1010101
    f.v128Bits(lane | 0)
  }
}

/**
 * Copies one vector of elements (`MoveForm.width`) from local `from` (elements `fromStep` bytes
 * apart) to local `to`.
 */
export function emitVectorCopy(
  f: FunctionBody,
  toType: DType,
  fromType: DType,
  fromStep: number,
  to: number,
  from: number,
): void {
  const { bytes } = dtypes[toType]
  if (toType === fromType) {
    f.get(to)
    if (fromStep === bytes) f.get(from).vmem('v128.load')
    else emitGather(f, bytes, fromStep, from)
    f.vmem('v128.store')
  } else if (toType === 'float32') emitWiden(f, fromType, to, from)
  else if (fromType !== 'float32')
    f.get(to)
      .get(from)
      .vmem(dtypes[fromType].min < 0 ? 'v128.load8x8_s' : 'v128.load8x8_u')
      .vmem('v128.store')
  else emitNarrow(f, toType, to, from)
}

/** Pushes a vector of 4- or 8-byte elements that are `step` bytes apart. */
function emitGather(f: FunctionBody, bytes: number, step: number, from: number): void {
  const lanes = 16 / bytes
  if (step === 0) {
    f.get(from).vmem(bytes === 4 ? 'v128.load32_splat' : 'v128.load64_splat')
    return
  }
  const start = f.local('i32')
  const shift = Math.min(0, step * (lanes - 1))
  f.get(from).i32(shift).op('i32.add').set(start)
  for (let i = 0; i < lanes; i++) f.get(start)
  f.vmem(bytes === 4 ? 'v128.load32_splat' : 'v128.load64_splat', -shift)
  for (let i = 1; i < lanes; i++)
    f.lmem(bytes === 4 ? 'v128.load32_lane' : 'v128.load64_lane', i * step - shift, i)
}

/** Converts 8 small integers to 8 float32. */
function emitWiden(f: FunctionBody, fromType: DType, to: number, from: number): void {
  const narrow = dtypes[fromType].bytes === 1
  const signed = dtypes[fromType].min < 0
  const integers = f.local('v128')
  const load = narrow ? (signed ? 'v128.load8x8_s' : 'v128.load8x8_u') : 'v128.load'
  f.get(from).vmem(load).set(integers)
  const halves = signed
    ? (['i32x4.extend_low_i16x8_s', 'i32x4.extend_high_i16x8_s'] as const)
    : (['i32x4.extend_low_i16x8_u', 'i32x4.extend_high_i16x8_u'] as const)
  halves.forEach((extend, half) =>
    f
      .get(to)
      .get(integers)
      .vec(extend)
      .vec('f32x4.convert_i32x4_s')
      .vmem('v128.store', half * 16),
  )
}

/**
 * 1.5 · 2²³. Around this number, the bits of a float32 count up by 1 as the number does. Adding it
 * to x rounds x to an integer, half to even.
 */
const [roundingConstant, roundingBits] = [12582912, 0x4b400000]

/**
 * Converts 8 float32 to 16-bit integers, or 16 to 8-bit integers. Clamps, then rounds by adding a
 * number so large that no fraction bits are left. This takes four instructions per vector.
 * `nearest` and the saturating truncation take eight instructions of the processor.
 */
function emitNarrow(f: FunctionBody, toType: DType, to: number, from: number): void {
  const { min, bytes } = dtypes[toType]
  const value = f.local('v128')
  const convertFour = (at: number): void =>
    emitToIntegers(f, toType, value, () => f.get(from).vmem('v128.load', at))
  f.get(to)
  convertFour(0)
  convertFour(16)
  if (bytes === 2) f.vec(min < 0 ? 'i16x8.narrow_i32x4_s' : 'i16x8.narrow_i32x4_u')
  else {
    f.vec('i16x8.narrow_i32x4_s')
    convertFour(32)
    convertFour(48)
    f.vec('i16x8.narrow_i32x4_s').vec(min < 0 ? 'i8x16.narrow_i16x8_s' : 'i8x16.narrow_i16x8_u')
  }
  f.vmem('v128.store')
}

/**
 * Pushes four float32, which `push` pushes, as 32-bit integers within the limits of a type of 8 or
 * 16 bits. `value` is a local to use.
 */
export function emitToIntegers(
  f: FunctionBody,
  type: DType,
  value: number,
  push: () => void,
): void {
  const { min, max } = dtypes[type]
  f.get(f.constant(max, 'f32')).get(f.constant(min, 'f32'))
  push()
  // pmax returns its first operand if the second is NaN. The first is 0 only for unsigned integers.
  if (min < 0) f.tee(value).get(value).get(value).vec('f32x4.eq').vec('v128.and')
  f.vec('f32x4.pmax').vec('f32x4.pmin')
  emitSmallToIntegers(f)
}

/** The same for four float32 on the stack whose magnitudes are below `smallFloat`. */
export function emitSmallToIntegers(f: FunctionBody): void {
  f.get(f.constant(roundingConstant, 'f32'))
    .vec('f32x4.add')
    .get(f.constantBits(roundingBits))
    .vec('i32x4.sub')
}

/** Below this number, adding the rounding constant leaves no fraction, and the bits count. */
export const smallFloat: number = 2 ** 22
