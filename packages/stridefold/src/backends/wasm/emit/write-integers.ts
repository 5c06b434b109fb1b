/**
 * Turns the sums of integers of a tile into results, and stores them.
 *
 *   16-bit sums · 2⁻ᵐ, results of 8 or 16 bits    shifted and rounded as they are
 *   others                                        as floats: scale, epilogue, conversion
 *
 * Then pairs of vectors are narrowed to the size of the results, and stored.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { LaneMemoryOp } from '../assembler/opcodes.ts'
import type { ContractionCode } from '../schedule/contraction-code.ts'
import { elements, type IntegerElement } from '../schedule/element.ts'
import { emitSmallToIntegers, emitToIntegers, smallFloat } from './convert.ts'
import { emitFinish, emitRounding, hasFinish } from './epilogue.ts'
import { offsetPointer } from './loops.ts'
import type { TileRegisters } from './tile-registers.ts'
import { withOps } from './vector-ops.ts'
import { loadVectors } from './vectors.ts'

/** Vectors with neighbouring elements, each of `bytes` bytes. */
interface Packed {
  readonly locals: readonly number[]
  readonly bytes: number
}

export function writeIntegers(tile: TileRegisters, element: IntegerElement): void {
  const { f, code, rows, vectors, last } = tile
  const { lane, row, outerRow } = code.schedule
  const { bytes } = dtypes[code.types.to]
  const count = (vectors - 1) * element.lanes + last
  const rowStep = outerRow === undefined ? row.c * bytes : 0
  const step = lane.c * bytes
  // No offset of an instruction is negative.
  const base = Math.min(0, rowStep * (rows - 1)) + Math.min(0, step * (count - 1))
  const to = tile.offsetPointers(tile.params.to, base)
  const exponent = shiftOf(code)
  tile.accumulators.forEach((sums, r) => {
    const results =
      exponent === undefined
        ? throughFloats(tile, element, r, count)
        : narrowed(f, { locals: shifted(f, code, sums, exponent), bytes: element.bytes }, code)
    const perVector = 16 / bytes
    results.forEach((local, v) => {
      const elements = Math.min(perVector, count - v * perVector)
      const at = r * rowStep - base + v * perVector * step
      storeElements(f, { local, bytes, elements, step }, to[r] ?? to[0]!, at)
    })
  })
}

/**
 * The m for which sums are only divided by 2ᵐ, as integers of their type; undefined if more is to
 * be done, or if results do not have 8 or 16 bits, or the type of the sums.
 */
function shiftOf(code: ContractionCode): number | undefined {
  const { integer, types, unit, bias } = code
  const { scale, type } = integer!
  if (unit !== undefined || bias || hasFinish(code)) return undefined
  if (type === 'int32') return types.to === 'int32' && scale === 1 ? 0 : undefined
  const { integer: isInteger, bytes } = dtypes[types.to]
  if (!isInteger || bytes > 2) return undefined
  for (let m = 0; m <= maxShift; m++) if (scale * 2 ** m === 1) return m
  return undefined
}

/** Remainders plus 1 are signed numbers of 16 bits. */
const maxShift = 14

/**
 * The sums divided by 2ᵐ, rounded half to even, within the limits that narrowing does not see:
 *
 *   q = s >> m,  r = s & (2ᵐ − 1),  q + 1 if r + (q & 1) > 2ᵐ⁻¹
 */
function shifted(
  f: FunctionBody,
  { integer, types }: ContractionCode,
  sums: readonly number[],
  m: number,
): readonly number[] {
  const isUnsigned = integer!.type === 'uint16'
  const { min, max } = dtypes[types.to]
  // Narrowing takes 2¹⁵ and more for negative numbers.
  const mayBeHuge = isUnsigned && m < 2 && types.to !== 'uint16'
  const mayBeNegative = integer!.type === 'int16' && types.to === 'uint16'
  return sums.map((sum) => {
    const [q, result] = [f.local('v128'), f.local('v128')]
    f.get(sum)
    if (m > 0) {
      f.i32(m)
        .vec(isUnsigned ? 'i16x8.shr_u' : 'i16x8.shr_s')
        .tee(q)
      f.get(sum)
        .get(shorts(f, 2 ** m - 1))
        .vec('v128.and')
      f.get(q).get(shorts(f, 1)).vec('v128.and').vec('i16x8.add')
      f.get(shorts(f, 2 ** (m - 1)))
        .vec('i16x8.gt_s')
        .vec('i16x8.sub')
    }
    if (mayBeHuge) f.get(shorts(f, max)).vec('i16x8.min_u')
    if (mayBeNegative) f.get(shorts(f, min)).vec('i16x8.max_s')
    f.set(result)
    return result
  })
}

/** A local with a small number in each of eight lanes. */
const shorts = (f: FunctionBody, value: number): number =>
  f.constantBits(((value & 0xffff) * 0x10001) | 0)

/** The results of row r as vectors of the type of the results. */
function throughFloats(
  tile: TileRegisters,
  element: IntegerElement,
  r: number,
  count: number,
): readonly number[] {
  const { f, code } = tile
  const { bytes, integer } = dtypes[code.types.to]
  const values = withBias(tile, floatsOf(tile, element, r, count), r, count)
  for (const value of values)
    if (hasFinish(code)) {
      f.get(value)
      emitFinish(f, withOps(elements.float32), code)
      f.set(value)
    }
  if (!integer) return bytes === 4 ? values : doubles(f, values)
  const integers = values.map((value) => {
    if (bytes === 4) f.get(value).vec('f32x4.nearest').vec('i32x4.trunc_sat_f32x4_s')
    else if (areSmall(code)) {
      f.get(value)
      emitSmallToIntegers(f)
    } else emitToIntegers(f, code.types.to, f.local('v128'), () => f.get(value))
    const result = f.local('v128')
    f.set(result)
    return result
  })
  return narrowed(f, { locals: integers, bytes: 4 }, code)
}

