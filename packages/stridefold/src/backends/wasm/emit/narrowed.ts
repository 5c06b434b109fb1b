/** Integers of 16 or 32 bits in vectors of the size of the results, saturated. */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ContractionCode } from '../schedule/contraction-code.ts'

/** Vectors with neighbouring elements, each of `bytes` bytes. */
interface Packed {
  readonly locals: readonly number[]
  readonly bytes: number
}

/** Pairs of vectors become one, until elements have the size of the results. */
export function narrowed(
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
