/**
 * Adds the stages of one polyphase component: first the spectra of the kernel, then all tiles,
 * block by block.
 */

import type { Work } from '../../ndarray/work.ts'
import { at, type BufferView, loop } from '../../program/elements.ts'
import type { Contraction } from '../../program/steps.ts'
import { contract, type Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import {
  blockView,
  type Cut,
  layoutOf,
  pointsOf,
  type Range,
  type TiledComponent,
  transform,
  transformedAxes,
} from './block.ts'
import { spectralGuard } from './guard.ts'
import { gatherTiles, scatterTiles } from './samples.ts'
import { addSpectra, spectrumProduct } from './spectrum.ts'

/** Adds the spectra, then one stage in which each block goes through all steps. */
export function* addBlocks(context: ComponentContext, tiled: TiledComponent): Work<void> {
  const { builder } = context
  const spectra = addSpectra(context, tiled)
  yield
  const buffers = blockBuffers(builder, tiled, 'local')
  const { x, y, finished, epilogue, channels } = buffers
  const { filters } = builder.g
  const axes = transformedAxes(tiled.tiling)
  const whole = wholeRanges(tiled)
  const kept = keptRanges(tiled)
  const forward = axes.map((a) => transform(x, tiled, 'forward', a, whole, channels))
  const inverse = axes.map((a) => {
    const ranges = whole.map((range, b) => (b < a ? kept[b]! : range))
    return transform(y, tiled, 'inverse', a, ranges, filters)
  })
  const gather = gatherTiles(builder, tiled, x)
  yield
  builder.stage('tiles', tiled.blocks, [
    ...gather,
    ...forward.toReversed(),
    spectrumProduct(builder, tiled, spectra, x, y),
    ...inverse.slice(0, 1),
    spectralGuard(builder, tiled, y),
    ...inverse.slice(1),
    ...(epilogue === undefined ? [] : [epilogue()]),
    ...scatterTiles(context, tiled, finished),
  ])
}

/** All points along each axis. */
export const wholeRanges = ({ tiling }: TiledComponent): Range[] =>
  tiling.axes.map(({ points }): Range => [0, points])

/** The points that are outputs. The inverse transform skips lines without outputs. */
export const keptRanges = ({ tiling, strideAxes }: TiledComponent): Range[] =>
  tiling.axes.map(
    ({ points }, a): Range => [a === 0 ? 0 : strideAxes[a - 1]!.componentTaps - 1, points],
  )

/** The points of a block: of its samples, of its results, and of its finished results. */
export interface BlockBuffers {
  readonly x: BufferView
  readonly y: BufferView
  readonly finished: BufferView
  /** The number of channels of all stride components. */
  readonly channels: number
  /** The step from `y` to `finished`. Undefined if they are the same. */
  readonly epilogue: ((cut?: Cut) => Written<Contraction>) | undefined
}

/** Adds the buffers of a block. */
export function blockBuffers(
  builder: ProgramBuilder,
  { tiling, tiles, strideAxes }: TiledComponent,
  role: 'local' | 'scratch',
): BlockBuffers {
  const { channels, filters } = builder.g
  const allChannels = strideAxes.reduce((n, axis) => n * axis.strideComponents.length, channels)
  const [samples, results] = [layoutOf(tiling, allChannels), layoutOf(tiling, filters)]
  const step = epilogueStep(builder, { tiling, tiles })
  // The epilogue writes its results to the buffer of the samples.
  const length = Math.max(samples.length, step === undefined ? 0 : results.length)
  const buffer = builder.buffer('block', role, length)
  const x = blockView(buffer, samples)
  const y = blockView(builder.buffer('block', role, results.length), results)
  const finished = step === undefined ? y : blockView(buffer, results)
  const epilogue = step && ((cut?: Cut) => step(y, finished, cut))
  return { x, y, finished, channels: allChannels, epilogue }
}

/**
 * Returns the step that applies bias, offset and activation to every point of a block, from one
 * buffer to another. Undefined if there are none.
 */
function epilogueStep(
  builder: ProgramBuilder,
  { tiling, tiles }: Pick<TiledComponent, 'tiling' | 'tiles'>,
): ((from: BufferView, to: BufferView, cut?: Cut) => Written<Contraction>) | undefined {
  const [part, f] = [loop('part', 2), loop('f', builder.g.filters)]
  const epilogue = builder.epilogue(f)
  if (epilogue === undefined) return undefined
  const one = builder.number('one', 1)
  return (from, to, cut) => {
    const { loops, indices } = pointsOf(
      'y',
      tiling.axes.map(({ points }) => points),
      cut,
    )
    return contract(
      { over: [...loops, ...tiles, part, f] },
      {
        to: at(to, part, f, ...indices, ...tiles),
        a: at(from, part, f, ...indices, ...tiles),
        b: one,
        epilogue,
      },
    )
  }
}
