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

import { elementCount } from '../ndarray/layout.ts'
import { at, type BufferView, loop, plus, rowMajorView, times } from '../program/elements.ts'
import { contract, move } from '../program/write-steps.ts'
import type { Algorithm } from './algorithm.ts'
import {
  addCopy,
  outputLoops,
  outputsOf,
  type Region,
  regions,
  unsupportedCopies,
  windows,
} from './borders.ts'
import { type ComponentContext, programByComponents } from './context.ts'
import { plainCuts } from './cuts.ts'
import { unsupportedBorder } from './non-finite.ts'
import { type ComponentAxis, polyphaseComponents } from './polyphase.ts'
import { strided } from './strided.ts'

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
  // The width of the block depends on the outputs of the last axis, so that axis stays whole.
  cuts: (g) => {
    const { quantum, ...cuts } = plainCuts(g)
    return {
      ...cuts,
      quantum: { ...quantum, outputs: [...quantum.outputs.slice(0, -1), Infinity] },
    }
  },
  program: (g, descriptors, lowering) =>
    programByComponents(g, descriptors, lowering, (context) => {
      const block = addBlock(context)
      const isLast = (axis: number): boolean => axis === g.axes.length - 1
      for (const region of regions(context, { dense: isLast })) {
        addCopy(context.builder, region)
        addLines(context, region, block)
      }
    }),
}

/**
 * Adds the stage that writes the block T[f, x, c, t…, j] of a component, and returns it. Each
 * sibling has its own block.
 */
function addBlock(context: ComponentContext): BufferView {
  const { builder, component, siblings, taps } = context
  const { g, c, kernel } = builder
  const last = component.at(-1)!
  const [f, x] = [loop('f', g.filters), loop('x', blockWidth(last))]
  const [leading, t] = [taps.slice(0, -1), taps.at(-1)!]
  const shape = [...siblings, f, x, c, ...leading].map(({ extent }) => extent)
  const length = Math.max(1, elementCount([...shape, blockColumns(last)]))
  const block = rowMajorView(builder.buffer('toeplitz', 'prepared', length), [
    ...shape,
    blockColumns(last),
  ])
  const i = loop('i', length)
  const clear = move({ over: [i] }, { to: at(rowMajorView(block.buffer, [length]), i), from: 0 })
  const j = plus(times(last.stride, x), times(last.dilation, t))
  const scatter = move(
    { over: [...siblings, f, x, c, ...taps] },
    {
      to: at(block, ...siblings, f, x, c, ...leading, j),
      from: at(kernel, f, c, ...context.kernelTaps(taps)),
    },
  )
  builder.prepareStage('toeplitz block', [], [clear, scatter])
  return block
}

/** Adds the stages that contract the lines of a region with the block. */
function addLines(context: ComponentContext, region: Region, block: BufferView): void {
  const { builder, component, siblings, taps } = context
  const { n, group, f, c, filter, channel } = builder
  const last = component.at(-1)!
  const [width, columns] = [blockWidth(last), blockColumns(last)]
  const leading = taps.slice(0, -1)
  const outputs = outputLoops(region)
  const [lines, line] = [outputs.slice(0, -1), outputs.at(-1)!.extent]
  const rest = line % width
  // Whole blocks first. The rest of the line uses the first rows and columns of the same block.
  for (const { first, blocks, rows, inputs } of [
    { first: 0, blocks: Math.floor(line / width), rows: width, inputs: columns },
    { first: line - rest, blocks: 1, rows: rest, inputs: columns - (width - rest) * last.stride },
  ]) {
    if (rows === 0 || blocks === 0) continue
    const [b, x] = [loop('block', blocks), loop('x', rows)]
    const j = loop('j', Math.max(0, inputs))
    const start = plus(first, times(width, b))
    const leadingWindows = windows(region, [...lines, 0], [...leading, 0]).slice(0, -1)
    const sum = [c, ...leading, j]
    const product = contract(
      { over: [n, group, f, ...siblings, ...lines, b, x], sum },
      {
        to: context.results(outputsOf(region, [...lines, plus(start, x)])),
        a: at(region.source, n, channel, ...leadingWindows, plus(times(last.stride, start), j)),
        b: at(block, ...siblings, filter, x, c, ...leading, j),
        epilogue: builder.epilogue(),
        sumName: 'lines',
        // Blocks of other widths have other zeros around the same products. In this order they
        // change nothing: a box that copies its border whole has other blocks than the problem.
        order: { loops: [...sum.keys()] },
      },
    )
    builder.stage(`contract ${region.name}`, [], [product])
  }
}