/** Whether every value is so small that it need not be clamped before it is rounded. */
function areSmall(code: ContractionCode): boolean {
  const { integer, bias, types } = code
  const { type, scale } = integer!
  const largest = Math.max(-dtypes[type].min, dtypes[type].max)
  // Narrowing saturates signed numbers, so that negative ones become 0.
  return (
    type !== 'int32' &&
    !bias &&
    !hasFinish(code) &&
    largest * Math.abs(scale) < smallFloat &&
    dtypes[types.to].bytes <= 2
  )
}

/** scale · sum, rounded to the unit: four floats per vector, as many as there are results. */
function floatsOf(
  { f, code, accumulators }: TileRegisters,
  { lanes }: IntegerElement,
  r: number,
  count: number,
): number[] {
  const { integer, unit } = code
  const { scale, type } = integer!
  const sign = type === 'uint16' ? 'u' : 's'
  const parts: readonly ('low' | 'high')[] = lanes === 8 ? ['low', 'high'] : ['low']
  const all = accumulators[r]!.flatMap((sum) => parts.map((part) => ({ sum, part })))
  return all.slice(0, Math.ceil(count / 4)).map(({ sum, part }) => {
    const value = f.local('v128')
    f.get(sum)
    if (lanes === 8) f.vec(`i32x4.extend_${part}_i16x8_${sign}`)
    f.vec('f32x4.convert_i32x4_s')
    if (scale !== 1) f.get(f.constant(scale, 'f32')).vec('f32x4.mul')
    emitRounding(f, withOps(elements.float32), unit)
    f.set(value)
    return value
  })
}

/** The values of row r plus the bias, if there is one. */
function withBias(
  { f, code, params, rows }: TileRegisters,
  values: readonly number[],
  r: number,
  count: number,
): readonly number[] {
  if (!code.bias) return values
  const { lane, row } = code.schedule
  const rowStep = row.bias * 4
  const base = Math.min(0, rowStep * (rows - 1))
  const pointer = offsetPointer(f, params.bias, base)
  const locals = values.map(() => f.local('v128'))
  const run = { locals, stride: lane.bias, last: count - (values.length - 1) * 4 }
  loadVectors(f, withOps(elements.float32), run, pointer, r * rowStep - base)
  values.forEach((value, v) => f.get(value).get(locals[v]!).vec('f32x4.add').set(value))
  return values
}

/** Two float64 per vector. */
const doubles = (f: FunctionBody, values: readonly number[]): number[] =>
  values.flatMap((value) =>
    [false, true].map((isHigh) => {
      const result = f.local('v128')
      f.get(value)
      if (isHigh) f.get(value).shuffle(Array.from({ length: 16 }, (_, i) => (i + 8) % 16))
      f.vec('f64x2.promote_low_f32x4').set(result)
      return result
    }),
  )

/** Pairs of vectors become one, until elements have the size of the results. */
function narrowed(
  f: FunctionBody,
  { locals, bytes }: Packed,
  code: ContractionCode,
): readonly number[] {
  const { to } = code.types
  if (bytes <= dtypes[to].bytes) return locals
  const sign = dtypes[to].min < 0 || (bytes === 4 && dtypes[to].bytes === 1) ? 's' : 'u'
  const pairs = locals.flatMap((low, i) => (i % 2 === 0 ? [[low, locals[i + 1] ?? low]] : []))
  const half = pairs.map(([low, high]) => {
    const result = f.local('v128')
    f.get(low!)
      .get(high!)
      .vec(bytes === 4 ? `i16x8.narrow_i32x4_${sign}` : `i8x16.narrow_i16x8_${sign}`)
      .set(result)
    return result
  })
  return narrowed(f, { locals: half, bytes: bytes / 2 }, code)
}

interface StoredElements {
  readonly local: number
  readonly bytes: number
  readonly elements: number
  /** The bytes from element to element in memory. */
  readonly step: number
}

const laneStores: Readonly<Record<number, LaneMemoryOp>> = {
  8: 'v128.store64_lane',
  4: 'v128.store32_lane',
  2: 'v128.store16_lane',
  1: 'v128.store8_lane',
}

/** Stores the first elements of a vector: neighbours in the largest possible pieces. */
function storeElements(
  f: FunctionBody,
  { local, bytes, elements: count, step }: StoredElements,
  pointer: number,
  at: number,
): void {
  if (step !== bytes) {
    for (let i = 0; i < count; i++)
      f.get(pointer)
        .get(local)
        .lmem(laneStores[bytes]!, at + i * step, i)
    return
  }
  const all = bytes * count
  if (all === 16) {
    f.get(pointer).get(local).vmem('v128.store', at)
    return
  }
  for (let done = 0, piece = 8; piece >= bytes; piece /= 2) {
    if (all - done < piece) continue
    f.get(pointer)
      .get(local)
      .lmem(laneStores[piece]!, at + done, done / piece)
    done += piece
  }
}
