/**
 * Writes an elementwise step: loops over rows, and along a row whole vectors. The last vector of a
 * row ends with the row, so it may compute some elements twice.
 */

import type { Arithmetic, Choice, Formula } from '../../../program/formula.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { MemoryOp, PlainOp, VectorOp } from '../assembler/opcodes.ts'
import type { ElementwiseForm } from '../schedule/elementwise.ts'
import {
  type AddressLoop,
  advancePointer,
  emitNest,
  emitRepeatedLoop,
  offsetPointer,
} from './loops.ts'
import type { VectorElement } from './vector-ops.ts'
import { loadVectors } from './vectors.ts'

/** Vectors that are computed together: they hide the latency of each other. */
const vectorsTogether = 4

/**
 * Adds the function of the step to a module. Returns its index. Its parameters are the addresses of
 * the target and of each source for one grid item.
 */
export function emitElementwise(
  module: ModuleBuilder,
  form: ElementwiseForm,
  element: VectorElement,
): number {
  const { bytes, lanes } = element
  const { row, outer, isVector } = form
  const steps = ({ to, from }: ElementwiseForm['row'], elements: number): number[] =>
    [to, ...from].map((stride) => stride * elements * bytes)
  const loops = outer.map((loop): AddressLoop => ({ extent: loop.extent, steps: steps(loop, 1) }))
  const start = [0, ...row.from.map((_, i) => i + 1)]
  const params = start.map(() => 'i32' as const)
  return module.func(params, [], (f) => {
    emitNest(f, loops, start, (rowStart) => {
      const at = rowStart.map((local) => offsetPointer(f, local, 0))
      const advancedBy = (elements: number): (readonly [number, number])[] => {
        const distances = steps(row, elements)
        return at.map((local, i) => [local, distances[i]!])
      }
      if (!isVector) {
        emitRepeatedLoop(f, row.extent, advancedBy(1), () => emitScalar(f, form, element, at))
        return
      }
      const emit = (count: number): void => emitVectors(f, form, element, at, count)
      const vectors = Math.floor(row.extent / lanes)
      const groups = Math.floor(vectors / vectorsTogether)
      const group = lanes * vectorsTogether
      emitRepeatedLoop(f, groups, advancedBy(group), () => emit(vectorsTogether))
      const others = vectors - groups * vectorsTogether
      if (others > 0) emit(others)
      if (vectors * lanes === row.extent) return
      for (const [local, bytes] of advancedBy(row.extent - lanes - groups * group))
        advancePointer(f, local, bytes)
      emit(1)
    })
  })
}

const vectorTests = {
  f32: { less: 'f32x4.lt', equal: 'f32x4.eq' },
  f64: { less: 'f64x2.lt', equal: 'f64x2.eq' },
} as const satisfies Record<string, Record<Choice['test'], VectorOp>>

function emitVectors(
  f: FunctionBody,
  { row, formula }: ElementwiseForm,
  element: VectorElement,
  at: readonly number[],
  count: number,
): void {
  const { add, sub: subtract, mul: multiply, div: divide, value, lanes } = element
  const operations = { add, subtract, multiply, divide }
  const vectorsOf = (): number[] => Array.from({ length: count }, () => f.local('v128'))
  const sources = row.from.map((stride, i) => {
    const locals = vectorsOf()
    loadVectors(f, element, { locals, stride, last: lanes }, at[i + 1]!, 0)
    return locals
  })
  const push = (part: Formula, v: number): void => {
    if (typeof part === 'number') f.get(f.constant(part, value))
    else if ('source' in part) f.get(sources[part.source]![v]!)
    else if ('op' in part) {
      push(part.a, v)
      push(part.b, v)
      f.vec(operations[part.op])
    } else {
      push(part.whenTrue, v)
      push(part.whenFalse, v)
      push(part.a, v)
      push(part.b, v)
      f.vec(vectorTests[value][part.test]).vec('v128.bitselect')
    }
  }
  for (let v = 0; v < count; v++) {
    f.get(at[0]!)
    push(formula, v)
    f.vmem('v128.store', v * 16)
  }
}

const scalarOps = {
  f32: {
    ...{ load: 'f32.load', store: 'f32.store' },
    ...{ add: 'f32.add', subtract: 'f32.sub', multiply: 'f32.mul', divide: 'f32.div' },
    ...{ less: 'f32.lt', equal: 'f32.eq' },
  },
  f64: {
    ...{ load: 'f64.load', store: 'f64.store' },
    ...{ add: 'f64.add', subtract: 'f64.sub', multiply: 'f64.mul', divide: 'f64.div' },
    ...{ less: 'f64.lt', equal: 'f64.eq' },
  },
} as const satisfies Record<
  string,
  Record<Arithmetic['op'] | Choice['test'], PlainOp> & Record<'load' | 'store', MemoryOp>
>

function emitScalar(
  f: FunctionBody,
  { row, formula }: ElementwiseForm,
  { value }: VectorElement,
  at: readonly number[],
): void {
  const ops = scalarOps[value]
  const locals = row.from.map((_, i) => {
    const local = f.local(value)
    f.get(at[i + 1]!)
      .mem(ops.load)
      .set(local)
    return local
  })
  const push = (part: Formula): void => {
    if (typeof part === 'number') {
      if (value === 'f32') f.f32(part)
      else f.f64(part)
    } else if ('source' in part) f.get(locals[part.source]!)
    else if ('op' in part) {
      push(part.a)
      push(part.b)
      f.op(ops[part.op])
    } else {
      push(part.whenTrue)
      push(part.whenFalse)
      push(part.a)
      push(part.b)
      f.op(ops[part.test]).op('select')
    }
  }
  f.get(at[0]!)
  push(formula)
  f.mem(ops.store)
}
