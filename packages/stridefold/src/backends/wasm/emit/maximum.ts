/**
 * Writes a Maximum: loops over rows, and along a row whole vectors of results. The last vector of a
 * row ends with the row, so it may compute some results twice.
 *
 *   largest = pmax(largest, x)        one instruction of the processor, but it may lose a NaN
 *   ordered = ordered & (x = x)       false in every lane that has seen a NaN
 *   result  = largest | ~ordered      all bits set: NaN
 *
 * `f32x4.max` keeps NaN, and takes some eight instructions.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import { type MaximumForm, maxUnrolledSamples, type WindowLoop } from '../schedule/maximum.ts'
import { type AddressLoop, emitNest, emitRepeatedLoop, offsetPointer } from './loops.ts'
import type { VectorElement } from './vector-ops.ts'

/** Vectors that are computed together: they hide the latency of each other. */
const vectorsTogether = 4

/**
 * Adds the function of a Maximum to a module. Returns its index. Its parameters are the addresses
 * (to, from) for one grid item.
 */
export function emitMaximum(
  module: ModuleBuilder,
  form: MaximumForm,
  element: VectorElement,
): number {
  const { bytes, lanes } = element
  const { row, outer } = form
  const loops = outer.map(({ extent, to, from }): AddressLoop => {
    return { extent, steps: [to * bytes, from * bytes] }
  })
  return module.func(['i32', 'i32'], [], (f) => {
    emitNest(f, loops, [0, 1], ([rowTo, rowFrom]) => {
      // The lowest element of a window comes first, so that all distances from it are positive.
      const to = offsetPointer(f, rowTo!, 0)
      const from = offsetPointer(f, rowFrom!, bytes * lowest(form.window))
      const steps = (elements: number): (readonly [number, number])[] => [
        [to, row.to * elements * bytes],
        [from, row.from * elements * bytes],
      ]
      if (!form.isVector) {
        emitRepeatedLoop(f, row.extent, steps(1), () => emitScalar(f, form, element, to, from))
        return
      }
      const vectors = Math.floor(row.extent / lanes)
      const groups = Math.floor(vectors / vectorsTogether)
      const group = lanes * vectorsTogether
      const emit = (count: number): void => emitVectors(f, form, element, { to, from, count })
      emitRepeatedLoop(f, groups, steps(group), () => emit(vectorsTogether))
      const rest = vectors - groups * vectorsTogether
      if (rest > 0) emit(rest)
      const covered = vectors * lanes
      if (covered === row.extent) return
      for (const [pointer, step] of steps(row.extent - lanes - groups * group))
        f.get(pointer).i32(step).op('i32.add').set(pointer)
      emit(1)
    })
  })
}

/** The distance of the lowest element of a window from its first one, ≤ 0, in elements. */
const lowest = (window: readonly WindowLoop[]): number =>
  window.reduce((sum, { extent, from }) => sum + Math.min(0, from * (extent - 1)), 0)

/** The distances of all elements of a window from the lowest one, in elements. */
const distances = (window: readonly WindowLoop[]): number[] =>
  window.reduce<number[]>(
    (list, { extent, from }) =>
      list.flatMap((start) => Array.from({ length: extent }, (_, i) => start + i * from)),
    [-lowest(window)],
  )

/**
 * Writes code for every element of the window: `first`, then `next`. Each gets a pointer, and the
 * distance of the element from it in bytes. A large window runs in loops.
 */
function emitWindow(
  f: FunctionBody,
  { window }: MaximumForm,
  bytes: number,
  from: number,
  { first, next }: { readonly first: Sample; readonly next: Sample },
): void {
  const all = distances(window)
  if (all.length <= maxUnrolledSamples) {
    for (const [s, distance] of all.entries()) (s === 0 ? first : next)(from, distance * bytes)
    return
  }
  const start = -lowest(window) * bytes
  first(from, start)
  const loops = window.map(({ extent, from: step }): AddressLoop => {
    return { extent, steps: [step * bytes] }
  })
  emitNest(f, loops, [offsetPointer(f, from, start)], ([at]) => next(at!, 0))
}

type Sample = (pointer: number, offset: number) => void

interface VectorPlace {
  readonly to: number
  readonly from: number
  /** Number of vectors. */
  readonly count: number
}

function emitVectors(
  f: FunctionBody,
  form: MaximumForm,
  element: VectorElement,
  { to, from, count }: VectorPlace,
): void {
  const { value, bytes, lanes } = element
  const [pmax, eq] =
    value === 'f32' ? (['f32x4.pmax', 'f32x4.eq'] as const) : (['f64x2.pmax', 'f64x2.eq'] as const)
  const step = form.row.from
  const vectors = Array.from({ length: count }, () => ({
    ...{ largest: f.local('v128'), ordered: f.local('v128'), x: f.local('v128') },
  }))
  const load = (v: number, pointer: number, offset: number): void =>
    emitLoad(f, element, step, pointer, offset + v * lanes * step * bytes)
  emitWindow(f, form, bytes, from, {
    first: (pointer, offset) =>
      vectors.forEach(({ largest, ordered }, v) => {
        load(v, pointer, offset)
        f.tee(largest).get(largest).vec(eq).set(ordered)
      }),
    next: (pointer, offset) =>
      vectors.forEach(({ largest, ordered, x }, v) => {
        load(v, pointer, offset)
        f.set(x).get(largest).get(x).vec(pmax).set(largest)
        f.get(x).get(x).vec(eq).get(ordered).vec('v128.and').set(ordered)
      }),
  })
  vectors.forEach(({ largest, ordered }, v) => {
    f.get(to).get(largest).get(ordered).vec('v128.not').vec('v128.or')
    f.vmem('v128.store', v * 16)
  })
}

/** The even elements of two vectors. */
const evenBytes = {
  4: [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27],
  8: [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
} as const

/** Pushes a vector of elements `step` elements apart. */
function emitLoad(
  f: FunctionBody,
  element: VectorElement,
  step: number,
  pointer: number,
  offset: number,
): void {
  const { bytes, lanes, splatLoad, laneLoad } = element
  if (step === 1) f.get(pointer).vmem('v128.load', offset)
  else if (step === 0) f.get(pointer).vmem(splatLoad, offset)
  else if (step === 2) {
    // The last element read is not used. Around the blocks of a memory lies a reserve.
    f.get(pointer).vmem('v128.load', offset)
    f.get(pointer).vmem('v128.load', offset + 16)
    f.shuffle(evenBytes[bytes])
  } else {
    for (let i = lanes - 1; i >= 0; i--)
      f.get(pointer)
        .i32(offset + i * step * bytes)
        .op('i32.add')
    f.vmem(splatLoad)
    for (let i = 1; i < lanes; i++) f.lmem(laneLoad, 0, i)
  }
}

function emitScalar(
  f: FunctionBody,
  form: MaximumForm,
  { value, bytes }: VectorElement,
  to: number,
  from: number,
): void {
  const [load, store, max] =
    value === 'f32'
      ? (['f32.load', 'f32.store', 'f32.max'] as const)
      : (['f64.load', 'f64.store', 'f64.max'] as const)
  const largest = f.local(value)
  emitWindow(f, form, bytes, from, {
    first: (pointer, offset) => f.get(pointer).mem(load, offset).set(largest),
    next: (pointer, offset) => f.get(largest).get(pointer).mem(load, offset).op(max).set(largest),
  })
  f.get(to).get(largest).mem(store)
}
