/**
 * Copies every window into a column of a matrix, so that the convolution is one matrix product. The
 * matrix is really built.
 *
 *              outputs
 *   ┌──────────────────┐ c, t
 *   │ window of output │        y[f, q] = Σ K[f, (c,t)] · M[(c,t), q]
 *   └──────────────────┘
 *
 * The matrix has taps × outputs elements per channel. It holds a copy of each sample for every
 * window that reads it: for a 3×3 kernel nine times the memory of the input.
 *
 * Both articles use this trick and leave the product to BLAS. Here the same Contraction as
 * everywhere computes it. Source: K. Chellapilla, S. Puri, P. Simard, "High Performance
 * Convolutional Neural Networks for Document Processing", 2006.
 */

import { elementCount } from '../ndarray/layout.ts'
import { isLargeSum, minItems } from '../program/choose-cut.ts'
import { at, type Index, loop, rowMajorView } from '../program/elements.ts'
import { contract, move, type Written } from '../program/write-steps.ts'
import type { Algorithm } from './algorithm.ts'
import {
  addCopy,
  outputLoops,
  type Region,
  regions,
  unsupportedCopies,
  windows,
} from './borders.ts'
import { type ComponentContext, programByComponents } from './context.ts'
import { plainCuts } from './cuts.ts'
import { strided } from './strided.ts'

export const im2col: Algorithm = {
  name: 'im2col',
  summary:
    'copies the windows into the columns of a matrix, then multiplies two matrices: the matrix ' +
    'takes taps × the memory of the input',
  // `strided` computes the same products without copies, so it is never slower.
  consideredByAuto: () => false,
  unsupportedReason: (g, descriptors) =>
    descriptors.inPlace === true ? 'its matrix takes memory' : unsupportedCopies(g),
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  cuts: plainCuts,
  program: (g, descriptors, lowering) =>
    programByComponents(g, descriptors, lowering, (context) => {
      const { builder, component } = context
      const extents = component.flatMap((axis) => [axis.taps, axis.outputs])
      const isOneByOne = g.batch < minItems && isLargeProduct(context)
      const matrix = builder.buffer(
        'matrix',
        isOneByOne ? 'scratch' : 'local',
        Math.max(1, elementCount([g.channels, ...extents])),
      )
      for (const region of regions(context, { whole: true })) {
        addCopy(builder, region, 'pad')
        if (!isOneByOne) {
          const { fill, product } = productOf(context, region, matrix, builder.n)
          builder.stage('matrix, product', [builder.n], [fill, product])
          continue
        }
        for (let image = 0; image < g.batch; image++) {
          const { fill, product } = productOf(context, region, matrix, image)
          builder.stage('matrix', [], [fill])
          builder.stage('product', [], [product])
        }
      }
    }),
}

/**
 * Whether the matrix of one image is so large that several workers should share it. The images then
 * follow one another. Otherwise they are items of a grid, and each worker has a matrix.
 */
function isLargeProduct({ builder: { g }, component }: ComponentContext): boolean {
  const results = component.reduce((n, axis) => n * axis.outputs * axis.siblings, g.filters)
  const terms = component.reduce((n, axis) => n * axis.taps, g.channels / g.groups)
  return isLargeSum(results, terms)
}

/** The steps that fill the matrix of batch item n, and multiply it with the kernel. */
function productOf(
  context: ComponentContext,
  region: Region,
  buffer: string,
  n: Index,
): { readonly fill: Written; readonly product: Written } {
  const { builder, siblings, taps: t } = context
  const { g, group, f, c, channel } = builder
  const q = outputLoops(region)
  const allChannels = loop('c', g.channels)
  const shape = [allChannels, ...t, ...q].map(({ extent }) => extent)
  // Row (c, t), column q. Siblings read the same samples, so they share a matrix.
  const matrix = rowMajorView(buffer, shape)
  const fill = move(
    { over: [allChannels, ...t, ...q] },
    {
      to: at(matrix, allChannels, ...t, ...q),
      from: at(region.source, n, allChannels, ...windows(region, q, t)),
    },
  )
  const product = contract(
    { over: [group, f, ...siblings, ...q], sum: [c, ...t] },
    {
      to: context.results(q, n),
      a: at(matrix, channel, ...t, ...q),
      b: context.weights(),
      epilogue: builder.epilogue(),
      sumName: 'sums',
    },
  )
  return { fill, product }
}
