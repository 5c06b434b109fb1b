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

import type { Algorithm } from './algorithm.ts'
import { regionSteps, regions, unsupportedCopies } from './borders.ts'
import { axisName, loop, move, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { polyphaseComponents } from './polyphase.ts'
import { strided } from './strided.ts'
import { addUnread } from './unread.ts'

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
  program(g, descriptors) {
    const builder = new ProgramBuilder(g, descriptors)
    const target = builder.target()
    const rank = g.axes.length
    const filters = g.filters / g.groups
    const channels = g.channels / g.groups
    addUnread(builder, g, target)
    for (const component of polyphaseComponents(g)) {
      const taps = component.reduce((n, axis) => n * axis.taps, 1)
      const outputs = component.reduce((n, axis) => n * axis.outputs, 1)
      // Row (c, t), column q, for one batch item: each item of the grid has its own matrix.
      const matrix = builder.buffer('matrix', 'local', Math.max(1, g.channels * taps * outputs))
      for (const region of regions(g, descriptors, component, builder, { whole: true })) {
        if (region.gather.length > 0) builder.stage(`pad`, [], region.gather)
        const { source } = region
        const steps = regionSteps(region)
        const tapLoops = component.map((axis, a) => loop(axisName('t', a, rank), axis.taps))
        const outLoops = component.map((axis, a) => loop(axisName('y', a, rank), axis.outputs))
        const rowStrides = suffixProducts(component.map((axis) => axis.taps)).map(
          (n) => n * outputs,
        )
        const columnStrides = suffixProducts(component.map((axis) => axis.outputs))
        const fillMatrix = move(
          [loop('c', g.channels), ...tapLoops, ...outLoops],
          {
            buffer: matrix,
            offset: 0,
            strides: [0, taps * outputs, ...rowStrides, ...columnStrides],
          },
          {
            buffer: source.buffer,
            offset: source.offset,
            strides: [source.outer, source.channel, ...steps.taps, ...steps.outputs],
          },
        )
        const kernel = builder.kernel
        // Sibling components read the same samples, so they share a matrix.
        const siblings = componentLoops(component, target, kernel)
        const siblingZeros = siblings.loops.map(() => 0)
        const epilogue = builder.epilogue([
          0,
          filters,
          1,
          ...siblingZeros,
          ...component.map(() => 0),
        ])
        builder.stage(
          'matrix, product',
          [loop('n', g.batch)],
          [
            fillMatrix,
            {
              kind: 'contract',
              result: [loop('g', g.groups), loop('f', filters), ...siblings.loops, ...outLoops],
              sum: [loop('c', channels), ...tapLoops],
              to: {
                buffer: target.buffer,
                offset: component.reduce(
                  (at, axis, a) => at + axis.outputStart * target.axes[a]!,
                  target.offset,
                ),
                strides: [
                  target.outer,
                  filters * target.channel,
                  target.channel,
                  ...siblings.output,
                  ...component.map((axis, a) => axis.outputStep * target.axes[a]!),
                ],
              },
              a: {
                buffer: matrix,
                offset: 0,
                strides: [
                  0,
                  channels * taps * outputs,
                  0,
                  ...siblingZeros,
                  ...columnStrides,
                  taps * outputs,
                  ...rowStrides,
                ],
              },
              b: {
                buffer: kernel.buffer,
                offset: component.reduce(
                  (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
                  kernel.offset,
                ),
                strides: [
                  0,
                  filters * kernel.outer,
                  kernel.outer,
                  ...siblings.kernel,
                  ...component.map(() => 0),
                  kernel.channel,
                  ...component.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
                ],
              },
              start: 'zero',
              ...(epilogue === undefined ? {} : { epilogue }),
            },
          ],
        )
      }
    }
    builder.finish(target)
    return builder.build()
  },
}

/** Row-major strides of a shape. */
function suffixProducts(extents: readonly number[]): number[] {
  return extents.map((_, i) => extents.slice(i + 1).reduce((n, e) => n * e, 1))
}
