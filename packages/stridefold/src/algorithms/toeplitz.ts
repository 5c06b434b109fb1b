/**
 * Multiplies the flattened input with a sparse matrix of the kernel's weights.
 *
 *              inputs j of one line
 *    x  │ k₀ k₁ k₂  0  0 │
 *       │  0 k₀ k₁ k₂  0 │  T[f, x, c, t…, j]
 *       │  0  0 k₀ k₁ k₂ │
 *
 * Along the last axis, row x of the block holds the weights at j = x·stride + t·dilation, and zeros
 * elsewhere. The whole matrix repeats this block along its diagonals. For an image of 1.5
 * megapixels it would take terabytes. So only one block row is built, at most 32 outputs wide, and
 * contracted with every line of the input. Its zeros are multiplied, too.
 *
 * Article 2 shows this conversion first and then leaves it. Source: doubly blocked Toeplitz
 * matrices; Goodfellow et al., Deep Learning, 9.1.
 */

import { elementCount, rowMajorStrides } from '../ndarray/layout.ts'
import type { Algorithm } from './algorithm.ts'
import { regionSteps, regions, unsupportedCopies } from './borders.ts'
import { axisName, loop, move, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { unsupportedBorder } from './non-finite.ts'
import { type ComponentAxis, polyphaseComponents } from './polyphase.ts'
import { strided } from './strided.ts'
import { addUnread } from './unread.ts'

const maxBlockWidth = 32

/**
 * With more columns per tap than this, the block is almost only zeros and the algorithm does not
 * support the problem.
 */
const maxColumnsPerTap = 1024

/** The number of outputs of one block. */
const blockWidth = ({ outputs }: ComponentAxis): number =>
  Math.max(1, Math.min(outputs, maxBlockWidth))

/** The number of samples that the outputs of one block read, from the first to the last. */
const blockColumns = (axis: ComponentAxis): number =>
  axis.taps === 0 ? 0 : (blockWidth(axis) - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1

export const toeplitz: Algorithm = {
  name: 'toeplitz',
  summary:
    "multiplies every line of the input with a block row of the kernel's sparse (Toeplitz) " +
    'matrix, zeros included',
  // With several channels or filters the zeros take more time than the matrix saves.
  consideredByAuto: (g) => g.channels === 1 && g.filters === 1,
  // Its zeros are multiplied, and 0 · ∞ is NaN.
  spreadsNonFinite: () => true,
  unsupportedReason(g, descriptors) {
    if (descriptors.inPlace === true) return 'its matrix takes memory'
    const columnsPerTap = Math.max(
      ...polyphaseComponents(g).map(
        (component) => blockColumns(component.at(-1)!) / Math.max(1, component.at(-1)!.taps),
      ),
    )
    if (columnsPerTap > maxColumnsPerTap)
      return `its block would have ${Math.floor(columnsPerTap)} numbers for each weight`
    return unsupportedBorder(g) ?? unsupportedCopies(g)
  },
  // Products with 0 are exact, so the zeros add no error.
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  program(g, descriptors) {
    const builder = new ProgramBuilder(g, descriptors)
    const target = builder.target()
    const rank = g.axes.length
    const filters = g.filters / g.groups
    const channels = g.channels / g.groups
    const kernel = builder.kernel
    addUnread(builder, g, target)
    for (const component of polyphaseComponents(g)) {
      const last = component.at(-1)!
      const leadingAxes = component.slice(0, -1)
      const width = blockWidth(last)
      const inputs = blockColumns(last)
      const leadingTaps = leadingAxes.reduce((n, axis) => n * axis.taps, 1)
      // T[f, x, c, t…, j], j innermost.
      const leadingStrides = leadingAxes.map(
        (_, a) => leadingAxes.slice(a + 1).reduce((n, axis) => n * axis.taps, 1) * inputs,
      )
      const [perChannel, perX] = [leadingTaps * inputs, channels * leadingTaps * inputs]
      const perFilter = width * perX
      // Each sibling component has its own block.
      const siblings = componentLoops(component, target, kernel)
      const counts = siblings.loops.map(({ extent }) => extent)
      const length = elementCount([...counts, g.filters * perFilter])
      const perSibling = rowMajorStrides([...counts, g.filters * perFilter]).slice(0, -1)
      const block = builder.buffer('toeplitz', 'prepared', Math.max(1, length))
      const kernelStart = component.reduce(
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
              ...siblings.loops,
              loop('f', g.filters),
              loop('x', width),
              loop('c', channels),
              ...component.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
            ],
            {
              buffer: block,
              offset: 0,
              strides: [
                ...perSibling,
                perFilter,
                perX + last.stride,
                perChannel,
                ...leadingStrides,
                last.dilation,
              ],
            },
            {
              buffer: kernel.buffer,
              offset: kernelStart,
              strides: [
                ...siblings.kernel,
                ...[kernel.outer, 0, kernel.channel],
                ...component.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
              ],
            },
          ),
        ],
        true,
      )
      for (const region of regions(g, descriptors, component, builder, {
        dense: (a) => a === rank - 1,
      })) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        const { source, box } = region
        const steps = regionSteps(region)
        const extents = box.map(([start, end]) => end - start)
        const line = extents.at(-1)!
        // Whole blocks first. The rest of the line uses the first rows and columns of the same
        // block.
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
          const siblingZeros = siblings.loops.map(() => 0)
          const epilogue = builder.epilogue([
            0,
            filters,
            1,
            ...siblingZeros,
            ...extents.map(() => 0),
            0,
          ])
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
                  ...siblings.loops,
                  ...extents.slice(0, -1).map((e, a) => loop(axisName('y', a, rank), e)),
                  loop('block', blocks),
                  loop('x', rows),
                ],
                sum: [
                  loop('c', channels),
                  ...leadingAxes.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
                  loop('j', Math.max(0, columns)),
                ],
                to: {
                  buffer: target.buffer,
                  offset:
                    component.reduce(
                      (at, axis, a) =>
                        at + (axis.outputStart + box[a]![0] * axis.outputStep) * target.axes[a]!,
                      target.offset,
                    ) +
                    start * step,
                  strides: [
                    target.outer,
                    filters * target.channel,
                    target.channel,
                    ...siblings.output,
                    ...leadingAxes.map((axis, a) => axis.outputStep * target.axes[a]!),
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
                    ...siblingZeros,
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
                    ...perSibling,
                    ...leadingAxes.map(() => 0),
                    ...[0, perX, perChannel],
                    ...[...leadingStrides, 1],
                  ],
                },
                start: 'zero',
                ...(epilogue === undefined ? {} : { epilogue }),
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
