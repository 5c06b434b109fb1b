/**
 * Which axis of the caller's array is which axis of the problem? Canonical order is [batch,
 * channel, ...axes] for input and result, and [filter, channel of its group, ...axes] for the
 * kernel. The code after this step is the same for every layout.
 */

import type { LayerRoles } from '../geometry/layouts.ts'
import { lengthOf } from '../ndarray/allocations.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import { reshape } from '../ndarray/views.ts'

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
   * weight of a transposed layer or of TensorFlow's depthwise layer. 1: the channel axis has the
   * channels of one group.
   */
  readonly groupsAlongChannels: number
}

/** The orders of arrays that are in canonical order already. */
export function canonicalOrders(rank: number): AxisOrders {
  const order = Array.from({ length: rank + 2 }, (_, axis) => axis)
  return { input: order, kernel: order, groupsAlongChannels: 1 }
}

/** The orders of the arrays of a layer. */
export const layerOrders = (roles: LayerRoles, groups: number): AxisOrders => ({
  input: [roles.batch, roles.channel, ...roles.axes],
  kernel: [roles.weight.filter, roles.weight.channel, ...roles.weight.axes],
  groupsAlongChannels: roles.weight.allGroups === 'channel' ? groups : 1,
})

/** Returns the input, or the result, in canonical order: a view. */
export const inputInOrder = (x: NdArray, { input }: AxisOrders): NdArray => permuted(x, input)

/**
 * Returns the kernel in canonical order: a view, or a copy if no strides can express that order.
 */
export function kernelInOrder(k: NdArray, orders: AxisOrders): NdArray {
  const view = kernelView(k, orders)
  if (view !== undefined) return view
  const { shape, split } = splitGroups(k, orders)
  return lengthOf(k.data) === 0
    ? placeholder(shape, k.dtype)
    : reshape(contiguousCopy({ ...k, ...split }), shape)
}

/** Returns the kernel in canonical order as a view; undefined if no strides express that order. */
export function kernelView(k: NdArray, orders: AxisOrders): NdArray | undefined {
  if (orders.groupsAlongChannels === 1) return permuted(k, orders.kernel)
  const { shape, split } = splitGroups(k, orders)
  const [groupStep, filterStep, ...strides] = split.strides as [number, number, ...number[]]
  const filters = split.shape[1]!
  // Groups and filters are one axis if the steps from group to group continue those of the filters.
  if (filters === 1) return { ...k, shape, strides: [groupStep, ...strides] }
  if (groupStep !== filters * filterStep) return undefined
  return { ...k, shape, strides: [filterStep, ...strides] }
}

/**
 * A kernel that has all input channels, but the filters of one group only. Its axes [O/g, I, …]
 * are split to [g, O/g, I/g, …]. Merging the first two gives `shape`: [O, I/g, …].
 */
function splitGroups(
  k: NdArray,
  { kernel, groupsAlongChannels: groups }: AxisOrders,
): { readonly shape: number[]; readonly split: Pick<NdArray, 'shape' | 'strides'> } {
  const { shape, strides } = permuted(k, kernel)
  const [filters, allChannels, ...spatial] = shape as [number, number, ...number[]]
  const [filterStep, channelStep, ...steps] = strides as [number, number, ...number[]]
  const channels = allChannels / groups
  return {
    shape: [filters * groups, channels, ...spatial],
    split: {
      shape: [groups, filters, channels, ...spatial],
      strides: [channels * channelStep, filterStep, channelStep, ...steps],
    },
  }
}

/** A view with the axes in this order. */
function permuted(x: NdArray, order: AxisOrder): NdArray {
  return {
    ...x,
    shape: order.map((axis) => (axis === undefined ? 1 : x.shape[axis]!)),
    strides: order.map((axis) => (axis === undefined ? 0 : x.strides[axis]!)),
  }
}
