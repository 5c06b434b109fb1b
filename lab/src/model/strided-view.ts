/**
 * A view over the input's memory: which addresses does it touch, how often, and do they all lie
 * inside? The library refuses what leaves the memory; here shape, strides and offset are counted
 * out, also of a view that is refused.
 */

import { asStrided, type NdArray, ndarray } from 'stridefold/sync'
import type { ViewSpec } from '../state/state.ts'
import { indices, product } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** Cells up to which a view is counted out. */
const maxCountedCells: number = 1 << 16

export interface AddressBound {
  /**
   * What adds up to it besides the offset: extent − 1 and stride of every axis that leads there.
   */
  readonly terms: readonly { readonly steps: number; readonly stride: number }[]
  readonly address: number
}

export interface ViewLayout {
  readonly spec: ViewSpec
  /** The element of every cell, in row-major order; undefined where the view has too many cells. */
  readonly addresses: Float64Array | undefined
  /** By element of the memory: how many cells stand on it. */
  readonly touches: ReadonlyMap<number, number>
  readonly least: AddressBound
  readonly greatest: AddressBound
  /** Why the library refuses it, or undefined. */
  readonly fault: string | undefined
}

/** The input's own layout, as a view. */
export const inputView = ({ input }: ViewModel): ViewSpec => specOf(input)

export const specOf = ({ shape, strides, offset }: NdArray): ViewSpec => ({
  shape,
  strides,
  offset,
})

export function layOut(memory: NdArray, spec: ViewSpec): ViewLayout {
  const cells = product(spec.shape)
  const addresses = cells <= maxCountedCells ? addressesOf(spec, cells) : undefined
  const touches = new Map<number, number>()
  for (const address of addresses ?? []) touches.set(address, (touches.get(address) ?? 0) + 1)
  return {
    spec,
    addresses,
    touches,
    least: boundOf(spec, -1),
    greatest: boundOf(spec, 1),
    fault: errorOf(memory, spec),
  }
}

function addressesOf({ shape, strides, offset }: ViewSpec, cells: number): Float64Array {
  const addresses = new Float64Array(cells)
  let cell = 0
  for (const index of indices(shape))
    addresses[cell++] = addressAt({ shape, strides, offset }, index)
  return addresses
}

/** Where a cell lies: the offset, and on every axis as many strides as its index says. */
export const addressAt = ({ strides, offset }: ViewSpec, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * strides[axis]!, offset)

/** The end that is reached when every axis with a stride of this sign goes all the way. */
function boundOf({ shape, strides, offset }: ViewSpec, sign: 1 | -1): AddressBound {
  const terms = shape.flatMap((extent, axis) =>
    strides[axis]! * sign > 0 && extent > 1 ? [{ steps: extent - 1, stride: strides[axis]! }] : [],
  )
  return { terms, address: terms.reduce((sum, { steps, stride }) => sum + steps * stride, offset) }
}

function errorOf(memory: NdArray, spec: ViewSpec): string | undefined {
  try {
    asStrided(flatMemory(memory), spec)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The memory under an array, as it lies. */
export const flatMemory = ({ data }: NdArray): NdArray => ndarray(data, [data.length])
