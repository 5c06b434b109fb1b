/**
 * Along which loop is a large step cut into grid items, and into how many? Along the loop that
 * costs the generated code least.
 *
 * The code of a step works on tiles of rows and vectors. Two things cost time if a loop is cut: a
 * share whose extent is no multiple of the tile has smaller tiles at its end, and an operand that
 * does not depend on the loop is read once for each share. Batch items and groups cost neither.
 * Nothing here is a prediction of time, and no machine is asked: a step has the same shares
 * everywhere.
 */

import { isEmpty, iterations } from '../ndarray/loops.ts'
import { type LoopPart, type SharedStep, sharedLoops } from './split-loop.ts'
import type { Contraction, Loop, Operand, Step } from './steps.ts'

/** A stage above 0.2 ms has at least this many items. */
export const minItems = 8

/** More items balance the work better, up to this number. */
const maxItems = 48

/** The smallest number of products, results and copied elements of a step that is cut. */
const [largeSums, largeScalarSums, largeResults, largeCopy] = [2 ** 20, 2 ** 17, 2 ** 17, 2 ** 18]

/** Whether a step may take more than 0.2 ms. */
export function isLarge(step: Step): boolean {
  if (step.kind === 'fft' || step.kind === 'maximum') return false
  if (step.kind === 'move' || step.kind === 'elementwise')
    return iterations(step.loops) >= largeCopy
  return isLargeSum(iterations(step.result), iterations(step.sum), step.tile)
}

/** The same for a contraction with so many results and so many terms of each. */
export const isLargeSum = (results: number, terms: number, tile?: Contraction['tile']): boolean =>
  results >= largeResults || results * terms >= (tile === 'scalar' ? largeScalarSums : largeSums)

/** A cut, and what it costs: a part of the time of the whole step. */
interface PricedCut {
  readonly parts: readonly LoopPart[]
  readonly cost: number
}

/**
 * The cheapest cut of a step into enough items. All parts but the last are whole loops, one item
 * for each iteration. Undefined if no loop is long enough.
 */
export function chooseCut(step: SharedStep, needed: number): readonly LoopPart[] | undefined {
  const loops = sharedLoops(step)
  if (isEmpty(loops)) return undefined
  return cheapestCut(step, needed, [])?.parts
}

/** `inGrid`: loops that are in the grid already. */
function cheapestCut(
  step: SharedStep,
  needed: number,
  inGrid: readonly number[],
): PricedCut | undefined {
  const loops = sharedLoops(step)
  let best: PricedCut | undefined
  for (const [index, { extent }] of loops.entries()) {
    if (extent < 2 || inGrid.includes(index) || step.to.strides[index] === 0) continue
    const cut =
      extent >= needed
        ? cutOfLoop(step, index, needed, inGrid)
        : withInnerCut(step, index, needed, inGrid)
    if (cut !== undefined && (best === undefined || cut.cost < best.cost)) best = cut
  }
  return best
}

/** Cuts along a loop that is too short alone, and along another one. */
function withInnerCut(
  step: SharedStep,
  index: number,
  needed: number,
  inGrid: readonly number[],
): PricedCut | undefined {
  const { extent } = sharedLoops(step)[index]!
  const outer = shareCosts(step, index, inGrid)(1, extent)
  const inner = cheapestCut(step, Math.ceil(needed / extent), [...inGrid, index])
  return (
    inner && {
      parts: [{ loop: index, first: 0, shares: extent, size: 1 }, ...inner.parts],
      cost: outer + inner.cost,
    }
  )
}

function cutOfLoop(
  step: SharedStep,
  index: number,
  needed: number,
  inGrid: readonly number[],
): PricedCut | undefined {
  const { extent } = sharedLoops(step)[index]!
  const [multiple, costOf] = [multipleOf(step, index), shareCosts(step, index, inGrid)]
  let [best, bestCost] = [0, Infinity]
  let previous = 0
  for (let items = needed; items <= Math.max(needed, Math.min(extent, maxItems)); items++) {
    const size = roundedSize(Math.floor(extent / items), multiple)
    if (size === 0) break
    if (size === previous) continue
    previous = size
    const shares = Math.floor(extent / size)
    const rest = extent - shares * size
    // Fewer items keep workers waiting for each other, and so does a rest without items. A rest is
    // one more stage to plan and to compile.
    const balance = 0.16 / shares + (rest === 0 ? 0 : 0.02 + (0.5 * rest) / extent)
    const cost = costOf(size, shares) + balance
    if (cost < bestCost) [best, bestCost] = [size, cost]
  }
  if (best === 0) return undefined
  const part = { loop: index, first: 0, shares: Math.floor(extent / best), size: best }
  return { parts: [part], cost: bestCost }
}

/** Elements of a cache line, and iterations that whole tiles of most sizes divide. */
const [lineElements, tiledIterations] = [16, 24]

/** The extents of shares are multiples of this. */
function multipleOf(step: SharedStep, index: number): number {
  if (step.to.strides[index] === 1) return lineElements * (step.kind === 'contract' ? 1 : 4)
  return step.kind === 'contract' && isFilterLoop(step, index) ? lineElements : 1
}

