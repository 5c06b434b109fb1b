/**
 * Writes a product of complex numbers with separate real and imaginary parts. Both parts of a
 * result are computed together, from parts that are loaded once.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { ComplexProduct } from '../schedule/complex-product.ts'
import { advancePointer, emitLoops } from './loops.ts'
import type { VectorElement } from './vector-ops.ts'

/**
 * Adds the functions of a product to a module. Returns the index of the driver, whose parameters
 * are (a, b, to).
 */
export function emitComplexProduct(
  module: ModuleBuilder,
  product: ComplexProduct,
  element: VectorElement,
  fused: boolean,
): number {
  const { lane, outer } = product
  const { bytes, lanes } = element
  const line = module.func(['i32', 'i32', 'i32', 'i32'], [], (f) =>
    emitLine(f, product, element, fused),
  )
  const wholeVectors = Math.floor(lane.extent / lanes)
  // Lanes past the last whole vector are computed in one more vector, which overlaps the previous
  // one.
  const lastVectorStart = lane.extent % lanes === 0 ? 0 : lane.extent - lanes
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    const loops = outer.map(({ extent, a, b, c }) => ({
      extent,
      steps: [a * bytes, b * bytes, c * bytes],
    }))
    emitLoops(f, loops, [0, 1, 2], (at) => {
      for (const local of at) f.get(local)
      f.i32(wholeVectors).call(line)
      if (lastVectorStart === 0) return
      for (const local of at)
        f.get(local)
          .i32(lastVectorStart * bytes)
          .op('i32.add')
      f.i32(1).call(line)
    })
  })
}

/** Parameters (a, b, to, count): `count` vectors of lanes. */
function emitLine(
  f: FunctionBody,
  { parts, sum, isPartOutside }: ComplexProduct,
  element: VectorElement,
  fused: boolean,
): void {
  const { bytes, lanes, value } = element
  const [x0, x1, k0, k1, re, im] = Array.from({ length: 6 }, () => f.local('v128')) as [
    ...[number, number, number, number, number, number],
  ]
  const [a, b, remaining] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const emitLoad = (address: number, offset: number, to: number): void =>
    void f.get(address).vmem('v128.load', offset).set(to)
  const emitProduct = (to: number, x: number, k: number): void => {
    if (fused) f.get(x).get(k).get(to).vec(element.madd)
    else f.get(to).get(x).get(k).vec(element.mul).vec(element.add)
    f.set(to)
  }
  // `b` starts at its part −1, so that all offsets are positive. Both parts of a result add the
  // product with part 0 of `a` first.
  const emitTerm = (): void => {
    emitLoad(a, 0, x0)
    emitLoad(a, parts.a * bytes, x1)
    emitLoad(b, parts.b * bytes, k0)
    emitProduct(re, x0, k0)
    emitLoad(b, 2 * parts.b * bytes, k1)
    emitProduct(im, x0, k1)
    emitProduct(im, x1, k0)
    emitLoad(b, 0, k1)
    emitProduct(re, x1, k1)
  }
  // The products with one part of `a`: to[p] += a[part] · b[p − part].
  const emitPart = (part: 0 | 1): void => {
    emitLoad(a, part * parts.a * bytes, x0)
    emitLoad(b, (1 - part) * parts.b * bytes, k0)
    emitProduct(re, x0, k0)
    emitLoad(b, (2 - part) * parts.b * bytes, k1)
    emitProduct(im, x0, k1)
  }
  const emitSum = (emit: () => void): void => {
    f.get(0).set(a).get(1).set(b)
    if (sum === undefined) return emit()
    f.i32(sum.extent).set(remaining)
    f.loop((next) => {
      emit()
      advancePointer(f, a, sum.a * bytes)
      advancePointer(f, b, sum.b * bytes)
      f.get(remaining).i32(1).op('i32.sub').tee(remaining).brIf(next)
    })
  }
  f.get(1)
    .i32(parts.b * bytes)
    .op('i32.sub')
    .set(1)
  f.loop((again) => {
    f.v128(0, value).set(re).v128(0, value).set(im)
    if (isPartOutside) for (const part of [0, 1] as const) emitSum(() => emitPart(part))
    else emitSum(emitTerm)
    f.get(2).get(re).vmem('v128.store', 0)
    f.get(2)
      .get(im)
      .vmem('v128.store', parts.c * bytes)
    for (const local of [0, 1, 2]) advancePointer(f, local, lanes * bytes)
    f.get(3).i32(1).op('i32.sub').tee(3).brIf(again)
  })
}
