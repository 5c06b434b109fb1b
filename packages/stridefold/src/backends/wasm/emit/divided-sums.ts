/**
 * Sums of integers divided by 2ᵐ and rounded half to even, as integers of their type. They are
 * exact for every sum that the type holds:
 *
 *   q = s >> m,  r = s & (2ᵐ − 1),  q + 1 if r + (q & 1) > 2ᵐ⁻¹
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ContractionCode } from '../schedule/contraction-code.ts'
import { hasFinish } from './epilogue.ts'

/**
 * The m for which sums are only divided by 2ᵐ; undefined if more is to be done, if results are no
 * integers, or if they have more bits than the sums.
 */
export function exponentOf(code: ContractionCode): number | undefined {
  const { integer, types, unit, bias } = code
  const { scale, type } = integer!
  const { integer: isInteger, bytes } = dtypes[types.to]
  if (unit !== undefined || bias || hasFinish(code)) return undefined
  if (!isInteger || bytes > dtypes[type].bytes) return undefined
  const most = type === 'int32' ? maxShift.long : maxShift.short
  for (let m = 0; m <= most; m++) if (scale * 2 ** m === 1) return m
  return undefined
}

/** Remainders plus 1 are signed numbers of 16 or 32 bits. */
const maxShift = { short: 14, long: 30 }

/** The divided sums, within the limits that narrowing does not see. */
export const dividedSums = (
  f: FunctionBody,
  code: ContractionCode,
  sums: readonly number[],
  m: number,
): readonly number[] => {
  const divide = code.integer!.type === 'int32' ? divideLongs : divideShorts
  return sums.map((sum) => {
    const result = f.local('v128')
    divide(f, code, sum, m)
    f.set(result)
    return result
  })
}

/** Pushes eight sums of 16 bits. */
function divideShorts(
  f: FunctionBody,
  { integer, types }: ContractionCode,
  sum: number,
  m: number,
): void {
  const isUnsigned = integer!.type === 'uint16'
  const { min, max } = dtypes[types.to]
  // Narrowing takes 2¹⁵ and more for negative numbers.
  const mayBeHuge = isUnsigned && m < 2 && types.to !== 'uint16'
  const mayBeNegative = integer!.type === 'int16' && types.to === 'uint16'
  f.get(sum)
  if (m > 0) {
    const q = f.local('v128')
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
}

/** Pushes four sums of 32 bits. Narrowing sees all of their limits. */
function divideLongs(f: FunctionBody, _: ContractionCode, sum: number, m: number): void {
  f.get(sum)
  if (m === 0) return
  const q = f.local('v128')
  f.i32(m).vec('i32x4.shr_s').tee(q)
  f.get(sum)
    .get(f.constantBits(2 ** m - 1))
    .vec('v128.and')
  f.get(q).get(f.constantBits(1)).vec('v128.and').vec('i32x4.add')
  f.get(f.constantBits(2 ** (m - 1)))
    .vec('i32x4.gt_s')
    .vec('i32x4.sub')
}

/** A local with a small number in each of eight lanes. */
const shorts = (f: FunctionBody, value: number): number =>
  f.constantBits(((value & 0xffff) * 0x10001) | 0)
