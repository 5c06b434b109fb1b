/**
 * The kernel as a sparse matrix: a convolution is a matrix of the kernel's weights times the
 * flattened input.
 *
 *            inputs j of one line                       Along the last axis row x of the block holds the weights at j = x·stride + t·dilation
 *   x  │ k₀ k₁ k₂  0  0 │                               and zeros elsewhere. The whole matrix repeats this block along its diagonals: for a
 *      │  0 k₀ k₁ k₂  0 │  T[f, x, c, t…, j]            picture of 1.5 megapixels it would hold terabytes, so one block row is built, at most
 *      │  0  0 k₀ k₁ k₂ │                               32 outputs wide, and contracted with every line of the input. Its zeros are multiplied.
 *
 * Article 2's first conversion, which it shows and leaves aside. Source: doubly blocked Toeplitz
 * matrices; Goodfellow et al., Deep Learning, 9.1.
 */

import { elementCount, rowMajorStrides } from '../ndarray/layout.ts'
import type { Algorithm } from './algorithm.ts'
import { refuseCopies, regionSteps, regions } from './borders.ts'
import { axisName, loop, move, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { type ComponentAxis, polyphaseComponents } from './polyphase.ts'
import { refuseBorder } from './non-finite.ts'
import { strided } from './strided.ts'
import { addUnread } from './unread.ts'

const widest = 32

/** Zeros beside each weight that are still worth multiplying for the sake of one matrix. */
const mostZeros = 1024

/** Outputs of one block, and the samples that they read from the first to the last. */
const widthOf = ({ outputs }: ComponentAxis): number => Math.max(1, Math.min(outputs, widest))
const columnsOf = (axis: ComponentAxis): number =>
  axis.taps === 0 ? 0 : (widthOf(axis) - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1

export const toeplitz: Algorithm = {
  name: 'toeplitz',
  summary:
    "a block row of the kernel's sparse (Toeplitz) matrix, multiplied with every line of the " +
    'input, zeros included',
  // Its zeros cost too much as soon as there are channels.
  consideredByAuto: (g) => g.channels === 1 && g.filters === 1,
  // Its zeros are multiplied, and 0 · ∞ is NaN.
  spreadsNonFinite: () => true,
  unsupportedReason(g, facts) {
    if (facts.inPlace === true) return 'its matrix takes memory'
    const zeros = Math.max(
      ...polyphaseComponents(g).map(
        (phase) => columnsOf(phase.at(-1)!) / Math.max(1, phase.at(-1)!.taps),
      ),
    )
    if (zeros > mostZeros)
      return `its block would hold ${Math.floor(zeros)} numbers for each weight`
    return refuseBorder(g) ?? refuseCopies(g)
  },
  // Zeros add nothing to the error: products with 0 are exact.
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    const target = builder.target()
    const rank = g.axes.length
    const filters = g.filters / g.groups
    const channels = g.channels / g.groups
    const kernel = builder.kernel
    addUnread(builder, g, target)
    for (const phase of polyphaseComponents(g)) {
      const last = phase.at(-1)!
      const lead = phase.slice(0, -1)
      const width = widthOf(last)
      const inputs = columnsOf(last)
      const leadTaps = lead.reduce((n, axis) => n * axis.taps, 1)
      // T[f, x, c, t…, j], j innermost.
      const leadStrides = lead.map(
        (_, a) => lead.slice(a + 1).reduce((n, axis) => n * axis.taps, 1) * inputs,
      )
      const [perChannel, perX] = [leadTaps * inputs, channels * leadTaps * inputs]
      const perFilter = width * perX
      // One block for each component.
      const components = componentLoops(phase, target, kernel)
      const counts = components.loops.map(({ extent }) => extent)
      const length = elementCount([...counts, g.filters * perFilter])
      const perComponent = rowMajorStrides([...counts, g.filters * perFilter]).slice(0, -1)
      const block = builder.buffer('toeplitz', 'prepared', Math.max(1, length))
      const kernelStart = phase.reduce(
        (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
        kernel.offset,
      )
      builder.stage(
        'toeplitz block',
        [],
        [
          move([loop('i', Math.max(1, length))], { buffer: block, offset: 0, strides: [1] }, 0),
          move(
            [
              ...components.loops,
              loop('f', g.filters),
              loop('x', width),
              loop('c', channels),
              ...phase.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
            ],
            {
              buffer: block,
              offset: 0,
              strides: [
                ...perComponent,
                perFilter,
                perX + last.stride,
                perChannel,
                ...leadStrides,
                last.dilation,
              ],
            },
            {
              buffer: kernel.buffer,
              offset: kernelStart,
              strides: [
                ...components.kernel,
                ...[kernel.outer, 0, kernel.channel],
                ...phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
              ],
            },
          ),
        ],
        true,
      )
      for (const region of regions(g, facts, phase, builder, { dense: (a) => a === rank - 1 })) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        const { source, box } = region
        const steps = regionSteps(region)
        const extents = box.map(([start, end]) => end - start)
        const line = extents.at(-1)!
        // Whole blocks along the line, then what is left of it with the first rows and columns of
        // the same block.
        const parts = [
          { start: 0, blocks: Math.floor(line / width), rows: width, columns: inputs },
          {
            start: line - (line % width),
            blocks: 1,
            rows: line % width,
            columns: inputs - (width - (line % width)) * last.stride,
          },
        ].filter((part) => part.rows > 0 && part.blocks > 0)
        for (const { start, blocks, rows, columns } of parts) {
          const [step, sourceStep] = [
            last.outputStep * target.axes.at(-1)!,
            last.stride * source.axes.at(-1)!,
          ]
          const none = components.loops.map(() => 0)
          const tail = builder.epilogue([0, filters, 1, ...none, ...extents.map(() => 0), 0])
          builder.stage(
            `contract ${region.name}`,
            [],
            [
              {
                kind: 'contract',
                result: [
                  loop('n', g.batch),
                  loop('g', g.groups),
                  loop('f', filters),
                  ...components.loops,
                  ...extents.slice(0, -1).map((e, a) => loop(axisName('y', a, rank), e)),
                  loop('block', blocks),
                  loop('x', rows),
                ],
                sum: [
                  loop('c', channels),
                  ...lead.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
                  loop('j', Math.max(0, columns)),
                ],
                to: {
                  buffer: target.buffer,
                  offset:
                    phase.reduce(
                      (at, axis, a) =>
                        at + (axis.outputStart + box[a]![0] * axis.outputStep) * target.axes[a]!,
                      target.offset,
                    ) +
                    start * step,
                  strides: [
                    target.outer,
                    filters * target.channel,
                    target.channel,
                    ...components.output,
                    ...lead.map((axis, a) => axis.outputStep * target.axes[a]!),
                    width * step,
                    step,
                  ],
                },
                a: {
                  buffer: source.buffer,
                  offset: source.offset + start * sourceStep,
                  strides: [
                    source.outer,
                    channels * source.channel,
                    0,
                    ...none,
                    ...steps.outputs.slice(0, -1),
                    width * sourceStep,
                    0,
                    source.channel,
                    ...steps.taps.slice(0, -1),
                    source.axes.at(-1)!,
                  ],
                },
                b: {
                  buffer: block,
                  offset: 0,
                  strides: [
                    ...[0, filters * perFilter, perFilter],
                    ...perComponent,
                    ...lead.map(() => 0),
                    ...[0, perX, perChannel],
                    ...[...leadStrides, 1],
                  ],
                },
                start: 'zero',
                ...(tail === undefined ? {} : { epilogue: tail }),
              },
            ],
          )
        }
      }
    }
    builder.finish(target)
    return builder.build()
  },
}
