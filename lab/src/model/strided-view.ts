/**
 * A view over the input's memory: which addresses does it touch, how often, and do they all lie inside? The library makes the views of
 * the presets and refuses what leaves the memory; here its shape, strides and offset are counted out, also of a view that is refused.
 */

import { asStrided, flip, type NdArray, ndarray, slice, slidingWindows, transpose } from 'stridefold/sync'
import type { ViewSpec } from '../state/state.ts'
import { indices, product } from './numbers.ts'
import type { Scene } from './scene.ts'

/** Cells up to which a view is counted out. */
export const MOST_VIEWED: number = 1 << 16

export interface Bound {
  /** What adds up to it besides the offset: extent − 1 and stride of every axis that leads there. */
  readonly terms: readonly { readonly steps: number; readonly stride: number }[]
  readonly address: number
}

export interface Laid {
  readonly spec: ViewSpec
  /** The element of every cell, in row-major order; undefined where the view has too many cells. */
  readonly addresses: Int32Array | undefined
  /** By element of the memory: how many cells stand on it. */
  readonly touches: ReadonlyMap<number, number>
  readonly least: Bound
  readonly greatest: Bound
  /** Why the library refuses it, or undefined. */
  readonly fault: string | undefined
}

/** The input's own layout, as a view. */
export const asItLies = ({ input }: Scene): ViewSpec => specOf(input)

const specOf = ({ shape, strides, offset }: NdArray): ViewSpec => ({ shape, strides, offset })

export function laid(memory: NdArray, spec: ViewSpec): Laid {
  const cells = product(spec.shape)
  const addresses = cells <= MOST_VIEWED ? addressesOf(spec, cells) : undefined
  const touches = new Map<number, number>()
  for (const address of addresses ?? []) touches.set(address, (touches.get(address) ?? 0) + 1)
  return { spec, addresses, touches, least: boundOf(spec, -1), greatest: boundOf(spec, 1), fault: faultOf(memory, spec) }
}

function addressesOf({ shape, strides, offset }: ViewSpec, cells: number): Int32Array {
  const addresses = new Int32Array(cells)
  let cell = 0
  for (const index of indices(shape)) addresses[cell++] = index.reduce((sum, i, axis) => sum + i * strides[axis]!, offset)
  return addresses
}

/** The end that is reached when every axis with a stride of this sign goes all the way. */
function boundOf({ shape, strides, offset }: ViewSpec, sign: 1 | -1): Bound {
  const terms = shape.flatMap((extent, axis) =>
    strides[axis]! * sign > 0 && extent > 1 ? [{ steps: extent - 1, stride: strides[axis]! }] : [],
  )
  return { terms, address: terms.reduce((sum, { steps, stride }) => sum + steps * stride, offset) }
}

function faultOf(memory: NdArray, spec: ViewSpec): string | undefined {
  try {
    asStrided(flat(memory), spec)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const flat = ({ data }: NdArray): NdArray => ndarray(data, [data.length])

export const presetNames = ['lies', 'transposed', 'flipped', 'second', 'windows', 'broadcast', 'diagonal'] as const
export type PresetName = (typeof presetNames)[number]

/** The view that a preset means for this input, or undefined where it has none. */
export function presetView(name: PresetName, { input, geometry: g }: Scene): ViewSpec | undefined {
  const [rows, columns] = [input.shape.length > 3 ? input.shape.at(-2)! : 1, input.shape.at(-1)!]
  const plane = input.shape.length > 3 ? slice(input, ...input.shape.slice(0, -2).map(() => 0)) : slice(input, 0, 0)
  const axes = g.axes.map((axis) => axis.kernel).slice(-plane.shape.length)
  const fits = axes.every((extent, a) => extent <= plane.shape[a]!)
  switch (name) {
    case 'lies':
      return undefined
    case 'transposed':
      return specOf(transpose(plane))
    case 'flipped':
      return specOf(flip(plane))
    case 'second':
      return specOf(slice(plane, ...plane.shape.map(() => [null, null, 2] as const)))
    case 'windows':
      return fits ? specOf(slidingWindows(plane, axes)) : undefined
    case 'broadcast':
      return specOf(asStrided(plane, { shape: [3, columns], strides: [0, 1] }))
    case 'diagonal':
      return specOf(asStrided(plane, { shape: [Math.min(rows, columns)], strides: [columns + 1] }))
  }
}
