/**
 * Writes a contraction with a small constant matrix. For each vector of lanes, all inputs are
 * loaded once. All results are computed in registers (schedule/linear-form.ts) and stored.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { Term } from '../schedule/linear-form.ts'
import type { Transform } from '../schedule/transform.ts'
import { emitFinish, emitRounding } from './epilogue.ts'
import { emitLoops } from './loops.ts'
import type { VectorElement } from './vector-ops.ts'

/**
 * Adds the functions of a transform to a module. Returns the index of the driver, whose parameters
 * are (from, to, bias).
 */
export function emitTransform(
  module: ModuleBuilder,
  transform: Transform,
  element: VectorElement,
  fused: boolean,
): number {
  const { lane, outer, from } = transform
  const { bytes, lanes } = element
  const line = module.func(['i32', 'i32', 'i32', 'i32'], [], (f) =>
    emitLine(f, transform, element, fused),
  )
  const wholeVectors = Math.floor(lane.extent / lanes)
  // Lanes past the last whole vector are computed in one more vector, which overlaps the previous
  // one.
  const lastVectorStart = lane.extent % lanes === 0 ? 0 : lane.extent - lanes
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    const loops = outer.map((loop) => ({
      extent: loop.extent,
      steps: [loop[from] * bytes, loop.c * bytes, loop.bias * bytes],
    }))
    emitLoops(f, loops, [0, 1, 2], (at) => {
      for (const local of at) f.get(local)
      f.i32(wholeVectors).call(line)
      if (lastVectorStart === 0) return
      at.forEach(
        (local, i) =>
          void f
            .get(local)
            .i32(lastVectorStart * bytes * (i === 2 ? lane.bias : 1))
            .op('i32.add'),
      )
      f.i32(1).call(line)
    })
  })
}

/** Parameters (from, to, bias, count): `count` vectors of lanes. */
function emitLine(
  f: FunctionBody,
  { step, form, lane, row, sum, from }: Transform,
  element: VectorElement,
  fused: boolean,
): void {
  const { bytes, lanes } = element
  const { unit, bias, offset = 0, activation } = step.epilogue ?? {}
  const values = Array.from({ length: form.inputs + form.sums.length }, () => f.local('v128'))
  f.loop((again) => {
    for (let j = 0; j < form.inputs; j++)
      f.get(0)
        .vmem('v128.load', j * sum[from] * bytes)
        .set(values[j]!)
    form.sums.forEach((terms, index) => {
      const result = values[form.inputs + index]!
      emitSum(f, terms, values, result, element, fused)
      form.outputs.forEach((output, i) => {
        if (output !== form.inputs + index) return
        f.get(1).get(result)
        emitRounding(f, element, unit)
        if (bias !== undefined)
          f.get(2)
            .vmem(lane.bias === 0 ? element.splatLoad : 'v128.load', 0)
            .vec(element.add)
        emitFinish(f, element, { offset, activation })
        f.vmem('v128.store', i * row.c * bytes)
      })
    })
    const width = lanes * bytes
    f.get(0).i32(width).op('i32.add').set(0).get(1).i32(width).op('i32.add').set(1)
    if (lane.bias !== 0)
      f.get(2)
        .i32(width * lane.bias)
        .op('i32.add')
        .set(2)
    f.get(3).i32(1).op('i32.sub').tee(3).brIf(again)
  })
}

/** result = Σ weight · value. Weights of 1 come first, then other weights, then weights of −1. */
function emitSum(
  f: FunctionBody,
  terms: readonly Term[],
  values: readonly number[],
  result: number,
  element: VectorElement,
  fused: boolean,
): void {
  const termOrder = ({ weight }: Term): number => (weight === 1 ? 0 : weight === -1 ? 2 : 1)
  const [first, ...otherTerms] = terms.toSorted((x, y) => termOrder(x) - termOrder(y))
  if (first === undefined) {
    f.v128(0, element.value).set(result)
    return
  }
  f.get(values[first.value]!)
  if (first.weight !== 1) f.get(f.constant(first.weight, element.value)).vec(element.mul)
  f.set(result)
  for (const { weight, value } of otherTerms) {
    const x = values[value]!
    if (weight === 1) f.get(result).get(x).vec(element.add)
    else if (weight === -1) f.get(result).get(x).vec(element.sub)
    else if (fused) f.get(x).get(f.constant(weight, element.value)).get(result).vec(element.madd)
    else
      f.get(result).get(x).get(f.constant(weight, element.value)).vec(element.mul).vec(element.add)
    f.set(result)
  }
}
