/**
 * What does one write change? Through a view it changes the memory, and so every cell with that
 * address. In a copy it changes one cell.
 */

import { asStrided, contiguous, type NdArray, ndarray } from 'stridefold/sync'
import { type ViewSpec, type WriteRecord, writtenValue } from '../state/state.ts'
import { indexAt, placeOf } from './numbers.ts'
import { addressAt } from './strided-view.ts'

/** Writes −99 through one cell of a writable view. Returns the memory after the write. */
export function writeThrough(
  memory: ArrayLike<number>,
  spec: ViewSpec,
  cell: readonly number[],
): { values: number[]; wrote: WriteRecord } {
  const view = asStrided(Float64Array.from(memory), { ...spec, writable: true })
  const element = addressAt(view, cell)
  const before = view.data[element]!
  view.data[element] = writtenValue
  return { values: [...view.data], wrote: { element, before } }
}

/** The memory before the write. */
export function undoWrite(memory: ArrayLike<number>, { element, before }: WriteRecord): number[] {
  return Array.from(memory).with(element, before)
}

/** Copies the view as it was before the write, and writes −99 to the same cell of the copy. */
export function writeToCopy(
  memory: NdArray,
  spec: ViewSpec,
  wrote: WriteRecord,
  cell: readonly number[],
): NdArray {
  const copy = contiguous(
    asStrided(ndarray(Float64Array.from(undoWrite(memory.data, wrote))), spec),
  )
  copy.data[placeOf(cell, copy.shape)] = writtenValue
  return copy
}

/** The selected cell if it has this address, else the first cell that does. */
export function cellOn(
  element: number,
  spec: ViewSpec,
  addresses: Float64Array,
  chosen?: readonly number[],
): readonly number[] | undefined {
  if (chosen?.length === spec.shape.length && addressAt(spec, chosen) === element) return chosen
  const place = addresses.indexOf(element)
  return place < 0 ? undefined : indexAt(place, spec.shape)
}
