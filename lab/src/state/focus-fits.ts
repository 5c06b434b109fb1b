/**
 * Is a focus inside its array? The first screen checks links with this, because the library's
 * `explain` is too large for it.
 */

import type { ConvGeometry, Focus } from 'stridefold/sync'
import { product } from '../model/numbers.ts'

/** Throws an error for an index outside its array. Omitted leading indices are 0. */
export function rejectFocus(g: ConvGeometry, focus: Focus): void {
  const [name = '', value] = Object.entries(focus)[0] ?? []
  if (typeof value === 'number') {
    const bytes = product(shapesOf(g).input!) * (g.dtype === 'float64' ? 8 : 4)
    if (!isIndex(value, bytes))
      throw new Error(`byte ${value} is not in the input, which has ${bytes} bytes`)
    return
  }
  const shape = shapesOf(g)[name]
  const index = value as readonly number[]
  const isMatrix = name === 'im2col' || name === 'toeplitz'
  const fits =
    shape !== undefined &&
    index.length <= shape.length &&
    index.length >= (isMatrix ? 2 : g.axes.length) &&
    index.every((i, axis) => isIndex(i, shape[shape.length - index.length + axis]!))
  if (!fits) throw new Error(`${name} [${index}] is not in an array of shape [${shape ?? ''}]`)
}

const isIndex = (i: number, extent: number): boolean => Number.isInteger(i) && i >= 0 && i < extent

function shapesOf(g: ConvGeometry): Readonly<Record<string, readonly number[]>> {
  const [inputs, kernels, outputs] = (['input', 'kernel', 'output'] as const).map((name) =>
    g.axes.map((axis) => axis[name]),
  )
  const input = [g.batch, g.channels, ...inputs!]
  const output = [g.batch, g.filters, ...outputs!]
  return {
    input,
    kernel: [g.filters, g.channels / g.groups, ...kernels!],
    output,
    im2col: [g.channels * product(kernels!), g.batch * product(outputs!)],
    toeplitz: [product(output), product(input)],
  }
}
