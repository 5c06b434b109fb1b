/**
 * Applies the epilogue to a finished sum while it is still in a register: unit, offset and
 * activation, on whole vectors.
 *
 * exp is 2ⁿ·eʳ with |r| ≤ ln 2 / 2. n goes into the exponent bits. eʳ is a Taylor polynomial with
 * enough terms for the type (7 for float32, 13 for float64). tanh uses eʳ − 1, so that small
 * arguments keep their precision.
 */

import type {
  ActivationKind,
  ActivationOf,
  EpilogueActivation,
} from '../../../ndarray/activation.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { VectorElement } from './vector-ops.ts'

/** What follows the bias. An offset of 0 is none. */
interface Finish {
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
}

export const hasFinish = ({ offset, activation }: Finish): boolean =>
  offset !== 0 || activation !== undefined

/** Rounds the vector on the stack to multiples of `unit`; undefined leaves it as it is. */
export function emitRounding(
  f: FunctionBody,
  { value, mul }: VectorElement,
  unit: number | undefined,
): void {
  if (unit === undefined) return
  if (unit !== 1) f.get(f.constant(1 / unit, value)).vec(mul)
  f.vec(value === 'f32' ? 'f32x4.nearest' : 'f64x2.nearest')
  if (unit !== 1) f.get(f.constant(unit, value)).vec(mul)
}

/** Adds the offset to the vector on the stack, and applies the activation. */
export function emitFinish(
  f: FunctionBody,
  element: VectorElement,
  { offset, activation }: Finish,
): void {
  if (offset !== 0) f.get(f.constant(offset, element.value)).vec(element.add)
  if (activation !== undefined) emitActivation(f, element, activation)
}

function emitActivation<Kind extends ActivationKind>(
  f: FunctionBody,
  element: VectorElement,
  activation: ActivationOf<Kind>,
): void {
  emitters[activation.kind](f, element, activation)
}

/** Each replaces the vector on the stack. A kind without an entry does not compile. */
const emitters: {
  readonly [Kind in ActivationKind]: (
    f: FunctionBody,
    element: VectorElement,
    activation: ActivationOf<Kind>,
  ) => void
} = {
  clamp(f, { value, min: minOp, max: maxOp }, { min, max }) {
    if (min !== -Infinity) f.get(f.constant(min, value)).vec(maxOp)
    if (max !== Infinity) f.get(f.constant(max, value)).vec(minOp)
  },
  leaky(f, { value, min, max, mul, add }, { slope }) {
    const x = f.local('v128')
    f.tee(x).get(f.constant(0, value)).vec(max)
    f.get(x).get(f.constant(0, value)).vec(min).get(f.constant(slope, value)).vec(mul).vec(add)
  },
  /** 1 / (1 + e^−x) */
  sigmoid(f, element) {
    const { value, sub, add, div } = element
    const x = f.local('v128')
    f.set(x).get(f.constant(1, value)).get(f.constant(0, value)).get(x).vec(sub)
    emitExpMinusOne(f, element)
    f.get(f.constant(2, value)).vec(add).vec(div)
  },
  /** tanh|x| = e / (e + 2) with e = e^2|x| − 1. The sign bit of x is copied to the result. */
  tanh(f, element) {
    const { value, mul, min, add, div } = element
    const [x, e] = [f.local('v128'), f.local('v128')]
    f.tee(x)
      .vec(value === 'f32' ? 'f32x4.abs' : 'f64x2.abs')
      .get(f.constant(2, value))
      .vec(mul)
    f.get(f.constant(value === 'f32' ? 20 : 40, value)).vec(min)
    emitExpMinusOne(f, element)
    f.tee(e).get(e).get(f.constant(2, value)).vec(add).vec(div)
    f.get(x).get(f.constant(-0, value)).vec('v128.and').vec('v128.or')
  },
}

/** Replaces x on the stack by e^x − 1. Saturates to −1 and to a large number. NaN stays NaN. */
function emitExpMinusOne(f: FunctionBody, element: VectorElement): void {
  const isFloat32 = element.value === 'f32'
  const { value } = element
  const [x, n, r, p, scale] = [
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
  ]
  // Outside these limits 2ⁿ leaves the range of the exponent.
  f.get(f.constant(isFloat32 ? -87 : -708, value))
    .vec(element.max)
    .get(f.constant(isFloat32 ? 88 : 709, value))
    .vec(element.min)
    .set(x)
  f.get(x)
    .get(f.constant(Math.LOG2E, value))
    .vec(element.mul)
    .vec(isFloat32 ? 'f32x4.nearest' : 'f64x2.nearest')
    .set(n)
  // ln 2 in two parts. The first has so few bits that n · high is exact.
  const high = isFloat32 ? 0.693359375 : 0.6931471803691238
  const low = isFloat32 ? -2.1219444005469057e-4 : 1.9082149292705877e-10
  f.get(x).get(n).get(f.constant(high, value)).vec(element.mul).vec(element.sub)
  f.get(n).get(f.constant(low, value)).vec(element.mul).vec(element.sub).set(r)
  const terms = isFloat32 ? 7 : 13
  f.get(f.constant(1 / factorial(terms), value))
  for (let k = terms - 1; k >= 1; k--)
    f.get(r)
      .vec(element.mul)
      .get(f.constant(1 / factorial(k), value))
      .vec(element.add)
  f.get(r).vec(element.mul).set(p)
  f.get(n)
  if (isFloat32)
    f.vec('i32x4.trunc_sat_f32x4_s')
      .get(f.constantBits(127))
      .vec('i32x4.add')
      .i32(23)
      .vec('i32x4.shl')
      .set(scale)
  else
    f.vec('i32x4.trunc_sat_f64x2_s_zero')
      .vec('i64x2.extend_low_i32x4_s')
      .v128Bits64(1023)
      .vec('i64x2.add')
      .i32(52)
      .vec('i64x2.shl')
      .set(scale)
  // 2ⁿ·(eʳ − 1) + (2ⁿ − 1)
  f.get(scale).get(p).vec(element.mul)
  f.get(scale).get(f.constant(1, value)).vec(element.sub).vec(element.add)
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
