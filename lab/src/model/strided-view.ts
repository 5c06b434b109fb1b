/**
 * Which addresses does a view of the input's memory touch, how often, and are they all inside? The
 * library rejects a view that leaves the memory. This file computes the addresses of such a view
 * too.
 */

import { asStrided, type NdArray, ndarray } from 'stridefold/sync'
import type { ViewSpec } from '../state/state.ts'
import { messageOf } from './message-of.ts'
import { indices, product } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** The largest view, in cells, whose addresses are computed. */
const maxCountedCells: number = 1 << 16

export interface AddressBound {
  /**
   * The terms of the sum besides the offset: extent − 1 and stride of every axis that contributes.
   */
  readonly terms: readonly { readonly steps: number; readonly stride: number }[]
  readonly address: number
}

export interface ViewLayout {
  readonly spec: ViewSpec
  /** The element of every cell, in row-major order; undefined if the view has too many cells. */
  readonly addresses: Float64Array | undefined
  /** The number of cells that have each element as address. */
  readonly touches: ReadonlyMap<number, number>
  readonly least: AddressBound
  readonly greatest: AddressBound
  /** The library's error if it rejects the view, else undefined. */
  readonly fault: string | undefined
}

/** The layout of the input as a view. */
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

/** The address of a cell: the offset plus index times stride on every axis. */
export const addressAt = ({ strides, offset }: ViewSpec, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * strides[axis]!, offset)

/**
 * The lowest address for sign −1, the greatest for sign 1: every axis with a stride of this sign
 * contributes extent − 1 strides.
 */
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
    return messageOf(error)
  }
}

/** The memory of an array as one axis. */
export const flatMemory = ({ data }: NdArray): NdArray => ndarray(data, [data.length])
