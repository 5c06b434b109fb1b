/**
 * Vectors between registers and memory: their lanes one and the same element, neighbours, or
 * elements that lie apart.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { Element } from './element.ts'
import { moved } from './loops.ts'

/**
 * Vectors one behind the other along a loop: locals, and by how many elements the loop steps in
 * memory.
 */
export interface VectorRun {
  readonly locals: readonly number[]
  readonly stride: number
  /** Elements in the last vector; the others are full. */
  readonly last: number
}

/**
 * Loads a run of vectors from `pointer` + `offset` bytes. Full vectors of neighbours are read, be
 * the last one full or not.
 */
export function loadVectors(
  f: FunctionBody,
  element: Element,
  { locals, stride, last }: VectorRun,
  pointer: number,
  offset: number,
): void {
  const step = stride * element.bytes
  locals.forEach((local, v) => {
    const at = offset + v * element.lanes * step
    if (stride === 0) f.get(pointer).vmem(element.splatLoad, at)
    else if (stride === 1) f.get(pointer).vmem('v128.load', at)
    else {
      // Lanes beyond the row's end would read far away: they repeat the last element.
      const elements = v === locals.length - 1 ? last : element.lanes
      const shift = Math.min(0, step * (elements - 1))
      const from = at + shift < 0 ? moved(f, pointer, at + shift) : pointer
      const start = at + shift < 0 ? -shift : at
      for (let i = elements - 1; i >= 0; i--) f.get(from)
      f.vmem(element.splatLoad, start)
      for (let i = 1; i < elements; i++) f.lmem(element.laneLoad, start + i * step, i)
    }
    f.set(local)
  })
}

/** Stores a run of vectors at `pointer` + `offset` bytes, no element more than there are. */
export function storeVectors(
  f: FunctionBody,
  element: Element,
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
