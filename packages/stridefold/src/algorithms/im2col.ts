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
import { at, loop, rowMajorView } from '../program/elements.ts'
import { contract, move } from '../program/write-steps.ts'
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
      const matrix = builder.buffer(
        'matrix',
        'local',
        Math.max(1, elementCount([g.channels, ...extents])),
      )
      for (const region of regions(context, { whole: true })) {
        addCopy(builder, region, 'pad')
        addProduct(context, region, matrix)
      }
    }),
}

/** Adds the stage that fills the matrix of each batch item and multiplies it with the kernel. */
function addProduct(context: ComponentContext, region: Region, buffer: string): void {
  const { builder, siblings, taps: t } = context
  const { g, n, group, f, c, channel } = builder
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
      to: context.results(q),
      a: at(matrix, channel, ...t, ...q),
      b: context.weights(),
      epilogue: builder.epilogue(),
      sumName: 'sums',
    },
  )
  builder.stage('matrix, product', [n], [fill, product])
}
