/**
 * Is a contraction a stencil: does it slide windows over an image, with the same weights
 * everywhere? Then a workgroup computes a tile of results, and first brings the samples of all its
 * windows, the halo, into the memory that it shares.
 *
 *   halo  ┌──────────┐      Along each axis results and taps move over the same lattice of samples:
 *         │ ┌──────┐ │        sample = result · step + tap · tapStep
 *         │ │ tile │ │      Neighbouring invocations compute neighbouring results along x. Each
 *         │ └──────┘ │      computes several rows, so that a sample in a register serves them all.
 *         └──────────┘
 */

import { gcd } from '../../../ndarray/gcd.ts'
import type { Contraction, Loop } from '../../../program/steps.ts'
import type { ShaderLimits } from './limits.ts'
import { busyInvocations, memoryCost } from './matrix-tiles.ts'
import { isEmpty, iterations, orderedNest, resultNest, type StridedLoop } from './nest.ts'

/** Strides of result loops: [to, a, b, bias]; of sum loops: [a, b]. */
export interface StencilAxis {
  readonly results: StridedLoop
  readonly taps: StridedLoop
  /** The distance of neighbouring lattice points, in elements of `a`. */
  readonly lattice: number
  /** Lattice points from one result, or tap, to the next. */
  readonly step: number
  readonly tapStep: number
}

export interface Stencil {
  /** Results that share no samples, or have other weights. */
  readonly planes: readonly StridedLoop[]
  readonly x: StencilAxis
  readonly y: StencilAxis
  /** Sums over several images: channels. */
  readonly outer: readonly StridedLoop[]
}

const once: StridedLoop = { extent: 1, strides: [0, 0, 0, 0] }
const onceSum: StridedLoop = { extent: 1, strides: [0, 0] }

export function stencilOf(
  { to, a, b, result, sum, epilogue }: Contraction,
  grid: readonly Loop[],
): Stencil | undefined {
  const loops = [...grid, ...result]
  const rank = loops.length
  const bias = epilogue?.bias?.strides ?? loops.map(() => 0)
  if (isEmpty(sum)) return undefined
  const nest = resultNest(loops, [
    ...[to.strides, a.strides.slice(0, rank), b.strides.slice(0, rank)],
    bias,
  ])
  const slides = ({ strides }: StridedLoop): boolean => strides[1]! > 0 && strides[2] === 0
  const x = nest.findLast(slides)
  if (x === undefined || x.extent < minExtent) return undefined
  const y = nest.findLast((loop) => loop !== x && slides(loop) && loop.strides[1]! > x.strides[1]!)
  const sums = orderedNest(sum, [a.strides.slice(rank), b.strides.slice(rank)])
  const stepOf = (loop: StridedLoop, sequence: 0 | 1): number => Math.abs(loop.strides[sequence]!)
  const rowStep = y?.strides[1] ?? Infinity
  const alongX = sums.findLast(
    (loop) => loop.strides[0] !== 0 && stepOf(loop, 0) * (loop.extent - 1) < rowStep,
  )
  const alongY =
    y &&
    sums.findLast(
      (loop) => loop !== alongX && loop.strides[0] !== 0 && stepOf(loop, 0) >= x.strides[1]! * 2,
    )
  const xAxis = axisOf(x, alongX ?? onceSum)
  const yAxis = axisOf(y ?? once, alongY ?? onceSum)
  if (xAxis.step > maxStep || yAxis.step > maxStep || yAxis.tapStep > maxStep) return undefined
  return {
    ...{ x: xAxis, y: yAxis },
    planes: nest.filter((loop) => loop !== x && loop !== y),
    outer: sums.filter((loop) => loop !== alongX && loop !== alongY),
  }
}

/** Fewer results along x leave most of a workgroup idle. */
const minExtent = 16

/** Lattices with larger steps are mostly empty. */
const maxStep = 8

function axisOf(results: StridedLoop, taps: StridedLoop): StencilAxis {
  const [step, tapStep] = [results.strides[1]!, taps.strides[0]!]
  const lattice = Math.max(1, gcd(Math.abs(step), Math.abs(tapStep)))
  return { results, taps, lattice, step: step / lattice, tapStep: tapStep / lattice }
}

export interface StencilTile {
  /** Invocations along x and y. */
  readonly across: number
  readonly down: number
  /** Results of an invocation along x, `across` apart, and along y, next to each other. */
  readonly xEach: number
  readonly yEach: number
}

const tiles: readonly StencilTile[] = [
  { across: 32, down: 4, xEach: 2, yEach: 4 },
  { across: 32, down: 4, xEach: 1, yEach: 4 },
  { across: 16, down: 8, xEach: 2, yEach: 4 },
  { across: 16, down: 8, xEach: 1, yEach: 4 },
  { across: 32, down: 4, xEach: 1, yEach: 2 },
  { across: 128, down: 1, xEach: 4, yEach: 1 },
  { across: 64, down: 1, xEach: 2, yEach: 1 },
]

/** Lattice points of the halo along an axis, for so many results. */
export const haloOf = ({ step, tapStep, taps }: StencilAxis, results: number): number =>
  (results - 1) * step + (taps.extent - 1) * Math.abs(tapStep) + 1

/** Rows of samples in registers: with more of them, each tap reads its samples anew. */
const maxRows = 16
const maxUnrolledTaps = 11

/** The rows of samples that the results of an invocation read; undefined if they are too many. */
export function rowsInRegisters({ y }: Stencil, { yEach }: StencilTile): number | undefined {
  const rows = haloOf(y, yEach)
  return rows <= maxRows && y.taps.extent <= maxUnrolledTaps ? rows : undefined
}

function costOf(stencil: Stencil, tile: StencilTile): number {
  const { x, y, planes } = stencil
  const [width, height] = [tile.across * tile.xEach, tile.down * tile.yEach]
  const [columns, rows] = [x.results.extent, y.results.extent]
  const tilesOfAll = Math.ceil(columns / width) * Math.ceil(rows / height)
  const padded = (tilesOfAll * width * height) / (columns * rows)
  const taps = x.taps.extent * y.taps.extent
  const inRegisters = rowsInRegisters(stencil, tile)
  const sampleReads = inRegisters === undefined ? 1 : inRegisters / (tile.yEach * y.taps.extent)
  const weightReads = 2 / (tile.xEach * tile.yEach)
  const halo = (haloOf(x, width) * haloOf(y, height)) / (width * height * taps)
  const used = iterations(planes) * tilesOfAll * tile.across * tile.down
  const idle = Math.max(1, busyInvocations / used)
  return padded * (1 + sampleReads + weightReads + memoryCost * halo) * idle
}

/** The cheapest tile that a device can run, and its cost per term; undefined if there is none. */
export function bestStencilTile(
  stencil: Stencil,
  limits: ShaderLimits,
): { readonly tile: StencilTile; readonly cost: number } | undefined {
  let best: { readonly tile: StencilTile; readonly cost: number } | undefined
  for (const tile of tiles) {
    const { across, down, xEach, yEach } = tile
    if (across * down > limits.invocations) continue
    const points = haloOf(stencil.x, across * xEach) * haloOf(stencil.y, down * yEach)
    if (4 * points > limits.workgroupBytes) continue
    const cost = costOf(stencil, tile)
    if (best === undefined || cost < best.cost) best = { tile, cost }
  }
  return best
}
