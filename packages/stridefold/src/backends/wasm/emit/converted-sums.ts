/**
 * Sums of integers become floats of the compute type: scaled, finished like other sums, and
 * converted to the type of the results.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ContractionCode } from '../schedule/contraction-code.ts'
import { elements, type IntegerElement } from '../schedule/element.ts'
import { emitSmallToIntegers, emitToIntegers, smallFloat } from './convert.ts'
import { emitFinish, emitRounding, hasFinish } from './epilogue.ts'
import { offsetPointer } from './loops.ts'
import { narrowed } from './narrowed.ts'
import type { TileRegisters } from './tile-registers.ts'
import { type VectorElement, withOps } from './vector-ops.ts'
import { loadVectors } from './vectors.ts'

/** The results of row r as vectors of the type of the results. `count`: how many there are. */
export function convertedSums(
  tile: TileRegisters,
  element: IntegerElement,
  r: number,
  count: number,
): readonly number[] {
  const { f, code } = tile
  const { bytes, integer } = dtypes[code.types.to]
  const floats = computeElement(code)
  const values = withBias(tile, floatsOf(tile, element, r, count), r, count)
  for (const value of values)
    if (hasFinish(code)) {
      f.get(value)
      emitFinish(f, floats, code)
      f.set(value)
    }
  if (!integer)
    return bytes === floats.bytes ? values : bytes === 8 ? doubles(f, values) : singles(f, values)
  const integers = floats.bytes === 8 ? longsOfDoubles(f, values) : integersOf(f, code, values)
  return narrowed(f, { locals: integers, bytes: 4 }, code)
}

/** The compute type. A bias has it, too. */
const computeElement = ({ types }: ContractionCode): VectorElement =>
  withOps(types.bias === 'float64' ? elements.float64 : elements.float32)

/** Four float32 per vector as integers of 32 bits, within the limits of the results. */
const integersOf = (
  f: FunctionBody,
  code: ContractionCode,
  values: readonly number[],
): readonly number[] =>
  values.map((value) => {
    if (dtypes[code.types.to].bytes === 4)
      f.get(value).vec('f32x4.nearest').vec('i32x4.trunc_sat_f32x4_s')
    else if (areSmall(code)) {
      f.get(value)
      emitSmallToIntegers(f)
    } else emitToIntegers(f, code.types.to, f.local('v128'), () => f.get(value))
    const result = f.local('v128')
    f.set(result)
    return result
  })

/** Two float64 per vector as four integers of 32 bits. Narrowing sees the limits of results. */
const longsOfDoubles = (f: FunctionBody, values: readonly number[]): readonly number[] =>
  joined(f, values, () => f.vec('f64x2.nearest').vec('i32x4.trunc_sat_f64x2_s_zero'))

/** Two float64 per vector as four float32. */
const singles = (f: FunctionBody, values: readonly number[]): readonly number[] =>
  joined(f, values, () => f.vec('f32x4.demote_f64x2_zero'))

/** Each two vectors as one: the lower half of what `convert` makes of each. */
function joined(
  f: FunctionBody,
  values: readonly number[],
  convert: () => void,
): readonly number[] {
  const pairs = values.flatMap((low, i) => (i % 2 === 0 ? [[low, values[i + 1] ?? low]] : []))
  return pairs.map(([low, high]) => {
    const result = f.local('v128')
    f.get(low!)
    convert()
    f.get(high!)
    convert()
    f.shuffle(Array.from({ length: 16 }, (_, i) => (i < 8 ? i : i + 8))).set(result)
    return result
  })
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

/** scale · sum, rounded to the unit: vectors of the compute type, as many as there are results. */
function floatsOf(
  { f, code, accumulators }: TileRegisters,
  { lanes }: IntegerElement,
  r: number,
  count: number,
): number[] {
  const { integer, unit } = code
  const { scale, type } = integer!
  const floats = computeElement(code)
  const sign = type === 'uint16' ? 'u' : 's'
  const parts: readonly ('low' | 'high')[] = lanes === 8 ? ['low', 'high'] : ['low']
  const longs = accumulators[r]!.flatMap((sum) => parts.map((part) => ({ sum, part })))
  const halves = floats.lanes === 2 ? [0, 1] : [0]
  const all = longs.flatMap((long) => halves.map((half) => ({ ...long, half })))
  return all.slice(0, Math.ceil(count / floats.lanes)).map(({ sum, part, half }) => {
    const value = f.local('v128')
    f.get(sum)
    if (lanes === 8) f.vec(`i32x4.extend_${part}_i16x8_${sign}`)
    if (half === 1) {
      f.tee(value).get(value)
      f.shuffle(highHalf)
    }
    f.vec(floats.lanes === 2 ? 'f64x2.convert_low_i32x4_s' : 'f32x4.convert_i32x4_s')
    if (scale !== 1) f.get(f.constant(scale, floats.value)).vec(floats.mul)
    emitRounding(f, floats, unit)
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
  const floats = computeElement(code)
  const rowStep = row.bias * floats.bytes
  const base = Math.min(0, rowStep * (rows - 1))
  const pointer = offsetPointer(f, params.bias, base)
  const locals = values.map(() => f.local('v128'))
  const last = count - (values.length - 1) * floats.lanes
  const run = { locals, stride: lane.bias, last }
  loadVectors(f, floats, run, pointer, r * rowStep - base)
  values.forEach((value, v) => f.get(value).get(locals[v]!).vec(floats.add).set(value))
  return values
}

/** Two float64 per vector. */
const doubles = (f: FunctionBody, values: readonly number[]): number[] =>
  values.flatMap((value) =>
    [false, true].map((isHigh) => {
      const result = f.local('v128')
      f.get(value)
      if (isHigh) f.get(value).shuffle(highHalf)
      f.vec('f64x2.promote_low_f32x4').set(result)
      return result
    }),
  )

/** Byte indices of a shuffle of a vector with itself: its higher half comes first. */
const highHalf: readonly number[] = Array.from({ length: 16 }, (_, i) => (i + 8) % 16)
