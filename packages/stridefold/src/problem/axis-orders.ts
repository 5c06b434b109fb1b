/**
 * Which axis of the caller's array is which axis of the problem? Canonical order is [batch,
 * channel, ...axes] for input and result, and [filter, channel of its group, ...axes] for the
 * kernel. The code after this step is the same for every layout.
 */

import { contiguousCopy } from '../ndarray/copy.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import { reshape, transpose } from '../ndarray/views.ts'

/**
 * The array axis of each canonical axis. Undefined: the array has no such axis; its extent is 1.
 */
export type AxisOrder = readonly (number | undefined)[]

export interface AxisOrders {
  /** Of the input and of the result. */
  readonly input: AxisOrder
  readonly kernel: AxisOrder
  /**
   * The number of groups whose channels all lie along the channel axis of the kernel, as in the
   * weight of a transposed layer. 1: the channel axis has the channels of one group.
   */
  readonly groupsAlongChannels: number
}

/** The orders of arrays that are in canonical order already. */
export function canonicalOrders(rank: number): AxisOrders {
  const order = Array.from({ length: rank + 2 }, (_, axis) => axis)
  return { input: order, kernel: order, groupsAlongChannels: 1 }
}

/** Returns the input, or the result, in canonical order: a view. */
export const inputInOrder = (x: NdArray, { input }: AxisOrders): NdArray => permuted(x, input)

/**
 * Returns the kernel in canonical order: a view, or a copy if no strides can express that order.
 */
export function kernelInOrder(
  k: NdArray,
  { kernel, groupsAlongChannels: groups }: AxisOrders,
): NdArray {
  const view = permuted(k, kernel)
  if (groups === 1) return view
  // The weight of a transposed layer has all input channels, but the filters of one group only. So
  // [O/g, I, …] becomes [g, O/g, I/g, …], and then [O, I/g, …].
  const [filters, allChannels, ...spatial] = view.shape as [number, number, ...number[]]
  const channels = allChannels / groups
  const shape = [filters * groups, channels, ...spatial]
  if (k.data.length === 0) return placeholder(shape, k.dtype)
  const split = reshape(contiguousCopy(view), [filters, groups, channels, ...spatial])
  const ordered = transpose(split, [1, 0, 2, ...spatial.map((_, a) => a + 3)])
  return reshape(contiguousCopy(ordered), shape)
}

/** A view with the axes in this order. */
function permuted(x: NdArray, order: AxisOrder): NdArray {
  return {
    ...x,
    shape: order.map((axis) => (axis === undefined ? 1 : x.shape[axis]!)),
    strides: order.map((axis) => (axis === undefined ? 0 : x.strides[axis]!)),
  }
}
