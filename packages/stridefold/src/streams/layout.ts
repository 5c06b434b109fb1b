/**
 * How is a long kernel cut so that no sample waits? By lag: the age of a sample, in samples, when
 * it reaches the output. Tap t has lag latency + t.
 *
 *   lag   0      B       2·N₁            2·N₂
 *         head   N₀ = B  N₁ = 4·B …      N₂ = 32·B …            to latency + taps
 *
 * The head is a direct sum over the newest B samples. Level l transforms blocks of Nₗ samples. Its
 * block is complete Nₗ samples after it began, so the level serves lags from Nₗ on. From lag 2·Nₗ
 * on its work may take as long as the next block: it is spread evenly over those samples. So only
 * the smallest blocks are computed in one go.
 *
 * With a latency of B or more, no head is needed, and the first level may be larger.
 */

import { binaryLogarithm } from '../ndarray/elementary.ts'

export interface LevelLayout {
  /** Samples of a block: a power of two. */
  readonly size: number
  /** The lags that it serves: [from, to). */
  readonly from: number
  readonly to: number
  readonly partitions: number
  /** The samples over which the work of a block is spread; 0: all when the block is complete. */
  readonly spread: number
}

export interface StreamLayout {
  /** The smallest block, a power of two: samples go in, and results come out, in its parts. */
  readonly block: number
  /** The lags of the direct sum: [0, head). 0: there is none. */
  readonly head: number
  readonly levels: readonly LevelLayout[]
}

export interface LayoutQuestion {
  readonly taps: number
  readonly latency: number
  /** The samples of a usual call. */
  readonly blockSize: number
  /** Transforms into and out of spectra for each channel pair: their part of the price. */
  readonly inputs: number
  readonly outputs: number
}

/**
 * A transform of this many points takes less than 0.1 ms, so no call is much longer than
 * others.
 */
const maxSize = 16384

const [minBlock, maxBlock] = [32, 256]

export function streamLayout({
  taps,
  latency,
  blockSize,
  inputs,
  outputs,
}: LayoutQuestion): StreamLayout {
  const end = latency + taps
  const block = Math.min(maxBlock, Math.max(minBlock, powerOfTwo(blockSize)))
  if (end <= block) return { block, head: end, levels: [] }
  const head = latency < block ? block : 0
  const from = Math.max(latency, block)
  // The first level: as large as the latency allows while its work can be spread.
  const first = Math.min(maxSize, Math.max(block, powerOfTwo(Math.floor(from / 2))))
  let best: readonly LevelLayout[] | undefined
  for (const sizes of chains(first)) {
    const levels = levelsOf(sizes, from, end)
    if (best === undefined || price(levels, inputs, outputs) < price(best, inputs, outputs))
      best = levels
  }
  return { block, head, levels: best! }
}

/** The largest power of two up to n. */
const powerOfTwo = (n: number): number => 2 ** (31 - Math.clz32(n))

/** Every increasing list of powers of two that begins with `first`. */
function* chains(first: number): Iterable<readonly number[]> {
  yield [first]
  for (let size = 2 * first; size <= maxSize; size *= 2)
    for (const rest of chains(size)) yield [first, ...rest]
}

function levelsOf(sizes: readonly number[], from: number, end: number): readonly LevelLayout[] {
  const levels: LevelLayout[] = []
  let start = from
  for (const [index, size] of sizes.entries()) {
    const next = sizes[index + 1]
    const to = next === undefined ? end : Math.min(end, Math.max(start, 2 * next))
    if (to <= start) continue
    const partitions = Math.ceil((to - start) / size)
    const spread = Math.min(size, start - size)
    levels.push({ size, from: start, to, partitions, spread })
    start = to
  }
  return levels
}

/**
 * Predicted cycles for a sample. Measured with blocks of 8192 samples on an AMD EPYC in Node 20,
 * 2026-11-29: 0.8 for each point and pass of two of a transform, 6 for its weights and copies, 3
 * for each product of spectra. Starting the stages of a block takes about 400.
 */
function price(levels: readonly LevelLayout[], inputs: number, outputs: number): number {
  return levels.reduce((sum, { size, partitions }) => {
    const transforms = (inputs + outputs) * (0.8 * binaryLogarithm(size) + 6 + 400 / size)
    return sum + transforms + 3 * partitions * inputs * outputs
  }, 0)
}
