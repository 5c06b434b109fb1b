/**
 * Loads and stores of vectors. The lanes hold one element repeated, neighbouring elements, or
 * elements with a stride.
 */

import type { FunctionBody } from '../assembler/body.ts'
import { offsetPointer } from './loops.ts'
import type { OperandElement } from './operand-element.ts'
import type { VectorElement } from './vector-ops.ts'

/** Consecutive vectors along a loop: their locals, and the stride of the loop in elements. */
export interface VectorRun {
  readonly locals: readonly number[]
  readonly stride: number
  /** Number of elements in the last vector. The other vectors are full. */
  readonly last: number
}

/**
 * Loads a run of vectors from `pointer` + `offset` bytes. With stride 1 every load reads a full
 * vector, even if the last one holds fewer elements.
 */
export function loadVectors(
  f: FunctionBody,
  element: OperandElement,
  { locals, stride, last }: VectorRun,
  pointer: number,
  offset: number,
): void {
  const step = stride * element.bytes
  const { load = 'v128.load', afterLoad = [], widen = [] } = element
  locals.forEach((local, v) => {
    const at = offset + v * element.lanes * step
    if (stride === 0) f.get(pointer).vmem(element.splatLoad, at)
    else if (stride === 1) f.get(pointer).vmem(load, at)
    else {
      // Lanes past the end of the row would read distant memory. They repeat the last element
      // instead.
      const elements = v === locals.length - 1 ? last : element.lanes
      const shift = Math.min(0, step * (elements - 1))
      const from = at + shift < 0 ? offsetPointer(f, pointer, at + shift) : pointer
      const start = at + shift < 0 ? -shift : at
      for (let i = elements - 1; i >= 0; i--) f.get(from)
      f.vmem(element.splatLoad, start)
      for (let i = 1; i < elements; i++) f.lmem(element.laneLoad, start + i * step, i)
    }
    for (const op of stride === 1 ? afterLoad : widen) f.vec(op)
    f.set(local)
  })
}

/** Stores a run of vectors at `pointer` + `offset` bytes. Writes no element past the end. */
export function storeVectors(
  f: FunctionBody,
  element: VectorElement,
  { locals, stride, last }: VectorRun,
  pointer: number,
  offset: number,
): void {
  const step = stride * element.bytes
  locals.forEach((local, v) => {
    const at = offset + v * element.lanes * step
    const elements = v === locals.length - 1 ? last : element.lanes
    if (stride === 1 && elements === element.lanes) f.get(pointer).get(local).vmem('v128.store', at)
    else
      for (let i = 0; i < elements; i++)
        f.get(pointer)
          .get(local)
          .lmem(element.laneStore, at + i * step, i)
  })
}
