/**
 * Every window becomes a column of a matrix, and the convolution one matrix product. The matrix is
 * really built.
 *
 *            outputs                                              [taps × outputs] copies each sample once for every window it is in:
 *   ┌──────────────────┐ c, t                                     for a 3×3 kernel nine times the input's memory.
 *   │ window of output │        y[f, q] = Σ K[f, (c,t)] · M[(c,t), q]
 *   └──────────────────┘
 *
 * Article 1's and article 2's trick; BLAS does the product there, the same Contract as everywhere
 * does it here. Source: K. Chellapilla, S. Puri, P. Simard, "High Performance Convolutional Neural
 * Networks for Document Processing", 2006.
 */

import type { Algorithm } from './algorithm.ts'
import { refuseCopies, regionSteps, regions } from './borders.ts'
import { axisName, loop, move, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { polyphaseComponents } from './polyphase.ts'
import { strided } from './strided.ts'
import { addUnread } from './unread.ts'

export const im2col: Algorithm = {
  name: 'im2col',
  summary:
    'windows copied into the columns of a matrix, then one matrix product: the matrix costs ' +
    'taps × the input in memory',
  // What it multiplies, strided multiplies where it lies.
  consideredByAuto: () => false,
  unsupportedReason: (g, facts) =>
    facts.inPlace === true ? 'its matrix takes memory' : refuseCopies(g),
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    const target = builder.target()
    const rank = g.axes.length
    const filters = g.filters / g.groups
    const channels = g.channels / g.groups
    addUnread(builder, g, target)
    for (const phase of polyphaseComponents(g)) {
      const taps = phase.reduce((n, axis) => n * axis.taps, 1)
      const outputs = phase.reduce((n, axis) => n * axis.outputs, 1)
      // Row (c, t), column q, for one batch item at a time: the grid's items have a matrix of their
      // own.
      const matrix = builder.buffer('matrix', 'local', Math.max(1, g.channels * taps * outputs))
      for (const region of regions(g, facts, phase, builder, { whole: true })) {
        if (region.gather.length > 0) builder.stage(`pad`, [], region.gather)
        const { source } = region
        const steps = regionSteps(region)
        const tapLoops = phase.map((axis, a) => loop(axisName('t', a, rank), axis.taps))
        const outLoops = phase.map((axis, a) => loop(axisName('y', a, rank), axis.outputs))
        const rowStrides = suffixProducts(phase.map((axis) => axis.taps)).map((n) => n * outputs)
        const columnStrides = suffixProducts(phase.map((axis) => axis.outputs))
        const build = move(
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
        // The components of a phase share a matrix.
        const components = componentLoops(phase, target, kernel)
        const none = components.loops.map(() => 0)
        const tail = builder.epilogue([0, filters, 1, ...none, ...phase.map(() => 0)])
        builder.stage(
          'matrix, product',
          [loop('n', g.batch)],
          [
            build,
            {
              kind: 'contract',
              result: [loop('g', g.groups), loop('f', filters), ...components.loops, ...outLoops],
              sum: [loop('c', channels), ...tapLoops],
              to: {
                buffer: target.buffer,
                offset: phase.reduce(
                  (at, axis, a) => at + axis.outputStart * target.axes[a]!,
                  target.offset,
                ),
                strides: [
                  target.outer,
                  filters * target.channel,
                  target.channel,
                  ...components.output,
                  ...phase.map((axis, a) => axis.outputStep * target.axes[a]!),
                ],
              },
              a: {
                buffer: matrix,
                offset: 0,
                strides: [
                  0,
                  channels * taps * outputs,
                  0,
                  ...none,
                  ...columnStrides,
                  taps * outputs,
                  ...rowStrides,
                ],
              },
              b: {
                buffer: kernel.buffer,
                offset: phase.reduce(
                  (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
                  kernel.offset,
                ),
                strides: [
                  0,
                  filters * kernel.outer,
                  kernel.outer,
                  ...components.kernel,
                  ...phase.map(() => 0),
                  kernel.channel,
                  ...phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
                ],
              },
              start: 'zero',
              ...(tail === undefined ? {} : { epilogue: tail }),
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
