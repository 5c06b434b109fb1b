/**
 * A problem without its numbers: the geometry, and the shape of every array. It is cheap at any
 * size, so the page has it at once, also while the numbers are still computed.
 */

import { type ConvGeometry, parseCase } from 'stridefold/sync'
import { product } from './numbers.ts'

export interface Shapes {
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly output: readonly number[]
  readonly padded: readonly number[]
  readonly im2col: readonly [rows: number, columns: number]
  readonly toeplitz: readonly [rows: number, columns: number]
}

export interface Frame {
  readonly geometry: ConvGeometry
  readonly shapes: Shapes
  /** The number of products of an output. */
  readonly taps: number
}

export function frameOf(problem: string): Frame {
  const g = parseCase(problem)
  const input = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const kernel = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
  const output = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
  const padded = g.axes.map(
    ({ input: extent, before, after, inputDilation }) =>
      Math.max(0, before) + (extent - 1) * inputDilation + 1 + Math.max(0, after),
  )
  const shapes: Shapes = {
    input,
    kernel,
    output,
    padded: [g.batch, g.channels, ...padded],
    im2col: [product([g.channels, ...kernel.slice(2)]), product([g.batch, ...output.slice(2)])],
    toeplitz: [product(output), product(input)],
  }
  return { geometry: g, shapes, taps: product(kernel.slice(1)) }
}

/** Above these limits a problem is computed beside the page, because it would stop the page. */
const maxProductsAtOnce = 1 << 19
const maxElementsAtOnce = 1 << 16

export const isLarge = ({ shapes, taps }: Frame): boolean =>
  product(shapes.output) * taps > maxProductsAtOnce ||
  Math.max(product(shapes.padded), product(shapes.output)) > maxElementsAtOnce
