/**
 * The arrays between the steps of Winograd, and the loops over their dimensions.
 *
 * An axis with one tap has tiles of one sample and needs no matrix. Its samples, points, tiles and
 * outputs are the same.
 */

import { elementCount } from '../../ndarray/layout.ts'
import { at, type Element, type Index, loop, rowMajorView } from '../../program/elements.ts'
import type { Contraction, Loop } from '../../program/steps.ts'
import { contract, type Written, type WrittenEpilogue } from '../../program/write-steps.ts'
import { axisName, type ProgramBuilder } from '../builder.ts'
import type { TileAxis } from './tiling.ts'
import { transforms } from './transforms.ts'

/** One axis of the tiles of a component, and its matrices. */
export interface TransformedAxis extends TileAxis {
  /** Undefined if the axis is not transformed. */
  readonly matrices: FlatTransforms | undefined
}

/** The elements of the matrices of F(m, r), row by row. */
export interface FlatTransforms {
  readonly output: readonly number[]
  readonly kernel: readonly number[]
  readonly input: readonly number[]
}

export function flatTransforms(m: number, r: number): FlatTransforms {
  const { output, kernel, input } = transforms(m, r)
  return { output: output.flat(), kernel: kernel.flat(), input: input.flat() }
}

/** The loops of one axis of a block. */
export interface AxisLoops extends TransformedAxis {
  /** The taps of the kernel. */
  readonly tap: Loop
  /** The points of the transformed space. */
  readonly point: Loop
  /** The blocks, the tiles of a block, and all tiles. */
  readonly blockLoop: Loop
  readonly tile: Loop
  readonly allTiles: Loop
  /** The samples of all tiles, and their outputs. */
  readonly sample: Loop
  readonly output: Loop
  /** The samples inside a tile, and its outputs. */
  readonly sampleInTile: Loop
  readonly outputInTile: Loop
}

export function axisLoopsOf(axes: readonly TransformedAxis[]): AxisLoops[] {
  return axes.map((axis, a) => {
    const name = axisName('y', a, axes.length)
    const { m, r, n, block, blocks, tiles } = axis
    return {
      ...axis,
      tap: loop(`k${name}`, r),
      point: loop(`p${name}`, n),
      blockLoop: loop(axisName('block ', a, axes.length), blocks),
      tile: loop(`t${name}`, block),
      allTiles: loop(`t${name}`, tiles),
      sample: loop(name, block * m + r - 1),
      output: loop(name, block * m),
      sampleInTile: loop(name, n),
      outputInTile: loop(`i${name}`, m),
    }
  })
}

/** A dense array in a buffer, with one dimension for each of its loops. */
export interface LoopArray {
  readonly buffer: string
  readonly dimensions: readonly Loop[]
}

const shapeOf = (dimensions: readonly Loop[]): number[] => dimensions.map(({ extent }) => extent)

/** The number of elements of an array with these dimensions. */
export const lengthOf = (dimensions: readonly Loop[]): number => elementCount(shapeOf(dimensions))

/** The element of an array whose index along each dimension is its loop, or `index` of it. */
export const elementOf = (
  { buffer, dimensions }: LoopArray,
  index: (dimension: Loop) => Index = (dimension) => dimension,
): Element => at(rowMajorView(buffer, shapeOf(dimensions)), ...dimensions.map(index))

/** The element of an array with another index along one dimension. */
export const elementWith = (array: LoopArray, dimension: Loop, index: Index): Element =>
  elementOf(array, (other) => (other === dimension ? index : other))

/** One axis of a transform: to[… row …] = Σ_s matrix[row, s] · from[… s …]. */
export interface AxisTransform {
  /** The elements of the matrix, row by row. */
  readonly matrix: readonly number[]
  readonly row: Loop
  readonly sum: Loop
  readonly over: readonly Loop[]
  readonly to: Element
  readonly from: Element
  readonly epilogue?: WrittenEpilogue | undefined
}

/** Returns the step of one axis of a transform. */
export function transformStep(
  builder: ProgramBuilder,
  { matrix, row, sum, over, to, from, epilogue }: AxisTransform,
): Written<Contraction> {
  const constant = builder.constant('matrix', matrix)
  const b = at(rowMajorView(constant, [row.extent, sum.extent]), row, sum)
  return contract({ over, sum: [sum] }, { to, a: from, b, epilogue })
}