function roundedSize(size: number, multiple: number): number {
  const wanted = multiple === 1 && size >= 2 * tiledIterations ? tiledIterations : multiple
  return Math.floor(size / wanted) * wanted
}

/** What shares along a loop cost: a part of the time of the whole step. */
type ShareCosts = (size: number, shares: number) => number

function shareCosts(step: SharedStep, index: number, inGrid: readonly number[]): ShareCosts {
  const { strides } = step.to
  // Of equal loops the outermost in memory: then shares lie apart.
  const isOutermost = sharedLoops(step).every(
    ({ extent }, l) =>
      extent === 1 || inGrid.includes(l) || Math.abs(strides[l]!) <= Math.abs(strides[index]!),
  )
  const placement = isOutermost ? 0 : 0.002
  if (step.kind !== 'contract') {
    const ends = strides[index] === 1 ? 8 : 0
    return (size) => placement + ends / size
  }
  const fixed = placement + (isNested(step, index, inGrid) ? 0.05 : 0)
  const [ends, tiledEnds] = endsCosts(step, index)
  const reread = rereadCost(step, index)
  return (size, shares) =>
    fixed + (size % tiledIterations === 0 ? tiledEnds : ends) / size + reread * shares
}

/**
 * Smaller tiles at the ends of shares, for shares of one iteration. The second number is for shares
 * whose extent whole tiles of most sizes divide.
 */
function endsCosts(step: Contraction, index: number): readonly [ends: number, tiledEnds: number] {
  const { a, b, to, result, sum } = step
  const isDense = to.strides[index] === 1
  if (iterations(sum) <= 1) return isDense ? [8, 8] : [0, 0]
  if (isFilterLoop(step, index)) return [0.5, 0.5]
  if (isDense) return [8, 8]
  if (a.strides[index] !== 0 && b.strides[index] !== 0) return [0, 0]
  // With filters along the lanes, rows continue from line to line.
  const hasFilters = result.some(({ extent }, l) => extent >= 4 && isFilterLoop(step, l))
  if (hasFilters) {
    const inside = rowsInside(step, index)
    return [3 / inside, 1 / inside]
  }
  const rows = rowLoop(step)
  return rows === undefined || rows === index ? [3, 1] : [0, 0]
}

/**
 * The loop along which the rows of a tile most likely lie: neighbouring results read some of the
 * same samples, as near in memory as possible, but are no neighbours themselves.
 */
function rowLoop(step: Contraction): number | undefined {
  const { a, to, result } = step
  let nearest: number | undefined
  for (const [l, { extent }] of result.entries()) {
    if (extent === 1 || to.strides[l] === 1 || !isOverlapping(step, l)) continue
    const isNearer =
      nearest === undefined || Math.abs(a.strides[l]!) < Math.abs(a.strides[nearest]!)
    if (isNearer) nearest = l
  }
  return nearest
}

/** A loop over filters: the samples do not depend on it. */
const isFilterLoop = ({ a, b }: Contraction, index: number): boolean =>
  a.strides[index] === 0 && b.strides[index] !== 0

/** The iterations of the loops inside a loop along which the weights do not change. */
const rowsInside = ({ result, to, b }: Contraction, index: number): number =>
  iterations(
    result.filter(
      (_, l) =>
        b.strides[l] === 0 &&
        to.strides[l] !== 0 &&
        Math.abs(to.strides[l]!) < Math.abs(to.strides[index]!),
    ),
  )

/** Whether neighbouring results along a loop read some of the same samples. */
const isOverlapping = ({ a, result, sum }: Contraction, index: number): boolean =>
  sum.some(({ extent }, s) => {
    const [step, tap] = [a.strides[index]!, a.strides[result.length + s]!]
    return extent > 1 && step !== 0 && tap !== 0 && step % tap === 0 && step / tap < extent
  })

/** The operand that does not depend on a loop is read once for each share. For one share. */
function rereadCost({ result, sum, a, b }: Contraction, index: number): number {
  const loops = [...result, ...sum]
  let elements = 0
  for (const operand of [a, b])
    if (operand.strides[index] === 0) elements += elementsOf(operand, loops)
  return elements / Math.max(1, iterations(loops))
}

/** A bound on the number of different elements of an operand. */
function elementsOf({ strides }: Operand, loops: readonly Loop[]): number {
  let [indices, span] = [1, 1]
  for (const [l, { extent }] of loops.entries()) {
    const stride = Math.abs(strides[l]!)
    if (stride === 0) continue
    indices *= extent
    span += stride * (extent - 1)
  }
  return Math.min(indices, span)
}

/** Whether the code of the step runs through a loop and another one outside it as one loop. */
function isNested(
  { result, to, a, b, epilogue }: Contraction,
  index: number,
  inGrid: readonly number[],
): boolean {
  const { extent } = result[index]!
  const operands = [to, a, b, ...(epilogue?.bias ? [epilogue.bias] : [])]
  return result.some(
    (outer, l) =>
      l !== index &&
      outer.extent > 1 &&
      !inGrid.includes(l) &&
      operands.every(({ strides }) => strides[l] === strides[index]! * extent),
  )
}
