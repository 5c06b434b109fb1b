/**
 * Which element of an array does a step touch? Indices are written as in a formula: a number, a
 * loop, or a sum of multiples of loops.
 *
 *   x[n, 2·q + t − 1]     at(x, n, plus(times(2, q), t, -1))
 *
 * Such an index is linear in the loops, and so is the address of the element: a loop that an index
 * does not contain has factor 0.
 */

import { ensure } from '../errors.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import type { Loop } from './steps.ts'

/** A whole number for every iteration of the loops. */
export type Index = number | Loop | LinearIndex

/** offset + Σ factor·loop */
export interface LinearIndex {
  readonly offset: number
  readonly terms: readonly Term[]
}

interface Term {
  readonly loop: Loop
  readonly factor: number
}

export const loop = (name: string, extent: number): Loop => ({ name, extent })

/** The sum of indices. */
export function plus(...indices: readonly Index[]): LinearIndex {
  const sum = new IndexSum(0)
  for (const index of indices) sum.add(1, index)
  return sum
}

/** A multiple of an index. */
export function times(factor: number, index: Index): LinearIndex {
  const sum = new IndexSum(0)
  sum.add(factor, index)
  return sum
}

class IndexSum implements LinearIndex {
  offset: number
  readonly terms: Term[] = []

  constructor(offset: number) {
    this.offset = offset
  }

  add(factor: number, index: Index): void {
    if (typeof index === 'number') this.offset += factor * index
    else if ('extent' in index) this.terms.push({ loop: index, factor })
    else {
      this.offset += factor * index.offset
      for (const term of index.terms)
        this.terms.push({ loop: term.loop, factor: factor * term.factor })
    }
  }
}

/** The lowest and the highest value of an index. The loops are not empty. */
export function rangeOf({ offset, terms }: LinearIndex): [lowest: number, highest: number] {
  let [lowest, highest] = [offset, offset]
  for (const { loop, factor } of terms) {
    const span = factor * (loop.extent - 1)
    if (span < 0) lowest += span
    else highest += span
  }
  return [lowest, highest]
}

/** An array in a buffer. Element [0, 0, …] lies at `offset`; one stride per axis, in elements. */
export interface BufferView {
  readonly buffer: string
  readonly offset: number
  readonly strides: readonly number[]
}

/** A contiguous array that begins at the start of a buffer, in row-major order. */
export const rowMajorView = (buffer: string, shape: readonly number[]): BufferView => ({
  buffer,
  offset: 0,
  strides: rowMajorStrides(shape),
})

/** An element of a buffer for every iteration of the loops: its address is linear in them. */
export interface Element extends LinearIndex {
  readonly buffer: string
}

/** The element of a view with one index per axis. */
export function at({ buffer, offset, strides }: BufferView, ...indices: readonly Index[]): Element {
  ensure(indices.length === strides.length, 'PROGRAM_INVALID', 'an element has one index per axis.')
  const address = new IndexSum(offset)
  for (let axis = 0; axis < strides.length; axis++) address.add(strides[axis]!, indices[axis]!)
  return { buffer, offset: address.offset, terms: address.terms }
}

/** A view of the same array whose element [0, 0, …] is this element of `view`. */
export const startingAt = (view: BufferView, ...start: readonly number[]): BufferView => ({
  ...view,
  offset: at(view, ...start).offset,
})

/**
 * The factor of each of these loops in an index. Throws `InternalError` if the index contains
 * another loop.
 */
export function factorsOf({ terms }: LinearIndex, loops: readonly Loop[]): number[] {
  const factors = new Array<number>(loops.length).fill(0)
  for (const term of terms) {
    const position = loops.indexOf(term.loop)
    if (position < 0) rejectLoop(term.loop)
    factors[position]! += term.factor
  }
  return factors
}

function rejectLoop({ name }: Loop): never {
  ensure(false, 'PROGRAM_INVALID', `an index contains '${name}', which is no loop of its step.`)
}
